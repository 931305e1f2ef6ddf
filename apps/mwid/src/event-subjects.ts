import { type IncomingMessage, readEventData } from '@lamplighter/bus'
import {
  type DeviceId,
  isUuid,
  type LampCause,
  MAX_INTEGER_ID,
  type MailboxId,
  type MwiSourceId,
  type TenantId,
} from '@lamplighter/domain'

/** What an event is about, as far as it says. */
export type EventSubjects = {
  readonly mailbox?: MailboxId
  readonly device?: DeviceId
  readonly policy?: string
  readonly gateway?: string
  readonly source?: MwiSourceId
}

const UUIDS = { device: 'device_uuid', policy: 'mwi_policy_uuid', gateway: 'gateway_uuid', source: 'source_uuid' }

/**
 * Reads what an event is about. Whoever has an account on the broker may write it: one id that no statement takes would
 * fail all that are asked for with it, again and again.
 *
 * @returns undefined when something is named that cannot be an id
 */
export function readSubjects(message: IncomingMessage): EventSubjects | undefined {
  const data = readEventData(message)
  const subjects: Record<string, unknown> = {}
  // Events of counts name the mailbox so, those of its configuration so.
  const mailbox = data['voicemail_id'] ?? data['id']
  if (isIntegerId(mailbox)) subjects['mailbox'] = mailbox
  else if (mailbox !== undefined) return undefined
  for (const [subject, field] of Object.entries(UUIDS)) {
    const uuid = data[field]
    if (typeof uuid === 'string' && isUuid(uuid)) subjects[subject] = uuid
    else if (uuid !== undefined && uuid !== null) return undefined
  }
  return subjects as EventSubjects
}

function isIntegerId(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= MAX_INTEGER_ID
}

/** What an event says of itself as the cause of a look. */
export function eventCause({ name, eventId = '', headers }: IncomingMessage): LampCause {
  const known = isUuid(eventId) ? eventId : null
  return { kind: 'event', name, eventId: known, committedAtMs: readTimestamp(headers['timestamp']) }
}

/** The tenant an event is of, if it says one. */
export function tenantIn({ headers }: IncomingMessage): TenantId | undefined {
  const tenant = headers['tenant_uuid']
  return typeof tenant === 'string' && isUuid(tenant) ? (tenant as TenantId) : undefined
}

/** An envelope's moment: UTC without saying so (bus.md 2.2). */
function readTimestamp(text: unknown): number | null {
  const ms = typeof text === 'string' ? Date.parse(`${text}Z`) : Number.NaN
  return Number.isNaN(ms) ? null : ms
}
