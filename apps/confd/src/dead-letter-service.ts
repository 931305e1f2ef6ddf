import { type Bus, BusUnavailableError } from '@lamplighter/bus'
import { BusUnreachableError, NotFoundError, RuleError } from '@lamplighter/domain'
import type { DeadLetterHead, Store, StoredDeadLetter } from '@lamplighter/store'

/** Looks at what no consumer could take, and sends it again. */
export class DeadLetterService {
  readonly #store: Store
  readonly #bus: Bus

  constructor(store: Store, bus: Bus) {
    this.#store = store
    this.#bus = bus
  }

  /** The newest first. */
  list(limit: number, offset: number): Promise<{ items: DeadLetterHead[]; total: number }> {
    return this.#store.deadLetters.list(limit, offset)
  }

  /** One with its body. @throws NotFoundError */
  async get(id: number): Promise<StoredDeadLetter> {
    return (await this.#store.deadLetters.find(id)) ?? notFound(id)
  }

  /**
   * Sends a letter to the queue it died in, then forgets it: who fails in between sends it twice, and consumers drop the
   * repeat by its event id.
   *
   * @throws NotFoundError, RuleError when the queue is no more, BusUnreachableError
   */
  async redrive(id: number): Promise<void> {
    const { eventId, ...letter } = await this.get(id)
    const sent = await this.#bus
      .redeliver({ ...letter, eventId: eventId ?? undefined })
      .catch((error) => Promise.reject(toDomain(error)))
    if (!sent) throw new RuleError('dead-letter-queue-gone', 'the queue it died in is no more', { queue: letter.queue })
    await this.#store.deadLetters.delete(id)
  }

  /** Forgets one. @throws NotFoundError */
  async delete(id: number): Promise<void> {
    if (!(await this.#store.deadLetters.delete(id))) notFound(id)
  }
}

function notFound(id: number): never {
  throw new NotFoundError('no-such-dead-letter', 'there is no such dead letter', { id })
}

function toDomain(error: unknown): unknown {
  return error instanceof BusUnavailableError ? new BusUnreachableError({ cause: error }) : error
}
