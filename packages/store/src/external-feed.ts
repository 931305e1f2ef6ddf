import { countDrafts } from '@lamplighter/contracts'
import { type ExternalSource, type MailboxId, type MessageSummary, RuleError, sameSummary } from '@lamplighter/domain'
import type { MessagesChange } from './changes.js'
import { recoveredDraft } from './external-alarm.js'
import type { TenantScope } from './scope.js'
import type { Store } from './store.js'

/** What a source said. */
export type HeardCounts = {
  readonly source: ExternalSource
  /** `nothing new`: only that nothing waits; what was heard before is not new any more, and how much is old stays. */
  readonly counts: MessageSummary | 'nothing new'
  readonly at: Date
  /** Until when that holds; null: until something else is said. */
  readonly staleAt: Date | null
}

/** Where a line about a recovery goes. */
type FeedLog = { info(about: object, line: string): void }

/**
 * Gives an external mailbox the counts its source says, whichever way it says them, under the mailbox's lock like every
 * other change. Counts that are the same say nothing, but that the source was heard of is noted in any case; when the
 * mailbox was lost that is said, once, and a line of the log is written.
 *
 * @returns whether there is such a mailbox in scope
 * @throws RuleError `voicemail-not-external` when the mailbox is our own, or another feed's
 */
export async function feedMailbox(
  store: Pick<Store, 'changeMessages'>,
  scope: TenantScope,
  mailboxId: MailboxId,
  heard: HeardCounts,
  log: FeedLog,
): Promise<boolean> {
  const done = await store.changeMessages(scope, (change) => feed(change, mailboxId, heard))
  const { tenantId } = scope
  if (done === 'recovered') log.info({ mailboxId, tenantId }, 'an external mailbox is heard of again')
  return done !== undefined
}

async function feed(
  { summaries, outbox }: MessagesChange,
  id: MailboxId,
  { source, counts, at, staleAt }: HeardCounts,
): Promise<'heard' | 'recovered' | undefined> {
  const audience = await summaries.lock(id)
  if (!audience) return undefined
  const { external } = audience.mailbox
  if (external?.source !== source) {
    const details = { voicemail_id: id, source: external?.source ?? null }
    throw new RuleError('voicemail-not-external', 'the counts of the mailbox are not set by this source', details)
  }
  const { lostAt, sourceId } = await summaries.heard(id, at, staleAt)
  if (lostAt) {
    const { tenantId } = audience.mailbox
    outbox.add([recoveredDraft({ mailboxId: id, tenantId, kind: source, sourceId, lostAt, heardAt: at })])
  }
  const { summary } = audience.state
  const heard = counts === 'nothing new' ? { ...summary, new: 0, urgentNew: 0 } : counts
  if (!sameSummary(heard, summary)) outbox.add(countDrafts({ ...audience, state: await summaries.set(id, heard) }))
  return lostAt ? 'recovered' : 'heard'
}
