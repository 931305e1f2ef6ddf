import Type from 'typebox'
import { nullable } from '../rest/schemas.js'
import { defineEvent } from './definition.js'

/**
 * Somebody asked for lamps to be told again what they should show, whatever they acknowledged (ours). What is null does
 * not narrow the request; all null is every lamp of the tenant.
 */
export const lampReassertRequested = defineEvent({
  name: 'lamp_reassert_requested',
  kind: 'tenant',
  routingKey: 'lamps.reassert',
  data: Type.Object({
    device_uuid: nullable(Type.String()),
    gateway_uuid: nullable(Type.String()),
    voicemail_id: nullable(Type.Integer()),
    in_sync: nullable(Type.Boolean()),
    lit: nullable(Type.Boolean()),
  }),
  description: 'Somebody asked for the lamps of a device, a mailbox or the tenant to be told again.',
})
