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
 * What a personal mailbox now shows one of its users: absolute counts, so that repeats, reordering and gaps do no
 * harm (bus.md 4.4). Zeros when the user lost the mailbox. A mailbox without users says it to the tenant's admins,
 * with a null user.
 */
export const userMwiUpdated = defineEvent({
  name: 'user_voicemail_mwi_updated',
  kind: 'user',
  routingKey: 'voicemails.mwi.updated',
  acl: 'events.users.{user_uuid}.voicemails',
  data: Type.Object({ user_uuid: nullable(Type.String()), ...counts }),
  description: 'Absolute counts of a personal mailbox for one of its users; zeros when the user lost it.',
})

/** What a global mailbox now shows every user of the tenant; zeros when it stopped being global or was deleted. */
export const globalMwiUpdated = defineEvent({
  name: 'global_voicemail_mwi_updated',
  kind: 'tenant',
  routingKey: 'voicemails.global.mwi.updated',
  data: Type.Object(counts),
  description: 'Absolute counts of a global mailbox; zeros when it is global no more.',
})
