import type { Claim, Message, MessageId, UserId } from '@lamplighter/domain'
import { draft, draftsFor, type EventDraft, type MailboxAudience } from './drafts.js'
import {
  globalMessageClaimExpired,
  globalMessageClaimed,
  globalMessageReleased,
  globalMessageStatusChanged,
  userMessageClaimExpired,
  userMessageClaimed,
  userMessageReleased,
  userMessageStatusChanged,
} from './team.js'

/** Somebody works on a message now. */
export function claimedDrafts(id: MessageId, { userId, expiresAt }: Claim, audience: MailboxAudience): EventDraft[] {
  const data = { ...facts(id, audience), claimed_by: userId, expires_at: expiresAt.toISOString() }
  return draftsFor(
    audience,
    (target, user) => draft(userMessageClaimed, target, { user_uuid: user, ...data }),
    (target) => draft(globalMessageClaimed, target, data),
  )
}

/** A claim was given up. @param by who did it, if anybody */
export function releasedDrafts(
  id: MessageId,
  holder: UserId,
  by: UserId | null,
  audience: MailboxAudience,
): EventDraft[] {
  const data = { ...facts(id, audience), claimed_by: holder, released_by: by }
  return draftsFor(
    audience,
    (target, user) => draft(userMessageReleased, target, { user_uuid: user, ...data }),
    (target) => draft(globalMessageReleased, target, data),
  )
}

/** A claim ran out. */
export function claimExpiredDrafts(id: MessageId, holder: UserId, audience: MailboxAudience): EventDraft[] {
  const data = { ...facts(id, audience), claimed_by: holder }
  return draftsFor(
    audience,
    (target, user) => draft(userMessageClaimExpired, target, { user_uuid: user, ...data }),
    (target) => draft(globalMessageClaimExpired, target, data),
  )
}

/** People got further with a message. */
export function statusDrafts(
  { id, status, note, handledBy }: Pick<Message, 'id' | 'status' | 'note' | 'handledBy'>,
  audience: MailboxAudience,
): EventDraft[] {
  const data = { ...facts(id, audience), status, note, handled_by: handledBy }
  return draftsFor(
    audience,
    (target, user) => draft(userMessageStatusChanged, target, { user_uuid: user, ...data }),
    (target) => draft(globalMessageStatusChanged, target, data),
  )
}

function facts(id: MessageId, { mailbox, state }: MailboxAudience) {
  return { voicemail_id: mailbox.id, message_id: id, version: state.revision }
}
