import Type from 'typebox'
import { eventMessageSchema } from '../message-view.js'
import { defineEvent } from './definition.js'

const userMessage = Type.Object({
  user_uuid: Type.String(),
  voicemail_id: Type.Integer(),
  message_id: Type.String(),
  message: eventMessageSchema,
})
const globalMessage = Type.Object({
  voicemail_id: Type.Integer(),
  message_id: Type.String(),
  message: eventMessageSchema,
})

/** The three personal message events share one ACL without action (bus.md 2.5). */
const PERSONAL_ACL = 'events.users.{user_uuid}.voicemails'

/** A message was left in a personal mailbox; one event per user of the mailbox. */
export const userMessageCreated = defineEvent({
  name: 'user_voicemail_message_created',
  kind: 'user',
  routingKey: 'voicemails.messages.created',
  acl: PERSONAL_ACL,
  data: userMessage,
  description: 'A message was left in a personal mailbox, once per user of it.',
})

/** A message of a personal mailbox was moved. */
export const userMessageUpdated = defineEvent({
  name: 'user_voicemail_message_updated',
  kind: 'user',
  routingKey: 'voicemails.messages.updated',
  acl: PERSONAL_ACL,
  data: userMessage,
  description: 'A message of a personal mailbox was moved to another folder.',
})

/** A message of a personal mailbox was deleted; it is shown as it was before. */
export const userMessageDeleted = defineEvent({
  name: 'user_voicemail_message_deleted',
  kind: 'user',
  routingKey: 'voicemails.messages.deleted',
  acl: PERSONAL_ACL,
  data: userMessage,
  description: 'A message of a personal mailbox was deleted; shown as it was before.',
})

/**
 * A message of a personal mailbox was taken out of the trash. Said after its `updated`, which old clients understand:
 * a `created` would be a push to every phone.
 */
export const userMessageRestored = defineEvent({
  name: 'user_voicemail_message_restored',
  kind: 'user',
  routingKey: 'voicemails.messages.restored',
  acl: PERSONAL_ACL,
  data: userMessage,
  description: 'A deleted message of a personal mailbox was restored; follows its `updated`.',
})

/** A message was left in a global mailbox; one event for the tenant. */
export const globalMessageCreated = defineEvent({
  name: 'global_voicemail_message_created',
  kind: 'tenant',
  routingKey: 'voicemails.global.messages.created',
  data: globalMessage,
  description: 'A message was left in a global mailbox, once for the tenant.',
})

/** A message of a global mailbox was moved. */
export const globalMessageUpdated = defineEvent({
  name: 'global_voicemail_message_updated',
  kind: 'tenant',
  routingKey: 'voicemails.global.messages.updated',
  data: globalMessage,
  description: 'A message of a global mailbox was moved to another folder.',
})

/** A message of a global mailbox was deleted. */
export const globalMessageDeleted = defineEvent({
  name: 'global_voicemail_message_deleted',
  kind: 'tenant',
  routingKey: 'voicemails.global.messages.deleted',
  data: globalMessage,
  description: 'A message of a global mailbox was deleted; shown as it was before.',
})

/** A message of a global mailbox was taken out of the trash. */
export const globalMessageRestored = defineEvent({
  name: 'global_voicemail_message_restored',
  kind: 'tenant',
  routingKey: 'voicemails.global.messages.restored',
  data: globalMessage,
  description: 'A deleted message of a global mailbox was restored; follows its `updated`.',
})
