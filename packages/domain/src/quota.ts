import type { MessageSummary } from './summary.js'

/** Shares of its limit, in percent, at which a mailbox says that it fills up (users.md 38). */
export const QUOTA_WARNINGS = [80, 95] as const
/** One of {@link QUOTA_WARNINGS}. */
export type QuotaWarning = (typeof QUOTA_WARNINGS)[number]

/** How full a mailbox is. A null limit is none. */
export type Fill = { readonly messages: number; readonly maxMessages: number | null }

/** How full a mailbox with this limit and these counts is. */
export function fillOf(maxMessages: number | null, { new: unread, old }: MessageSummary): Fill {
  return { messages: unread + old, maxMessages }
}

/** Whether no further message is taken. */
export function isFull({ messages, maxMessages }: Fill): boolean {
  return maxMessages !== null && messages >= maxMessages
}

/**
 * What a change makes the mailbox warn of: each share that is reached after it and was not before. So a share is told
 * once per crossing, by whichever side it came — a message or a lower limit — and again only after it was left.
 */
export function quotaWarnings(before: Fill, after: Fill): QuotaWarning[] {
  return QUOTA_WARNINGS.filter((percent) => reaches(after, percent) && !reaches(before, percent))
}

function reaches({ messages, maxMessages }: Fill, percent: number): boolean {
  return maxMessages !== null && messages * 100 >= maxMessages * percent
}
