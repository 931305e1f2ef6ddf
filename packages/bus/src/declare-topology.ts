import type { Channel, ChannelModel } from 'amqplib'
import { ACCESS_REFUSED, codeOf } from './errors.js'
import { openChannel } from './open-connection.js'
import {
  DEAD_LETTER_EXCHANGE,
  DEAD_LETTER_QUEUE,
  EVENT_EXCHANGE,
  TENANT_DEAD_EXCHANGE,
  TENANT_DEAD_QUEUE,
  TENANT_EXCHANGE,
} from './topology.js'

/** Dead letters of tenants that wait to be kept. */
const MAX_TENANT_DEAD = 10_000

/** Everything of the bus that is no service's own. */
export const EXCHANGES: readonly string[] = [
  EVENT_EXCHANGE,
  TENANT_EXCHANGE,
  DEAD_LETTER_EXCHANGE,
  TENANT_DEAD_EXCHANGE,
]
/** As {@link EXCHANGES}. */
export const SHARED_QUEUES: readonly string[] = [DEAD_LETTER_QUEUE, TENANT_DEAD_QUEUE]

/**
 * Sees to it that exchanges and queues of the bus are there. An account that may not declare them, because it only
 * consumes (decision 0062), looks whether they are: who may do everything to an exchange may also delete it.
 *
 * @throws an error of the broker's: 404 when they are not there and this account may not declare them
 */
export async function declareTopology(connection: ChannelModel): Promise<void> {
  try {
    await onChannel(connection, declare)
  } catch (error) {
    if (codeOf(error) !== ACCESS_REFUSED) throw error
    await onChannel(connection, look)
  }
}

async function declare(channel: Channel): Promise<void> {
  await channel.assertExchange(EVENT_EXCHANGE, 'headers', { durable: true })
  await channel.assertExchange(TENANT_EXCHANGE, 'topic', { durable: true })
  await channel.assertExchange(DEAD_LETTER_EXCHANGE, 'fanout', { durable: true })
  await channel.assertQueue(DEAD_LETTER_QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
  await channel.bindQueue(DEAD_LETTER_QUEUE, DEAD_LETTER_EXCHANGE, '')
  // Where tenants' queues put their dead letters (bus.md 5.4).
  await channel.assertExchange(TENANT_DEAD_EXCHANGE, 'fanout', { durable: true })
  const args = { 'x-queue-type': 'quorum', 'x-max-length': MAX_TENANT_DEAD, 'x-overflow': 'drop-head' }
  await channel.assertQueue(TENANT_DEAD_QUEUE, { durable: true, arguments: args })
  await channel.bindQueue(TENANT_DEAD_QUEUE, TENANT_DEAD_EXCHANGE, '')
}

/** Nobody is asked about that: the broker answers every account (docs/operations.md). */
async function look(channel: Channel): Promise<void> {
  for (const exchange of EXCHANGES) await channel.checkExchange(exchange)
  for (const queue of SHARED_QUEUES) await channel.checkQueue(queue)
}

/** A refusal costs the channel, so this has one of its own. */
async function onChannel(connection: ChannelModel, work: (channel: Channel) => Promise<void>): Promise<void> {
  const channel = await openChannel(connection)
  await work(channel)
  await channel.close()
}
