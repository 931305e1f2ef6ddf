import { topicKeyOf } from '@lamplighter/contracts'
import type { ConfirmChannel, Options } from 'amqplib'
import type { OutgoingMessage } from './bus.js'
import { BusUnavailableError } from './errors.js'
import { APP_ID, EVENT_EXCHANGE, TENANT_EXCHANGE } from './topology.js'

/** Unconfirmed messages at a time, and bytes of them: nothing more is written before the broker has these. */
const WINDOW_MESSAGES = 256
const WINDOW_BYTES = 1024 * 1024
const CONFIRM_TIMEOUT_MS = 30_000

/**
 * Publishes in order and resolves when all is confirmed. With several channels each message goes over the one its
 * order key decides, so that order is kept among messages of one key (bus.md 5.7).
 *
 * @param toTenants whether they also go to the topic exchange of tenants
 * @throws BusUnavailableError when not all were confirmed; nothing is under way any more then
 */
export async function publishAll(
  channels: readonly ConfirmChannel[],
  messages: readonly OutgoingMessage[],
  toTenants: boolean,
): Promise<void> {
  const shards = channels.map((channel, index) => {
    const own = channels.length === 1 ? messages : messages.filter((one) => shardOf(one, channels.length) === index)
    return publishInOrder(channel, own, toTenants)
  })
  const failed = (await Promise.allSettled(shards)).find((one) => one.status === 'rejected')
  if (failed) throw new BusUnavailableError('RabbitMQ did not confirm', { cause: failed.reason })
}

/** FNV-1a: the same key has the same channel. Messages without a key share one. */
function shardOf({ orderKey = '' }: OutgoingMessage, shards: number): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(orderKey)) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0) % shards
}

async function publishInOrder(
  channel: ConfirmChannel,
  messages: readonly OutgoingMessage[],
  toTenants: boolean,
): Promise<void> {
  for (let from = 0; from < messages.length; ) {
    const end = windowEnd(messages, from)
    await publishWindow(channel, messages.slice(from, end), toTenants)
    from = end
  }
}

function windowEnd(messages: readonly OutgoingMessage[], from: number): number {
  let bytes = 0
  let end = from
  while (end < messages.length && end - from < WINDOW_MESSAGES && bytes < WINDOW_BYTES) {
    bytes += messages[end]?.body.length ?? 0
    end++
  }
  return end
}

async function publishWindow(
  channel: ConfirmChannel,
  messages: readonly OutgoingMessage[],
  toTenants: boolean,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no confirm in time')), CONFIRM_TIMEOUT_MS)
  })
  try {
    const confirms = messages.flatMap((message) => publishOne(channel, message, toTenants))
    await Promise.race([Promise.all(confirms), late])
  } finally {
    clearTimeout(timer)
  }
}

/** To everybody, and by its topic key to the queues of tenants. */
function publishOne(channel: ConfirmChannel, message: OutgoingMessage, toTenants: boolean): Promise<void>[] {
  const properties = propertiesOf(message)
  const body = Buffer.from(message.body)
  const topicKey = toTenants ? topicKeyOf(message.headers) : undefined
  const everybody = publishTo(channel, EVENT_EXCHANGE, message.routingKey, body, { ...properties, mandatory: true })
  // That no tenant wants it is usual, and nothing to be told of.
  return topicKey === undefined
    ? [everybody]
    : [everybody, publishTo(channel, TENANT_EXCHANGE, topicKey, body, properties)]
}

/** Properties as the original sends them, and those it leaves out, which old consumers do not see (bus.md 2.2, 5.3). */
function propertiesOf({ eventId, name, headers, cursor }: OutgoingMessage): Options.Publish {
  return {
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    deliveryMode: 2,
    priority: 0,
    headers,
    messageId: eventId,
    type: name,
    appId: APP_ID,
    timestamp: Math.floor(Date.now() / 1000),
    ...(cursor === undefined ? {} : { correlationId: String(cursor) }),
  }
}

function publishTo(
  channel: ConfirmChannel,
  exchange: string,
  key: string,
  body: Buffer,
  options: Options.Publish,
): Promise<void> {
  return new Promise((resolve, reject) => {
    channel.publish(exchange, key, body, options, (error: unknown) => {
      if (error) reject(error)
      else resolve()
    })
  })
}
