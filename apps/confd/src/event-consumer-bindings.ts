import { setImmediate } from 'node:timers/promises'
import { type BindingDecision, type BindingPrincipal, decideBinding, readBindingKey } from '@lamplighter/access'
import type { QueueBinding } from '@lamplighter/bus'
import { EVENTS, type EventDefinition, INTERNAL_EVENTS } from '@lamplighter/contracts'
import type { TenantId, UserId } from '@lamplighter/domain'
import type { ConsumerRights, EventConsumerFields } from '@lamplighter/store'

/** What a consumer asks for, one by one: the binding it would be, and whether the principal may have all it selects. */
export type AskedBinding = {
  /** As the client wrote it: an event's name or a key. */
  readonly asked: string
  readonly binding: QueueBinding
  readonly decision: BindingDecision
}

/** What a queue is bound to, as its row has it; `pending` before that is certain. */
export type AppliedBinding = QueueBinding & { readonly pending?: boolean }

/** What of a consumer says what it asks for. */
type Asking = Pick<EventConsumerFields, 'events' | 'bindings'>

const DEFINITIONS: ReadonlyMap<string, EventDefinition> = new Map(EVENTS.map((event) => [event.name, event]))

/** Whether a consumer may ask for this event by name: it exists, and is some tenant's. */
export function isTenantEvent(name: string): boolean {
  const kind = DEFINITIONS.get(name)?.kind
  return kind === 'tenant' || kind === 'user'
}

/** Whose rights a consumer has. */
export function principalOf(tenantId: TenantId, userId: UserId | null, rights: ConsumerRights): BindingPrincipal {
  return { tenantId, userId, seesEveryone: userId === null || rights.admin, acl: rights.acl }
}

/**
 * Decides on what is asked for, one after the other (bus.md 5.8.3, 5.8.6): who stops at a refusal spares the rest. Keys
 * that are none, and unknown events, are left out. To decide costs: after each, whoever asks this process something goes first.
 */
export async function* decideEach(asking: Asking, principal: BindingPrincipal): AsyncGenerator<AskedBinding> {
  for (const one of decided(asking, principal)) {
    await setImmediate()
    yield one
  }
}

function* decided({ events, bindings }: Asking, principal: BindingPrincipal): Generator<AskedBinding> {
  for (const name of events) {
    const definition = DEFINITIONS.get(name)
    if (definition) yield decideNamed(definition, principal)
  }
  for (const key of bindings) {
    const read = readBindingKey(key)
    if (read) yield { asked: key, binding: { kind: 'key', key }, decision: decideBinding(read, principal) }
  }
}

/**
 * A key holds no name, so an event by name is bound by headers: never without the tenant, and for who does not see
 * everyone not without the user. Every access the event may ask for must be allowed.
 */
function decideNamed({ name, kind, acl }: EventDefinition, principal: BindingPrincipal): AskedBinding {
  const { tenantId, userId, seesEveryone } = principal
  const audience = kind === 'tenant' ? '*' : userId
  const match = {
    name,
    tenant_uuid: tenantId,
    ...(seesEveryone || audience === null ? {} : { [`user_uuid:${audience}`]: true }),
  }
  const own = kind === 'user' && !seesEveryone ? userId : null
  const values: Readonly<Record<string, string>> = {
    tenant_uuid: tenantId,
    ...(own === null ? {} : { user_uuid: own }),
  }
  const access = acl.replace(/\{(\w+)\}/g, (_place, key: string) => values[key] ?? '*').split('.')
  const everyone = INTERNAL_EVENTS.has(name) ? 'svc' : 'all'
  const decision = decideBinding({ tenant: tenantId, audience: own ?? everyone, access }, principal)
  return { asked: name, binding: { kind: 'headers', match }, decision }
}
