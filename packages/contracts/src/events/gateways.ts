import Type from 'typebox'
import { defineEvent } from './definition.js'

const gateway = Type.Object({ gateway_uuid: Type.String() })
const policy = Type.Object({ mwi_policy_uuid: Type.String() })

/** A gateway was created; it is told of every mailbox it serves (ours). */
export const gatewayCreated = defineEvent({
  name: 'mwi_gateway_created',
  kind: 'tenant',
  routingKey: 'config.mwi_gateway.created',
  data: gateway,
  description: 'A gateway that puts lamps on was created.',
})

/** A gateway changed (ours). */
export const gatewayEdited = defineEvent({
  name: 'mwi_gateway_edited',
  kind: 'tenant',
  routingKey: 'config.mwi_gateway.edited',
  data: gateway,
  description: 'A gateway that puts lamps on changed.',
})

/** A gateway was deleted; what it lit goes dark (ours). */
export const gatewayDeleted = defineEvent({
  name: 'mwi_gateway_deleted',
  kind: 'tenant',
  routingKey: 'config.mwi_gateway.deleted',
  data: gateway,
  description: 'A gateway was deleted; the lamps it lit go dark.',
})

/** A policy on message waiting was created (ours). */
export const mwiPolicyCreated = defineEvent({
  name: 'mwi_policy_created',
  kind: 'tenant',
  routingKey: 'config.mwi_policy.created',
  data: policy,
  description: 'A policy on message waiting was created.',
})

/** A policy on message waiting changed; the lamps of its mailboxes follow (ours). */
export const mwiPolicyEdited = defineEvent({
  name: 'mwi_policy_edited',
  kind: 'tenant',
  routingKey: 'config.mwi_policy.edited',
  data: policy,
  description: 'A policy on message waiting changed; the lamps of its mailboxes follow.',
})

/** A policy on message waiting was deleted (ours). */
export const mwiPolicyDeleted = defineEvent({
  name: 'mwi_policy_deleted',
  kind: 'tenant',
  routingKey: 'config.mwi_policy.deleted',
  data: policy,
  description: 'A policy on message waiting was deleted.',
})
/** A gateway took no lamp for as long as it is tried, or refused them for good (ours; sip.md 1.6). */
export const mwiDeliveryFailed = defineEvent({
  name: 'mwi_delivery_failed',
  kind: 'tenant',
  routingKey: 'mwi.delivery.failed',
  data: Type.Object({
    gateway_uuid: Type.String(),
    lamps: Type.Integer({ minimum: 1, description: 'how many mailboxes it failed for at this moment' }),
    voicemail_ids: Type.Array(Type.Integer(), { description: 'the first hundred of them' }),
    status: Type.Integer({ description: 'what the last target answered; 408: nothing' }),
    reason: Type.Enum(['unreachable', 'peer_refused']),
  }),
  description: 'A gateway took lamps neither at once nor within its retry time; it is told again at the next change.',
})
