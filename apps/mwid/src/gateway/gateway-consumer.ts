import { type ConsumerDefinition, type IncomingMessage, readEventData, SERVICE_QUEUES } from '@lamplighter/bus'
import {
  gatewayCreated,
  gatewayDeleted,
  gatewayEdited,
  globalMwiUpdated,
  lampReassertRequested,
  mwiPolicyEdited,
  userMwiUpdated,
  voicemailCreated,
  voicemailDeleted,
  voicemailEdited,
  voicemailRestored,
} from '@lamplighter/contracts'
import type { LampCause, MailboxId } from '@lamplighter/domain'
import { eventCause, readSubjects, tenantIn } from '../event-subjects.js'
import type { GatewayReassertion } from './gateway-causes.js'

/** What the worker wants to hear. */
export type GatewayListener = {
  mailboxChanged(id: MailboxId, cause: LampCause): void
  policyChanged(uuid: string, cause: LampCause): void
  gatewayChanged(uuid: string, cause: LampCause): void
  reassertRequested(asked: GatewayReassertion, cause: LampCause): void
}

const EVENTS = [
  userMwiUpdated,
  globalMwiUpdated,
  voicemailCreated,
  voicemailEdited,
  voicemailDeleted,
  voicemailRestored,
  mwiPolicyEdited,
  gatewayCreated,
  gatewayEdited,
  gatewayDeleted,
  lampReassertRequested,
].map(({ name }) => name)

/** Events only wake the worker, as for the lamps of devices: what is missed is found by the reconciliation. */
export function gatewayConsumer(originUuid: string, listener: GatewayListener): ConsumerDefinition {
  return {
    ...SERVICE_QUEUES.gatewayLamps,
    bindings: EVENTS.map((name) => ({ name, origin_uuid: originUuid })),
    prefetch: 500,
    handle: (message) => {
      if (message.name === lampReassertRequested.name) return reassert(message, listener)
      const { mailbox, policy, gateway } = readSubjects(message) ?? {}
      const cause = eventCause(message)
      if (mailbox !== undefined) listener.mailboxChanged(mailbox, cause)
      else if (policy !== undefined) listener.policyChanged(policy, cause)
      else if (gateway !== undefined) listener.gatewayChanged(gateway, cause)
      else return 'dead_letter'
      return 'ack'
    },
  }
}

/** What asks for a device's lamps is not about gateways. */
function reassert(message: IncomingMessage, listener: GatewayListener): 'ack' | 'dead_letter' {
  const [tenantId, subjects] = [tenantIn(message), readSubjects(message)]
  if (!tenantId || !subjects) return 'dead_letter'
  if (subjects.device !== undefined) return 'ack'
  const { in_sync: inSync, lit } = readEventData(message)
  const asked = {
    tenantId,
    gatewayId: subjects.gateway ?? null,
    mailboxId: subjects.mailbox ?? null,
    inSync: typeof inSync === 'boolean' ? inSync : null,
    lit: typeof lit === 'boolean' ? lit : null,
  }
  listener.reassertRequested(asked, { ...eventCause(message), kind: 'reassert', committedAtMs: null })
  return 'ack'
}
