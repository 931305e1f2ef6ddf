import { randomBytes } from 'node:crypto'
import type { Logger } from '@lamplighter/runtime'
import type { Channel, ChannelModel, Options } from 'amqplib'
import type { ConsumerDefinition } from './bus.js'
import { SHARED_QUEUES } from './declare-topology.js'
import { codeOf, PRECONDITION_FAILED } from './errors.js'
import { openChannel } from './open-connection.js'
import { DEAD_LETTER_EXCHANGE, MAX_DELIVERIES } from './topology.js'

const DEAD_LETTERS = { 'x-dead-letter-exchange': DEAD_LETTER_EXCHANGE }
/** What makes the name of an exclusive queue one of its own. */
const SUFFIX_BYTES = 6
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
  // They are there since the connection was made.
  if (SHARED_QUEUES.includes(queue)) return queue
  if (durability === 'durable') {
    await declareDurable(connection, queue, log)
    return queue
  }
  const name = `${queue}.${randomBytes(SUFFIX_BYTES).toString('hex')}`
  const options = { exclusive: true, autoDelete: true, durable: false, arguments: DEAD_LETTERS }
  return (await channel.assertQueue(name, options)).queue
}

/** A regular expression for this name alone: of what names may hold only the dot means something else. */
export function literally(name: string): string {
  return name.replaceAll('.', '\\.')
}

/** A regular expression for the names that {@link declareQueue} gives. */
export function namesOf({ queue, durability }: Pick<ConsumerDefinition, 'queue' | 'durability'>): string {
  const escaped = literally(queue)
  return durability === 'durable' ? escaped : `${escaped}\\.[0-9a-f]{${SUFFIX_BYTES * 2}}`
}

/**
 * Arguments of a queue never change. One that was made with others, by an older version or by hand, is used as it is: it
 * may hold messages. The refusal costs a channel, so this has one of its own.
 */
async function declareDurable(connection: ChannelModel, queue: string, log: Logger): Promise<void> {
  const options: Options.AssertQueue = { durable: true, arguments: DURABLE }
  const channel = await openChannel(connection)
  try {
    await channel.assertQueue(queue, options)
    await channel.close()
  } catch (error) {
    if (codeOf(error) !== PRECONDITION_FAILED) throw error
    log.warn({ queue }, 'the queue has other arguments than we give; delete it while it is empty and it is made anew')
  }
}
