import Type from 'typebox'
import { nullable } from '../rest/schemas.js'
import { defineEvent } from './definition.js'

const count = Type.Integer({ minimum: 0 })
const counts = {
  voicemail_id: Type.Integer(),
  new: count,
  old: count,
  urgent_new: count,
  urgent_old: count,
  version: Type.Integer({ minimum: 0, description: 'the mailbox revision these counts belong to' }),
}

/**
 * What a mailbox now shows one user: absolute counts, so that repeats, reordering and gaps do no harm (bus.md 4.4).
 * Unread messages somebody else has claimed are not in them. Zeros when the user lost the mailbox. A mailbox that
 * nobody listens to says it to the tenant's admins, with a null user.
 */
export const userMwiUpdated = defineEvent({
  name: 'user_voicemail_mwi_updated',
  kind: 'user',
  routingKey: 'voicemails.mwi.updated',
  acl: 'events.users.{user_uuid}.voicemails',
  data: Type.Object({ user_uuid: nullable(Type.String()), ...counts }),
  description: 'Absolute counts of a mailbox for one of those who have it; zeros when the user lost it.',
})

/**
 * What a mailbox open to everyone now shows every user of the tenant, claimed messages left out; zeros when it is open no
 * more or was deleted. Of the same version a user's own event wins: it counts what that user has claimed.
 */
export const globalMwiUpdated = defineEvent({
  name: 'global_voicemail_mwi_updated',
  kind: 'tenant',
  routingKey: 'voicemails.global.mwi.updated',
  data: Type.Object(counts),
  description: 'Absolute counts of a mailbox open to everyone, claimed messages left out; zeros when it is no more.',
})
