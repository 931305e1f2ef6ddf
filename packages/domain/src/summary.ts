import { type FolderId, isUnreadFolder } from './folder.js'

/** The four counts of RFC 3842. The urgent ones are subsets of the others. */
export type MessageSummary = {
  readonly new: number
  readonly old: number
  readonly urgentNew: number
  readonly urgentOld: number
}

/** A summary at a point of the mailbox's life: of two, the one with the higher revision is the truth. */
export type MailboxState = { readonly summary: MessageSummary; readonly revision: number }

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

/** Whether two summaries show the same. */
export function sameSummary(a: MessageSummary, b: MessageSummary): boolean {
  return a.new === b.new && a.old === b.old && a.urgentNew === b.urgentNew && a.urgentOld === b.urgentOld
}
