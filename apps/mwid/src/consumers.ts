import { type ConsumerDefinition, type IncomingMessage, type Outcome, readEventData } from '@lamplighter/bus'
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
    queue: 'mwid.lamp',
    durability: 'exclusive',
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
      const { voicemail_id: counted, id: edited, device_uuid: device, mwi_policy_uuid: policy } = readEventData(message)
      const mailbox = counted ?? edited
      const { tenant_uuid: tenant } = message.headers
      if (message.name === voicemailSettingsEdited.name) listener.tenantChanged(tenant as TenantId)
      else if (typeof mailbox === 'number') listener.mailboxChanged(mailbox as MailboxId, eventCause(message))
      else if (typeof policy === 'string') listener.policyChanged(policy, eventCause(message))
      else if (typeof device !== 'string') return 'dead_letter'
      else if (message.name === deviceDeleted.name) listener.deviceDeleted(device as DeviceId)
      else listener.deviceChanged(device as DeviceId, eventCause(message))
      return 'ack'
    },
  }
}

/** What an event says of itself as the cause of a look. */
export function eventCause({ name, eventId, headers }: IncomingMessage): LampCause {
  return { kind: 'event', name, eventId: eventId ?? null, committedAtMs: readTimestamp(headers['timestamp']) }
}

/** An envelope's moment: UTC without saying so (bus.md 2.2). */
function readTimestamp(text: unknown): number | null {
  const ms = typeof text === 'string' ? Date.parse(`${text}Z`) : Number.NaN
  return Number.isNaN(ms) ? null : ms
}
