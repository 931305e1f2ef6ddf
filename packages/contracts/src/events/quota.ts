import { QUOTA_WARNINGS } from '@lamplighter/domain'
import Type from 'typebox'
import { nullable } from '../rest/schemas.js'
import { defineEvent } from './definition.js'

/** Those of a user share the ACL of the other personal events (bus.md 2.5). */
const PERSONAL_ACL = 'events.users.{user_uuid}.voicemails'

const recipient = {
  user_uuid: nullable(Type.String({ description: 'whom the event is for; null where nobody listens: the admins' })),
}
const filled = {
  voicemail_id: Type.Integer(),
  percent: Type.Enum([...QUOTA_WARNINGS], { description: 'the share of the limit that was reached' }),
  messages: Type.Integer({ minimum: 0 }),
  max_messages: Type.Integer({ minimum: 0 }),
  version: Type.Integer({ minimum: 0, description: 'the mailbox revision this belongs to' }),
}
const refused = {
  voicemail_id: Type.Integer(),
  reason: Type.Enum(['full', 'disabled']),
  caller_id_name: nullable(Type.String()),
  caller_id_num: nullable(Type.String()),
  messages: Type.Integer({ minimum: 0 }),
  max_messages: nullable(Type.Integer({ minimum: 0 })),
}

/** A mailbox fills up (ours, users.md 38): said once when a share of its limit is reached, again after it was left. */
export const userQuotaWarning = defineEvent({
  name: 'user_voicemail_quota_warning',
  kind: 'user',
  routingKey: 'voicemails.quota.warning',
  acl: PERSONAL_ACL,
  data: Type.Object({ ...recipient, ...filled }),
  description: 'A mailbox has reached 80 or 95 percent of its messages; once per crossing, to each who may listen.',
})

/** A mailbox open to everyone fills up. */
export const globalQuotaWarning = defineEvent({
  name: 'global_voicemail_quota_warning',
  kind: 'tenant',
  routingKey: 'voicemails.global.quota.warning',
  data: Type.Object(filled),
  description: 'The same for a mailbox open to everyone.',
})

/** A caller was turned away (ours, users.md 39). There is no message, so nothing else tells who it was. */
export const userMessageRejected = defineEvent({
  name: 'user_voicemail_message_rejected',
  kind: 'user',
  routingKey: 'voicemails.messages.rejected',
  acl: PERSONAL_ACL,
  data: Type.Object({ ...recipient, ...refused }),
  description: 'A message was not taken because the mailbox is full or disabled; says who wanted to leave it.',
})

/** A caller was turned away from a mailbox open to everyone. */
export const globalMessageRejected = defineEvent({
  name: 'global_voicemail_message_rejected',
  kind: 'tenant',
  routingKey: 'voicemails.global.messages.rejected',
  data: Type.Object(refused),
  description: 'The same for a mailbox open to everyone.',
})
