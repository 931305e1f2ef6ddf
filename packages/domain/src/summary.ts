import { type FolderId, isUnreadFolder } from './folder.js'
import type { UserId } from './ids.js'

/** The four counts of RFC 3842. The urgent ones are subsets of the others. */
export type MessageSummary = {
  readonly new: number
  readonly old: number
  readonly urgentNew: number
  readonly urgentOld: number
}

/** How many unread messages of a mailbox one user has claimed; the urgent ones are a subset. */
export type ClaimedCount = { readonly userId: UserId; readonly new: number; readonly urgentNew: number }

/** Where a mailbox stands at a point of its life: of two, the one with the higher revision is the truth. */
export type MailboxState = {
  /** All its messages, whoever works on them. */
  readonly summary: MessageSummary
  readonly revision: number
  /** Who works on how many of them. */
  readonly claimed: readonly ClaimedCount[]
}

/** Nothing waiting. */
export const EMPTY_SUMMARY: MessageSummary = { new: 0, old: 0, urgentNew: 0, urgentOld: 0 }

/** What one message adds to the summary of its mailbox. */
export function contribution(folder: FolderId, urgent: boolean): MessageSummary {
  const unread = isUnreadFolder(folder)
  return {
    new: unread ? 1 : 0,
    old: unread ? 0 : 1,
    urgentNew: unread && urgent ? 1 : 0,
    urgentOld: !unread && urgent ? 1 : 0,
  }
}

/** Sums several mailboxes into the one body a phone is shown. */
export function addSummaries(summaries: Iterable<MessageSummary>): MessageSummary {
  const sum = { new: 0, old: 0, urgentNew: 0, urgentOld: 0 }
  for (const one of summaries) {
    sum.new += one.new
    sum.old += one.old
    sum.urgentNew += one.urgentNew
    sum.urgentOld += one.urgentOld
  }
  return sum
}

/** `after − before`, count by count: how a move changes a summary. */
export function subtractSummary(after: MessageSummary, before: MessageSummary): MessageSummary {
  return {
    new: after.new - before.new,
    old: after.old - before.old,
    urgentNew: after.urgentNew - before.urgentNew,
    urgentOld: after.urgentOld - before.urgentOld,
  }
}

/**
 * What somebody counts of a mailbox: an unread message that another one has claimed does not wait for them. A null viewer
 * is nobody in particular, to whom no claimed message counts.
 */
export function viewedSummary(
  { summary, claimed }: Pick<MailboxState, 'summary' | 'claimed'>,
  viewer: UserId | null,
): MessageSummary {
  const others = claimed.filter(({ userId }) => userId !== viewer)
  return subtractSummary(summary, addSummaries(others.map((one) => ({ ...EMPTY_SUMMARY, ...one }))))
}

/** Whether two summaries show the same. */
export function sameSummary(a: MessageSummary, b: MessageSummary): boolean {
  return a.new === b.new && a.old === b.old && a.urgentNew === b.urgentNew && a.urgentOld === b.urgentOld
}
