import { SECURITY_ACTIONS } from '@lamplighter/domain'
import Type from 'typebox'
import { nullable } from '../rest/schemas.js'
import { defineEvent } from './definition.js'

/**
 * Something a security team wants to hear of (ours): an entry of the audit log, said when it is written. One event for
 * all of them, so that one subscription and one access (`events.auth.security.noticed`) take them, now and later.
 */
export const securityNoticed = defineEvent({
  name: 'auth_security_noticed',
  kind: 'tenant',
  routingKey: 'auth.security.noticed',
  data: Type.Object({
    action: Type.Enum([...SECURITY_ACTIONS], { description: 'as in the audit log' }),
    actor_uuid: nullable(
      Type.String({ description: 'user who did it; null for the system, and for whoever is not logged in' }),
    ),
    voicemail_id: nullable(Type.Integer()),
    details: Type.Object({}, { additionalProperties: true, description: 'as in the audit log; never a secret' }),
    request_id: nullable(Type.String()),
    remote_addr: nullable(Type.String()),
  }),
  description:
    'A login is throttled, a PIN locked, a session or token revoked by somebody else, a right removed, an event consumer refused, or data exported.',
})
