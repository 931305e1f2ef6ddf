import type { Channel, ChannelModel, Options } from 'amqplib'
import type { HeaderMatch } from './bus.js'
import { declareTopology } from './declare-topology.js'
import { BusUnavailableError, codeOf, NOT_FOUND } from './errors.js'
import { openChannel, openConnection } from './open-connection.js'
import { EVENT_EXCHANGE, MAX_DELIVERIES, TENANT_DEAD_EXCHANGE, TENANT_EXCHANGE } from './topology.js'

/** What a queue of a tenant's consumer gets: by key of the topic exchange, or by headers of `wazo-headers`. */
export type QueueBinding =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'headers'; readonly match: HeaderMatch }

/** A queue as it shall be; its limits never change while it lives. */
export type ConsumerQueue = {
  /** `ev.<tenant>.<consumer>` (bus.md 5.4). */
  readonly name: string
  readonly maxLength: number
  readonly messageTtlMs: number
  /** Unused so long, the broker deletes it. */
  readonly expiresMs: number
}

const MAX_QUEUE_BYTES = 256 * 1024 * 1024

/**
 * Makes and removes the queues of tenants' consumers, which may do neither themselves (bus.md 5.8.6). Each call has a
 * connection of its own: it is rare, and what the broker refuses here must not disturb what is published.
 */
export class ConsumerQueues {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /**
   * Makes the queue if it is not there, binds and unbinds. With `fresh` a queue of that name, and all in it, goes first.
   *
   * @throws BusUnavailableError
   */
  async set(
    queue: ConsumerQueue,
    { bind, unbind, fresh }: { bind: readonly QueueBinding[]; unbind: readonly QueueBinding[]; fresh: boolean },
  ): Promise<void> {
    await this.#withChannel(async (channel, connection) => {
      await declareTopology(connection)
      if (fresh) await channel.deleteQueue(queue.name)
      await channel.assertQueue(queue.name, { durable: true, arguments: argumentsOf(queue) })
      for (const binding of unbind) await channel.unbindQueue(queue.name, ...placeOf(binding))
      for (const binding of bind) await channel.bindQueue(queue.name, ...placeOf(binding))
    })
  }

  /** Which of these queues are not there. @throws BusUnavailableError */
  async missing(names: readonly string[]): Promise<ReadonlySet<string>> {
    const missing = new Set<string>()
    await this.#withChannel(async (first, connection) => {
      let channel = first
      for (const name of names) {
        try {
          await channel.checkQueue(name)
        } catch (error) {
          if (codeOf(error) !== NOT_FOUND) throw error
          missing.add(name)
          // The answer cost the channel.
          channel = await openChannel(connection)
        }
      }
    })
    return missing
  }

  /** Deletes a queue with what is in it; its consumers are told so. One that is not there is as good as deleted. @throws BusUnavailableError */
  async delete(name: string): Promise<void> {
    await this.#withChannel((channel) => channel.deleteQueue(name))
  }

  async #withChannel(work: (channel: Channel, connection: ChannelModel) => Promise<unknown>): Promise<void> {
    try {
      const connection = await openConnection(this.#url, 'lamplighter consumers')
      // Whatever fails is thrown by the call that fails.
      connection.on('error', () => {})
      try {
        await work(await openChannel(connection), connection)
      } finally {
        await connection.close().catch(() => {})
      }
    } catch (error) {
      throw new BusUnavailableError('RabbitMQ did not set the queue up', { cause: error })
    }
  }
}

/** Never `reject-publish`: one full queue would stop the relay for everybody (bus.md 5.3). */
function argumentsOf({ maxLength, messageTtlMs, expiresMs }: ConsumerQueue): Options.AssertQueue['arguments'] {
  return {
    'x-queue-type': 'quorum',
    'x-delivery-limit': MAX_DELIVERIES,
    'x-max-length': maxLength,
    'x-max-length-bytes': MAX_QUEUE_BYTES,
    'x-overflow': 'drop-head',
    'x-message-ttl': messageTtlMs,
    'x-expires': expiresMs,
    'x-dead-letter-exchange': TENANT_DEAD_EXCHANGE,
  }
}

function placeOf(binding: QueueBinding): [exchange: string, key: string, args: Record<string, string | boolean>] {
  if (binding.kind === 'key') return [TENANT_EXCHANGE, binding.key, {}]
  return [EVENT_EXCHANGE, '', { ...binding.match, 'x-match': 'all' }]
}
