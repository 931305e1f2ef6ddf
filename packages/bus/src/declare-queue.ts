import { randomBytes } from 'node:crypto'
import type { Logger } from '@lamplighter/runtime'
import type { Channel, ChannelModel, Options } from 'amqplib'
import type { ConsumerDefinition } from './bus.js'
import { assertTenantDeadLetters } from './dead-letter.js'
import { DEAD_LETTER_QUEUE, MAX_DELIVERIES, TENANT_DEAD_QUEUE } from './topology.js'

/** AMQP: what is there is not what was declared. */
const PRECONDITION_FAILED = 406
const DEAD_LETTERS = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': DEAD_LETTER_QUEUE }
/**
 * A letter leaves such a queue when the dead letter queue has confirmed it; that takes both of the last two (bus.md 5.4).
 * The queue has no limit, so it rejects nothing, and the relay's confirms do not hang on it.
 */
const DURABLE = {
  ...DEAD_LETTERS,
  'x-queue-type': 'quorum',
  'x-delivery-limit': MAX_DELIVERIES - 1,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
}

/**
 * Declares the queue of a consumer.
 *
 * @param channel the consumer's, which an exclusive queue belongs to
 * @returns its name
 */
export async function declareQueue(
  connection: ChannelModel,
  channel: Channel,
  { queue, durability }: Pick<ConsumerDefinition, 'queue' | 'durability'>,
  log: Logger,
): Promise<string> {
  // They have no dead letters of their own; the first is there since the connection was made.
  if (queue === DEAD_LETTER_QUEUE) return queue
  if (queue === TENANT_DEAD_QUEUE) await assertTenantDeadLetters(channel)
  else if (durability === 'durable') await declareDurable(connection, queue, log)
  else {
    const name = `${queue}.${randomBytes(6).toString('hex')}`
    const options = { exclusive: true, autoDelete: true, durable: false, arguments: DEAD_LETTERS }
    return (await channel.assertQueue(name, options)).queue
  }
  return queue
}

/**
 * Arguments of a queue never change. One that was made with others, by an older version or by hand, is used as it is: it
 * may hold messages. The refusal costs a channel, so this has one of its own.
 */
async function declareDurable(connection: ChannelModel, queue: string, log: Logger): Promise<void> {
  const options: Options.AssertQueue = { durable: true, arguments: DURABLE }
  const channel = await connection.createChannel()
  channel.on('error', () => {})
  try {
    await channel.assertQueue(queue, options)
    await channel.close()
  } catch (error) {
    if ((error as { code?: unknown }).code !== PRECONDITION_FAILED) throw error
    log.warn({ queue }, 'the queue has other arguments than we give; delete it while it is empty and it is made anew')
  }
}
