import { type MailboxId, sameSummary } from '@lamplighter/domain'
import type { Content } from '@lamplighter/sip'
import type { DeviceForm, WatchedMailbox } from '@lamplighter/store'
import type { Lane } from './fair-queue.js'
import type { EventPackage, View } from './packages/event-package.js'

/** What a NOTIFY shows, and which mailboxes at which revision it was made from. */
export type LampContent = Content<readonly WatchedMailbox[]>

/** What a subscription asks for: what its device's own name stands for, or one mailbox. */
export type Target = MailboxId | null

/** A subscription as far as it decides what to show. */
export type Asked = {
  readonly eventPackage: EventPackage
  readonly target: Target
  readonly form: DeviceForm
  readonly localAddress: string
  readonly host: string
  /** What phones dial where neither device nor tenant says otherwise. */
  readonly accessCode: string
}

/** The state a subscription must show now. */
export function contentFor(asked: Asked, watched: readonly WatchedMailbox[]): LampContent {
  const shown = shownTo(asked, watched)
  return { body: asked.eventPackage.body(viewOf(asked, shown), shown, 0), tag: shown }
}

/** What a subscription is about, as its package wants to know it. */
export function viewOf(
  { target, form, localAddress, host, accessCode }: Asked,
  shown: readonly WatchedMailbox[],
): View {
  const number = target === null ? '' : shown[0]?.number
  return { form, localAddress, host, account: number || (form.messageAccount ?? accessCode) }
}

/** Own name: everything, or the primary mailbox alone; what the ledger still has goes dark with it. */
function shownTo({ target, form, eventPackage }: Asked, watched: readonly WatchedMailbox[]): readonly WatchedMailbox[] {
  if (target !== null) return watched.filter(({ mailboxId }) => mailboxId === target)
  if (form.aggregate || eventPackage.each) return watched
  const may = watched.filter((mailbox) => mailbox.watched)
  const primary = may.find(({ own }) => own) ?? may.toSorted((a, b) => a.mailboxId - b.mailboxId)[0]
  return watched.filter((mailbox) => mailbox === primary || !mailbox.watched)
}

/** Whether the ledger says that the device acknowledged exactly this. */
export function isAcknowledged({ tag }: LampContent): boolean {
  return (
    tag.length > 0 &&
    tag.every(({ summary, acknowledged }) => acknowledged !== undefined && sameSummary(summary, acknowledged))
  )
}

/** How urgent it is to show this: what changed or was asked for, else what is lit before what is dark. */
export function laneOf(shown: readonly WatchedMailbox[]): Lane {
  const again = shown.some(({ cause }) => cause?.kind === 'reconcile' || cause?.kind === 'reassert')
  if (!again || shown.some(({ cause }) => cause?.kind === 'event' || cause?.kind === 'request')) return 'live'
  return shown.some(({ summary }) => summary.new > 0) ? 'lit' : 'dark'
}
