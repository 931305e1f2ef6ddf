import { type Fill, fillOf, isFull, quotaWarnings, type UserId } from '@lamplighter/domain'
import { draft, draftsFor, type EventDraft, type MailboxAudience, targetOf } from './drafts.js'
import type { EventTarget } from './envelope.js'
import { globalMessageRejected, globalQuotaWarning, userMessageRejected, userQuotaWarning } from './quota.js'

/** Who wanted to leave a message that was not taken. */
export type RejectedCaller = { readonly name: string | null; readonly number: string | null }

/** Whether the mailbox takes no further message. */
export function isMailboxFull(audience: MailboxAudience): boolean {
  return isFull(fillIn(audience))
}

/** The warnings that a change of a mailbox brings about, of its messages or of its limit. `before` and `after` are the same mailbox. */
export function quotaDrafts(before: MailboxAudience, after: MailboxAudience): EventDraft[] {
  const { messages, maxMessages } = fillIn(after)
  if (maxMessages === null) return []
  const { mailbox, state } = after
  return quotaWarnings(fillIn(before), fillIn(after)).flatMap((percent) => {
    const filled = { percent, messages, max_messages: maxMessages, version: state.revision }
    const data = { voicemail_id: mailbox.id, ...filled }
    return toSomebody(
      after,
      (target, user) => draft(userQuotaWarning, target, { user_uuid: user, ...data }),
      (target) => draft(globalQuotaWarning, target, data),
    )
  })
}

/** A message that was not taken, because the mailbox is full or disabled. */
export function rejectedDrafts(audience: MailboxAudience, { name, number }: RejectedCaller): EventDraft[] {
  const { messages, maxMessages } = fillIn(audience)
  const data = {
    voicemail_id: audience.mailbox.id,
    reason: audience.mailbox.enabled ? ('full' as const) : ('disabled' as const),
    caller_id_name: name,
    caller_id_num: number,
    messages,
    max_messages: maxMessages,
  }
  return toSomebody(
    audience,
    (target, user) => draft(userMessageRejected, target, { user_uuid: user, ...data }),
    (target) => draft(globalMessageRejected, target, data),
  )
}

function fillIn({ mailbox, state }: MailboxAudience): Fill {
  return fillOf(mailbox.maxMessages, state.summary)
}

/** To each listener; a mailbox without any says it to the tenant's admins, with a null user. */
function toSomebody(
  audience: MailboxAudience,
  toUser: (target: EventTarget, user: UserId | null) => EventDraft,
  toTenant: (target: EventTarget) => EventDraft,
): EventDraft[] {
  const told = draftsFor(audience, toUser, toTenant)
  return told.length > 0 ? told : [toUser({ ...targetOf(audience), user: null }, null)]
}
