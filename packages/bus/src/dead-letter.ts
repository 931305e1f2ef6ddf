import type { ChannelModel, ConfirmChannel } from 'amqplib'
import type { DeadLetter, IncomingMessage } from './bus.js'
import { BusUnavailableError } from './errors.js'

/** Reasons of the broker's that mean a limit of the queue. */
const LIMIT_REASONS: readonly string[] = ['maxlen', 'expired']

/** What the broker adds when a message dies; a message sent again starts without it. */
const DEATH_HEADERS = /^x-(death|(first|last)-death-(queue|reason|exchange)|delivery-count)$/

/**
 * Whether a consumer had its chance. What was too old or too much for its queue nobody failed to take: the limits did
 * what they are for, and the log has it (bus.md 5.3).
 */
export function wasRefused({ reason }: DeadLetter): boolean {
  return !LIMIT_REASONS.includes(reason)
}

/** A message of the dead letter queue, as it was in the queue it died in. */
export function toDeadLetter({ eventId, name, headers, body }: IncomingMessage): DeadLetter {
  return {
    queue: textOf(headers['x-first-death-queue']),
    reason: textOf(headers['x-first-death-reason']),
    eventId,
    name,
    headers: Object.fromEntries(Object.entries(headers).filter(([key]) => !DEATH_HEADERS.test(key))),
    body,
  }
}

function textOf(header: unknown): string {
  return typeof header === 'string' ? header : ''
}

/** A broker with an alarm says nothing at all until that is over. */
const CONFIRM_TIMEOUT_MS = 5000
/** Further queues a publisher asked for: the broker puts a copy into each, and they have had theirs. */
const COPIES: readonly string[] = ['CC', 'BCC']

/**
 * Puts a dead letter back into its queue and no other, past every exchange. Whether the queue is still there.
 *
 * @throws BusUnavailableError when the broker did not confirm in time; it may have the letter all the same
 */
export async function sendBack(connection: ChannelModel, letter: DeadLetter): Promise<boolean> {
  try {
    return await inTime(sendOn(connection, letter))
  } catch (error) {
    throw new BusUnavailableError('RabbitMQ did not confirm', { cause: error })
  }
}

async function sendOn(connection: ChannelModel, letter: DeadLetter): Promise<boolean> {
  const channel = await connection.createConfirmChannel()
  // What is refused is thrown by the call that waits.
  channel.on('error', () => {})
  return publish(channel, letter).finally(() => channel.close().catch(() => {}))
}

async function publish(channel: ConfirmChannel, { queue, eventId, name, headers, body }: DeadLetter): Promise<boolean> {
  let returned = false
  channel.once('return', () => {
    returned = true
  })
  channel.publish('', queue, body, {
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    deliveryMode: 2,
    mandatory: true,
    headers: Object.fromEntries(Object.entries(headers).filter(([key]) => !COPIES.includes(key))),
    ...(eventId === undefined ? {} : { messageId: eventId }),
    type: name,
  })
  await channel.waitForConfirms()
  return !returned
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no confirm in time')), CONFIRM_TIMEOUT_MS)
  })
  return await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
