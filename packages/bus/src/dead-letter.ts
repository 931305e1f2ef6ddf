import type { ChannelModel } from 'amqplib'
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

/**
 * Puts a dead letter back into its queue and no other, past every exchange. Whether the queue is still there.
 *
 * @throws BusUnavailableError when the broker did not confirm
 */
export async function sendBack(connection: ChannelModel, letter: DeadLetter): Promise<boolean> {
  const channel = await connection.createConfirmChannel()
  let returned = false
  channel.once('return', () => {
    returned = true
  })
  try {
    channel.publish('', letter.queue, letter.body, {
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      deliveryMode: 2,
      mandatory: true,
      headers: letter.headers,
      ...(letter.eventId === undefined ? {} : { messageId: letter.eventId }),
      type: letter.name,
    })
    await channel.waitForConfirms()
    return !returned
  } catch (error) {
    throw new BusUnavailableError('RabbitMQ did not confirm', { cause: error })
  } finally {
    await channel.close().catch(() => {})
  }
}
