import { addSummaries, type MailboxId, sameSummary } from '@lamplighter/domain'
import { type Content, formatMessageSummary } from '@lamplighter/sip'
import type { WatchedMailbox } from '@lamplighter/store'

/** What a NOTIFY shows, and which mailboxes at which revision it was made from. */
export type LampContent = Content<readonly WatchedMailbox[]>

/** What a subscription asks for: the device's whole lamp set, summed, or one mailbox. */
export type Target = MailboxId | null

/** The state a subscription must show now. Nothing watched is nothing waiting, said in so many words. */
export function contentFor(target: Target, watched: readonly WatchedMailbox[], account: string): LampContent {
  const shown = target === null ? watched : watched.filter(({ mailboxId }) => mailboxId === target)
  return { body: formatMessageSummary(addSummaries(shown.map(({ summary }) => summary)), account), tag: shown }
}

/** Whether the ledger says that the device acknowledged exactly this. */
export function isAcknowledged({ tag }: LampContent): boolean {
  return (
    tag.length > 0 &&
    tag.every(({ summary, acknowledged }) => acknowledged !== undefined && sameSummary(summary, acknowledged))
  )
}
