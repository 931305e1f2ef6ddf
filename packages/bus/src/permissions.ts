import { literally, namesOf } from './declare-queue.js'
import { EXCHANGES, SHARED_QUEUES } from './declare-topology.js'
import type { ServiceQueue } from './queues.js'
import { DEAD_LETTER_EXCHANGE, EVENT_EXCHANGE, TENANT_DEAD_EXCHANGE, TENANT_EXCHANGE } from './topology.js'

/**
 * What some work of ours needs to be allowed on the broker: regular expressions for whole names of exchanges and queues,
 * and for routing keys of the exchange of tenants. Which operation asks for what: bus.md 5.8.
 */
export type BrokerGrant = {
  readonly configure?: readonly string[]
  readonly write?: readonly string[]
  readonly read?: readonly string[]
  readonly writeKeys?: readonly string[]
  readonly readKeys?: readonly string[]
}

/** The permissions of an account as RabbitMQ takes them; what is not matched is refused. */
export type BrokerPermissions = {
  readonly configure: string
  readonly write: string
  readonly read: string
  /** Routing keys of a topic exchange, beside the permission for the exchange itself. */
  readonly topic: { readonly exchange: string; readonly write: string; readonly read: string }
}

/** What RabbitMQ calls the exchange without a name. */
const DEFAULT_EXCHANGE = 'amq.default'
/** `<tenant>.<audience>.<access>`, never of all tenants, nor of every audience and access by one `#` (bus.md 5.8.2). */
const TENANT_KEYS = '[0-9a-f-]{36}\\.[^.#]+\\..+'
const NOTHING = '^$'

/** Makes the topology, publishes events and takes dead letters out: the relay. */
export const RELAY_GRANT: BrokerGrant = {
  configure: [...EXCHANGES, ...SHARED_QUEUES].map(literally),
  // A queue is written to by who binds it.
  write: [EVENT_EXCHANGE, TENANT_EXCHANGE, ...SHARED_QUEUES].map(literally),
  read: [DEAD_LETTER_EXCHANGE, TENANT_DEAD_EXCHANGE, ...SHARED_QUEUES].map(literally),
  writeKeys: [TENANT_KEYS],
}

/** Puts a dead letter back into its queue, whichever that is. Whoever may do this may put anything into any queue. */
export const REDELIVERY_GRANT: BrokerGrant = { write: [literally(DEFAULT_EXCHANGE)] }

/** Declares and binds a queue of its own and consumes from it. */
export function consumerGrant(place: ServiceQueue): BrokerGrant {
  const own = namesOf(place)
  return {
    configure: [own],
    // The broker lets a queue put its dead letters only where who declares it might.
    write: [own, literally(DEAD_LETTER_EXCHANGE)],
    read: [own, literally(EVENT_EXCHANGE)],
  }
}

/** Makes, binds and deletes the queues of tenants' consumers. @param names a regular expression for the queues' names */
export function tenantQueuesGrant(names: string): BrokerGrant {
  return {
    configure: [names],
    write: [names, literally(TENANT_DEAD_EXCHANGE)],
    read: [names, literally(EVENT_EXCHANGE), literally(TENANT_EXCHANGE)],
    readKeys: [TENANT_KEYS],
  }
}

/** The permissions of an account that does all of these works and nothing else. */
export function permissionsFor(grants: readonly BrokerGrant[]): BrokerPermissions {
  const any = (what: keyof BrokerGrant) => anyOf(grants.flatMap((grant) => grant[what] ?? []))
  return {
    configure: any('configure'),
    write: any('write'),
    read: any('read'),
    topic: { exchange: TENANT_EXCHANGE, write: any('writeKeys'), read: any('readKeys') },
  }
}

function anyOf(expressions: readonly string[]): string {
  const distinct = [...new Set(expressions)]
  return distinct.length === 0 ? NOTHING : `^(${distinct.join('|')})$`
}
