import type { Logger } from '@lamplighter/runtime'
import type { ConsumerDefinition, IncomingMessage, Outcome } from './bus.js'

/** Runs a handler; what it throws is retried when it is passing, parked when it is not. */
export async function decide(definition: ConsumerDefinition, message: IncomingMessage, log: Logger): Promise<Outcome> {
  try {
    return await definition.handle(message)
  } catch (err) {
    const transient = (err as { transient?: unknown } | null)?.transient === true
    log.error(
      { err, eventId: message.eventId, event: message.name, queue: definition.queue, transient },
      'handler failed',
    )
    return transient ? 'retry' : 'dead_letter'
  }
}
