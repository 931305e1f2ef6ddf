import { topicKeyOf } from '@lamplighter/contracts'
import type { ConfirmChannel, Options } from 'amqplib'
import type { OutgoingMessage } from './bus.js'
import { BusUnavailableError } from './errors.js'
import { APP_ID, EVENT_EXCHANGE, TENANT_EXCHANGE } from './topology.js'

/** Unconfirmed messages at a time, and bytes of them: nothing more is written before the broker has some of these. */
const WINDOW_MESSAGES = 500
const WINDOW_BYTES = 1024 * 1024
/** Without any confirm for this long the broker is given up. */
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
  const window = new ConfirmWindow()
  try {
    for (const message of messages) {
      if (window.isFull) await window.until(() => !window.isFull)
      window.add(message.body.length, publishOne(channel, message, toTenants, window.settle))
    }
    await window.until(() => window.isEmpty)
  } finally {
    window.close()
  }
}

/**
 * What was published and is not confirmed yet. It slides: a confirm makes room at once, so the broker is never idle, and
 * a broker that falls behind holds us back before our memory does.
 */
class ConfirmWindow {
  #messages = 0
  #bytes = 0
  /** Sizes of those under way, in order, the settled ones still in front. */
  readonly #sizes: number[] = []
  #settled = 0
  #failure: unknown
  #changed: () => void = () => {}
  readonly #late = setTimeout(() => this.settle(new Error('no confirm in time')), CONFIRM_TIMEOUT_MS)

  get isFull(): boolean {
    return this.#messages >= WINDOW_MESSAGES || this.#bytes >= WINDOW_BYTES
  }

  get isEmpty(): boolean {
    return this.#messages === 0
  }

  /** A message of this size was published this many times. */
  add(bytes: number, times: number): void {
    for (let time = 0; time < times; time++) this.#sizes.push(bytes)
    this.#messages += times
    this.#bytes += bytes * times
  }

  /** The broker confirmed one, or refused it. Confirms come in the order of the channel. */
  readonly settle = (error: unknown): void => {
    if (error) this.#failure ??= error
    this.#messages--
    this.#bytes -= this.#sizes[this.#settled++] ?? 0
    this.#late.refresh()
    this.#changed()
  }

  /** @throws why something was not confirmed */
  async until(reached: () => boolean): Promise<void> {
    while (this.#failure === undefined && !reached()) {
      await new Promise<void>((resolve) => {
        this.#changed = () => {
          if (this.#failure !== undefined || reached()) resolve()
        }
      })
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  close(): void {
    clearTimeout(this.#late)
  }
}

type Settle = (error: unknown) => void

/** To everybody, and by its topic key to the queues of tenants. @returns how often it was published */
function publishOne(channel: ConfirmChannel, message: OutgoingMessage, toTenants: boolean, settle: Settle): number {
  const properties = propertiesOf(message)
  const body = Buffer.from(message.body)
  channel.publish(EVENT_EXCHANGE, message.routingKey, body, { ...properties, mandatory: true }, settle)
  const topicKey = toTenants ? topicKeyOf(message.headers) : undefined
  if (topicKey === undefined) return 1
  // That no tenant wants it is usual, and nothing to be told of.
  channel.publish(TENANT_EXCHANGE, topicKey, body, properties, settle)
  return 2
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
