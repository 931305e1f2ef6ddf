/** The exchange every event goes through; declared exactly like this by everybody (bus.md 2.1). */
export const EVENT_EXCHANGE = 'wazo-headers'
/** Where messages end that no handler could take: kept until somebody looks. */
export const DEAD_LETTER_QUEUE = 'lamplighter.dead'
/**
 * By way of this a message of ours comes there. Not the default exchange: who may dead-letter through that may also put
 * anything into any queue (decision 0062).
 */
export const DEAD_LETTER_EXCHANGE = 'lamplighter.dead-letters'
/** Deliveries of one message before it counts as poison. */
export const MAX_DELIVERIES = 5
/** Wait before a refused message comes again. */
export const RETRY_DELAY_MS = 1000
/** AMQP `app_id` of what we publish. */
export const APP_ID = 'lamplighter'
/** The topic exchange tenants' queues are bound to, keys `<tenant>.<audience>.<required_acl>` (bus.md 5.8.2). */
export const TENANT_EXCHANGE = 'vm.events'
/** Where tenants' queues put what nobody took: too often refused, too old, too much. */
export const TENANT_DEAD_EXCHANGE = 'vm.dead'
/** Keeps the newest of it. */
export const TENANT_DEAD_QUEUE = 'ev.dead'
