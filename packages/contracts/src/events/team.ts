import Type from 'typebox'
import { nullable } from '../rest/schemas.js'
import { defineEvent } from './definition.js'

/** Those of a user share the ACL of the other personal events (bus.md 2.5). */
const PERSONAL_ACL = 'events.users.{user_uuid}.voicemails'

const recipient = { user_uuid: Type.String({ description: 'whom the event is for' }) }
const place = { voicemail_id: Type.Integer(), message_id: Type.String() }
const holder = { claimed_by: Type.String({ description: 'UUID of the user who holds or held the claim' }) }
const version = { version: Type.Integer({ minimum: 0, description: 'the mailbox revision this belongs to' }) }

const claimed = {
  ...place,
  ...holder,
  expires_at: Type.String({ description: 'ISO 8601, UTC' }),
  ...version,
}
const released = { ...place, ...holder, released_by: nullable(Type.String()), ...version }
const expired = { ...place, ...holder, ...version }
const statusChanged = {
  ...place,
  status: Type.Enum(['open', 'done', 'call-back']),
  note: nullable(Type.String()),
  handled_by: nullable(Type.String()),
  ...version,
}

/** Somebody works on a message, or goes on to; once per listener. */
export const userMessageClaimed = defineEvent({
  name: 'user_voicemail_message_claimed',
  kind: 'user',
  routingKey: 'voicemails.messages.claimed',
  acl: PERSONAL_ACL,
  data: Type.Object({ ...recipient, ...claimed }),
  description: 'Somebody claimed a message, or renewed the claim; once per user who may listen.',
})

/** Somebody works on a message of a mailbox that is open to everyone. */
export const globalMessageClaimed = defineEvent({
  name: 'global_voicemail_message_claimed',
  kind: 'tenant',
  routingKey: 'voicemails.global.messages.claimed',
  data: Type.Object(claimed),
  description: 'Somebody claimed a message of a mailbox open to everyone, or renewed the claim.',
})

/** A claim was given up. */
export const userMessageReleased = defineEvent({
  name: 'user_voicemail_message_released',
  kind: 'user',
  routingKey: 'voicemails.messages.released',
  acl: PERSONAL_ACL,
  data: Type.Object({ ...recipient, ...released }),
  description: 'A claim was given up or taken away, or ended because the message is done.',
})

/** A claim on a message of a mailbox that is open to everyone was given up. */
export const globalMessageReleased = defineEvent({
  name: 'global_voicemail_message_released',
  kind: 'tenant',
  routingKey: 'voicemails.global.messages.released',
  data: Type.Object(released),
  description: 'The same for a mailbox open to everyone.',
})

/** A claim ran out before it was renewed. */
export const userMessageClaimExpired = defineEvent({
  name: 'user_voicemail_message_claim_expired',
  kind: 'user',
  routingKey: 'voicemails.messages.claim_expired',
  acl: PERSONAL_ACL,
  data: Type.Object({ ...recipient, ...expired }),
  description: 'A claim ran out before it was renewed; the message waits for everyone again.',
})

/** A claim on a message of a mailbox that is open to everyone ran out. */
export const globalMessageClaimExpired = defineEvent({
  name: 'global_voicemail_message_claim_expired',
  kind: 'tenant',
  routingKey: 'voicemails.global.messages.claim_expired',
  data: Type.Object(expired),
  description: 'The same for a mailbox open to everyone.',
})

/** How far people are with a message, or their note on it, changed. */
export const userMessageStatusChanged = defineEvent({
  name: 'user_voicemail_message_status_changed',
  kind: 'user',
  routingKey: 'voicemails.messages.status_changed',
  acl: PERSONAL_ACL,
  data: Type.Object({ ...recipient, ...statusChanged }),
  description: 'The status of a message or the note on it changed.',
})

/** The status of a message of a mailbox that is open to everyone, or the note on it, changed. */
export const globalMessageStatusChanged = defineEvent({
  name: 'global_voicemail_message_status_changed',
  kind: 'tenant',
  routingKey: 'voicemails.global.messages.status_changed',
  data: Type.Object(statusChanged),
  description: 'The same for a mailbox open to everyone.',
})
