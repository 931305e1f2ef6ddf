import { type ConsumerDefinition, type IncomingMessage, type Outcome, SERVICE_QUEUES } from '@lamplighter/bus'
import {
  deviceCreated,
  deviceDeleted,
  deviceEdited,
  globalMwiUpdated,
  lampReassertRequested,
  mwiPolicyEdited,
  userMwiUpdated,
  voicemailEdited,
  voicemailSettingsEdited,
} from '@lamplighter/contracts'
import type { DeviceId, LampCause, MailboxId, TenantId } from '@lamplighter/domain'
import { eventCause, readSubjects, tenantIn } from './event-subjects.js'
import { type ReassertRequest, readReassertRequest } from './reassertion.js'

/** What the worker wants to hear. */
export type LampListener = {
  mailboxChanged(id: MailboxId, cause: LampCause): void
  deviceChanged(id: DeviceId, cause: LampCause): void
  deviceDeleted(id: DeviceId): void
  reassertRequested(asked: ReassertRequest): void
  policyChanged(uuid: string, cause: LampCause): void
  /** What holds for all devices of a tenant changed. */
  tenantChanged(id: TenantId): void
}

const COUNT_EVENTS = [userMwiUpdated.name, globalMwiUpdated.name]
const DEVICE_EVENTS = [deviceCreated.name, deviceEdited.name, deviceDeleted.name]
/** The second gives a mailbox another policy. */
const POLICY_EVENTS = [mwiPolicyEdited.name, voicemailEdited.name]
const OTHER_EVENTS = [lampReassertRequested.name, voicemailSettingsEdited.name]
/** Events that may change what a lamp must show. */
export const LAMP_EVENTS: readonly string[] = [...COUNT_EVENTS, ...DEVICE_EVENTS, ...POLICY_EVENTS]

/**
 * Events only wake the worker: which mailbox or device, nothing more, so the queue may be this process's own and a
 * missed event is made good by reconciliation.
 */
export function lampConsumer(
  originUuid: string,
  listener: LampListener,
): ConsumerDefinition & { readonly handle: (message: IncomingMessage) => Outcome } {
  return {
    ...SERVICE_QUEUES.lamps,
    bindings: [...LAMP_EVENTS, ...OTHER_EVENTS].map((name) => ({
      name,
      origin_uuid: originUuid,
    })),
    prefetch: 500,
    handle: (message) => {
      if (message.name === lampReassertRequested.name) {
        const asked = readReassertRequest(message)
        if (asked) listener.reassertRequested(asked)
        return asked ? 'ack' : 'dead_letter'
      }
      if (message.name === voicemailSettingsEdited.name) {
        const tenant = tenantIn(message)
        if (tenant) listener.tenantChanged(tenant)
        return tenant ? 'ack' : 'dead_letter'
      }
      const { mailbox, policy, device } = readSubjects(message) ?? {}
      if (mailbox !== undefined) listener.mailboxChanged(mailbox, eventCause(message))
      else if (policy !== undefined) listener.policyChanged(policy, eventCause(message))
      else if (device === undefined) return 'dead_letter'
      else if (message.name === deviceDeleted.name) listener.deviceDeleted(device)
      else listener.deviceChanged(device, eventCause(message))
      return 'ack'
    },
  }
}
