/** The exchange every event goes through; declared exactly like this by everybody (bus.md 2.1). */
export const EVENT_EXCHANGE = 'wazo-headers'
/** Where messages end that no handler could take: kept until somebody looks. */
export const DEAD_LETTER_QUEUE = 'lamplighter.dead'
/** Deliveries of one message before it counts as poison. */
export const MAX_DELIVERIES = 5
/** Wait before a refused message comes again. */
export const RETRY_DELAY_MS = 1000
/** AMQP `app_id` of what we publish. */
export const APP_ID = 'lamplighter'
