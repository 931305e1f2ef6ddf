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
