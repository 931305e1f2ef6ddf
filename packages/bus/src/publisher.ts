import type { ConfirmChannel, Options } from 'amqplib'
import type { OutgoingMessage } from './bus.js'
import { BusUnavailableError } from './errors.js'
import { APP_ID, EVENT_EXCHANGE } from './topology.js'

/** Unconfirmed messages at a time, and bytes of them: nothing more is written before the broker has these. */
const WINDOW_MESSAGES = 256
const WINDOW_BYTES = 1024 * 1024
const CONFIRM_TIMEOUT_MS = 30_000

/**
 * Publishes in order and resolves when all is confirmed. With several channels each message goes over the one its
 * order key decides, so that order is kept among messages of one key (bus.md 5.7).
 *
 * @throws BusUnavailableError when not all were confirmed; nothing is under way any more then
 */
export async function publishAll(
  channels: readonly ConfirmChannel[],
  messages: readonly OutgoingMessage[],
): Promise<void> {
  const shards = channels.map((channel, index) => {
    const own = channels.length === 1 ? messages : messages.filter((one) => shardOf(one, channels.length) === index)
    return publishInOrder(channel, own)
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

async function publishInOrder(channel: ConfirmChannel, messages: readonly OutgoingMessage[]): Promise<void> {
  for (let from = 0; from < messages.length; ) {
    const end = windowEnd(messages, from)
    await publishWindow(channel, messages.slice(from, end))
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

async function publishWindow(channel: ConfirmChannel, messages: readonly OutgoingMessage[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no confirm in time')), CONFIRM_TIMEOUT_MS)
  })
  try {
    await Promise.race([Promise.all(messages.map((message) => publishOne(channel, message))), late])
  } finally {
    clearTimeout(timer)
  }
}

/** Properties as the original sends them, and those it leaves out, which old consumers do not see (bus.md 2.2, 5.3). */
function publishOne(channel: ConfirmChannel, message: OutgoingMessage): Promise<void> {
  const options: Options.Publish = {
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    deliveryMode: 2,
    priority: 0,
    headers: message.headers,
    mandatory: true,
    messageId: message.eventId,
    type: message.name,
    appId: APP_ID,
    timestamp: Math.floor(Date.now() / 1000),
    ...(message.cursor === undefined ? {} : { correlationId: String(message.cursor) }),
  }
  return new Promise((resolve, reject) => {
    channel.publish(EVENT_EXCHANGE, message.routingKey, Buffer.from(message.body), options, (error: unknown) => {
      if (error) reject(error)
      else resolve()
    })
  })
}
