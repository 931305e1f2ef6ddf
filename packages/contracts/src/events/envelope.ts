import { randomUUID } from 'node:crypto'
import type { MailboxId, TenantId, UserId } from '@lamplighter/domain'
import type { TObject } from 'typebox'
import type { EventData, EventDefinition } from './definition.js'

/** Header values as AMQP carries them: the user headers are typed booleans (bus.md 2.2). */
export type EventHeaders = Readonly<Record<string, string | boolean | null>>

/** An event as the outbox keeps it and the bus carries it: nothing about it is decided later but its cursor. */
export type EventRecord = {
  /** Unique for ever; AMQP `message_id`. Consumers drop repeats by it. */
  readonly eventId: string
  readonly name: string
  readonly tenantId: TenantId | null
  /** Set for user events only. */
  readonly userId: UserId | null
  readonly routingKey: string
  readonly requiredAcl: string
  /** The mailbox whose order this event keeps, and the revision it speaks of. */
  readonly mailboxId: MailboxId | null
  readonly mailboxRevision: number | null
  readonly headers: EventHeaders
  /** The final JSON text: what goes on the bus and to protocol 1 sockets, byte for byte. */
  readonly body: string
}

/** Where an event belongs. `user: null` makes a user event that only the tenant's admins receive. */
export type EventTarget = {
  readonly tenant?: TenantId
  readonly user?: UserId | null
  readonly mailbox?: { readonly id: MailboxId; readonly revision: number }
  /** Attributes beside the usual ones, in headers and body alike, e.g. `session_uuid` (bus.md 2.5). */
  readonly attributes?: Readonly<Record<string, string>>
}

/** Facts of the installation and the moment that every envelope carries. */
export type EnvelopeContext = { readonly originUuid: string; readonly now: Date }

const ESCAPES: Readonly<Record<string, string>> = { '.': '__DOT__', '#': '__HASH__', '*': '__STAR__' }

/** Fills `{name}` places of a routing key or ACL; values are escaped so that none can add a segment (bus.md 1.3). */
function fillTemplate(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{(\w+)\}/g, (_place, key: string) =>
    String(values[key]).replace(/[.#*]/g, (char) => ESCAPES[char] ?? char),
  )
}

/** AMQP takes 255 bytes. A headers exchange does not look at the key, so a cut one does no harm. */
const MAX_ROUTING_KEY_BYTES = 255

/** A character cut in the middle goes as a whole. */
function cutRoutingKey(key: string): string {
  const bytes = Buffer.from(key)
  if (bytes.length <= MAX_ROUTING_KEY_BYTES) return key
  return new TextDecoder().decode(bytes.subarray(0, MAX_ROUTING_KEY_BYTES), { stream: true })
}

/** UTC with microseconds and without zone, the form existing consumers parse. */
function wireTimestamp(now: Date): string {
  return now.toISOString().replace('Z', '000')
}

function audienceHeaders(definition: EventDefinition, target: EventTarget): EventHeaders {
  if (definition.kind === 'service') return {}
  const tenant = { tenant_uuid: target.tenant ?? null }
  if (definition.kind === 'tenant') return { ...tenant, 'user_uuid:*': true }
  return target.user ? { ...tenant, [`user_uuid:${target.user}`]: true } : tenant
}

/** Builds the envelope of bus.md 2.2: headers and body carry the same keys, the body also `data`. */
export function createEvent<Data extends TObject>(
  definition: EventDefinition<Data>,
  target: EventTarget,
  data: EventData<EventDefinition<Data>>,
  context: EnvelopeContext,
): EventRecord {
  const values: Record<string, unknown> = { ...(data as object), tenant_uuid: target.tenant, user_uuid: target.user }
  const requiredAcl = fillTemplate(definition.acl, values)
  const headers: EventHeaders = {
    ...audienceHeaders(definition, target),
    ...target.attributes,
    name: definition.name,
    required_access: `event.${definition.name}`,
    required_acl: requiredAcl,
    origin_uuid: context.originUuid,
    timestamp: wireTimestamp(context.now),
  }
  return {
    eventId: randomUUID(),
    name: definition.name,
    tenantId: target.tenant ?? null,
    userId: definition.kind === 'user' ? (target.user ?? null) : null,
    routingKey: cutRoutingKey(fillTemplate(definition.routingKey, values)),
    requiredAcl,
    mailboxId: target.mailbox?.id ?? null,
    mailboxRevision: target.mailbox?.revision ?? null,
    headers,
    body: JSON.stringify({ ...headers, data }),
  }
}
