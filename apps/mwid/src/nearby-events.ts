import { type ConsumerDefinition, type IncomingMessage, type Outcome, toIncoming } from '@lamplighter/bus'
import type { EventRecord } from '@lamplighter/contracts'

/** Events of this process, at most, whose arrival over the bus is still remembered to be old news. */
const REMEMBERED = 10_000

/**
 * What this process committed wakes the worker at once, without the way through relay and bus; when the event arrives
 * by that way nobody looks again (decision 0056). What is forgotten here costs one look more, nothing else.
 */
export class NearbyEvents {
  /** Takes events from the bus, but those that were heard already. */
  readonly consumer: ConsumerDefinition
  readonly #handle: (message: IncomingMessage) => Outcome
  readonly #names: ReadonlySet<string>
  readonly #heard = new Set<string>()

  /** @param names events that are heard nearby: those that only say where to look */
  constructor(
    consumer: ConsumerDefinition & { readonly handle: (message: IncomingMessage) => Outcome },
    names: readonly string[],
  ) {
    this.#handle = consumer.handle
    this.#names = new Set(names)
    this.consumer = { ...consumer, handle: (message) => (this.#forget(message) ? 'ack' : this.#handle(message)) }
  }

  /** What a transaction of this process said, after its commit. */
  readonly hear = (said: readonly EventRecord[]): void => {
    for (const event of said) {
      if (!this.#names.has(event.name) || this.#handle(toIncoming(event)) !== 'ack') continue
      for (const oldest of this.#heard) {
        if (this.#heard.size < REMEMBERED) break
        this.#heard.delete(oldest)
      }
      this.#heard.add(event.eventId)
    }
  }

  #forget({ eventId }: IncomingMessage): boolean {
    return eventId !== undefined && this.#heard.delete(eventId)
  }
}
