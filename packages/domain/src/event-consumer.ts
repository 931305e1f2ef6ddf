import { isUuid, type TenantId } from './ids.js'

/** A consumer of a tenant on AMQP, by name. */
export type ConsumerAddress = { readonly tenantId: TenantId; readonly name: string }

const NAME = '[a-z0-9-]{1,40}'
const TENANT = '[0-9a-f-]{36}'
const USERNAME = new RegExp(`^(${NAME})@(${TENANT})$`)

/** A regular expression for all that {@link consumerQueueName} can answer. */
export const CONSUMER_QUEUE_NAMES = `ev\\.${TENANT}\\.${NAME}`

/** The queue of a consumer (bus.md 5.4). */
export function consumerQueueName({ tenantId, name }: ConsumerAddress): string {
  return `ev.${tenantId}.${name}`
}

/** What a consumer logs in to the broker with: the broker's later questions carry nothing else (bus.md 5.8). */
export function consumerUsername({ tenantId, name }: ConsumerAddress): string {
  return `${name}@${tenantId}`
}

/** Whom a username stands for; undefined when it is no consumer's. */
export function readConsumerUsername(username: string): ConsumerAddress | undefined {
  const [, name = '', tenant = ''] = USERNAME.exec(username) ?? []
  return isUuid(tenant) ? { tenantId: tenant as TenantId, name } : undefined
}
