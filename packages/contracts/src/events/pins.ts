import Type from 'typebox'
import { nullable } from '../rest/schemas.js'
import { defineEvent } from './definition.js'

/**
 * Somebody tried too many wrong PINs, and nothing opens for a while (ours). Said once per lock; `locked` says whether it
 * holds for the mailbox, for the caller or for the whole tenant.
 */
export const pinLocked = defineEvent({
  name: 'voicemail_pin_locked',
  kind: 'tenant',
  routingKey: 'voicemails.pin.locked',
  data: Type.Object({
    voicemail_id: Type.Integer({ description: 'the mailbox of the last wrong PIN' }),
    locked: Type.Enum(['mailbox', 'caller', 'tenant']),
    caller: nullable(Type.String()),
    locked_until: Type.String({ description: 'UTC' }),
  }),
  description: 'Too many wrong PINs: a mailbox, a caller or the tenant is locked for a while.',
})
