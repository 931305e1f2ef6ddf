import type { ConsumerDefinition } from './bus.js'

/** A queue of a service, as it is declared. */
export type ServiceQueue = Pick<ConsumerDefinition, 'queue' | 'durability'>

/**
 * Every queue that a service of ours consumes from. They are here, and not where they are used, because the accounts of
 * services on the broker may use these and no others.
 */
export const SERVICE_QUEUES = {
  /** Sessions and rights that a process must forget. */
  revocations: { queue: 'access.revocations', durability: 'exclusive' },
  /** Changes of rights that queues of tenants' consumers hang on. */
  consumerRights: { queue: 'event-consumers.rights', durability: 'exclusive' },
  /** What transcribers publish. */
  transcriptions: { queue: 'calld.transcription', durability: 'durable' },
  /** All events, for the clients of the event gateway. */
  gateway: { queue: 'websocketd', durability: 'exclusive' },
  /** Changes of what a lamp must show. */
  lamps: { queue: 'mwid.lamp', durability: 'exclusive' },
  /** The same for the lamps of gateways. */
  gatewayLamps: { queue: 'mwid.gateway', durability: 'exclusive' },
  /** Sources of external counts that come and go. */
  sources: { queue: 'mwid.sources', durability: 'exclusive' },
} as const satisfies Readonly<Record<string, ServiceQueue>>
