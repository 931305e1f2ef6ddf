import type { IncomingMessage } from '@lamplighter/bus'
import { Backoff, type Logger, sleep } from '@lamplighter/runtime'
import type { EventReplayRepository } from '@lamplighter/store'
import { type EventSource, OutgoingEvent } from './outgoing-event.js'

/** The log as the gateway reads it. */
export type History = Pick<EventReplayRepository, 'state' | 'page' | 'extent'>

const EVERYTHING = { tenantId: null, userId: null, names: null } as const
const PAGE = 500

/**
 * The events of the installation in the order of the log, each once: live from the bus, and what the bus did not
 * deliver, because it was away or a queue was lost with its connection, from the log. Cursors have no holes, so a gap is
 * seen at the next event, and at the next look at the log when there is none. What others publish has no cursor and
 * passes as it comes.
 */
export class Feed {
  readonly #history: History
  readonly #deliver: (event: OutgoingEvent) => Promise<void> | void
  readonly #log: Logger
  readonly #stopping = new AbortController()
  #epoch = ''
  #position = 0
  #work: Promise<void> = Promise.resolve()

  /** @param deliver the next event waits for what it promises */
  constructor(history: History, deliver: (event: OutgoingEvent) => Promise<void> | void, log: Logger) {
    this.#history = history
    this.#deliver = deliver
    this.#log = log
  }

  /** The history that cursors belong to now. */
  get epoch(): string {
    return this.#epoch
  }

  /**
   * Takes its place in the log: what happened before is nobody's here, even where the bus still has to bring it. Whoever
   * connects can have been told of it by the process before this one.
   *
   * @throws what the store throws
   */
  async start(): Promise<void> {
    const { epoch, head } = await this.#history.state()
    this.#settle(epoch, head)
  }

  /** Delivers nothing more. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#work
  }

  /** Delivers a message from the bus, after what came before it. Resolves when it was handed on or dropped. */
  take(message: IncomingMessage): Promise<void> {
    return this.#inOrder(() => this.#place(message))
  }

  /** Delivers what the log has and the bus did not bring. @throws what the store throws */
  catchUp(): Promise<void> {
    return this.#inOrder(async () => {
      const state = await this.#history.state()
      if (state.epoch !== this.#epoch) this.#settle(state.epoch, state.published)
      else await this.#fill(state.head)
    })
  }

  #settle(epoch: string, position: number): void {
    this.#epoch = epoch
    this.#position = position
  }

  #inOrder(work: () => Promise<void> | void): Promise<void> {
    const done = this.#work.then(work)
    this.#work = done.catch(() => {})
    return done
  }

  #place(message: IncomingMessage): Promise<void> | void {
    const { cursor } = message
    if (cursor === undefined) return this.#deliver(new OutgoingEvent(message, this.#epoch))
    // The relay published it again, or the log was faster.
    if (cursor <= this.#position) return
    if (cursor === this.#position + 1) return this.#advance(message, cursor)
    return this.#mend(message, cursor)
  }

  #advance(source: EventSource, cursor: number): Promise<void> | void {
    this.#position = cursor
    return this.#deliver(new OutgoingEvent(source, this.#epoch))
  }

  /**
   * The message waits until the gap before it is filled, and with it the queue: nobody gets it out of order. A cursor is
   * committed before it is published, so one that the log does not know is of a history before a restoration, or somebody
   * made it up: to follow it would be to drop everything up to there.
   */
  async #mend(message: IncomingMessage, cursor: number): Promise<void> {
    const backoff = new Backoff(100, 5000)
    while (!this.#stopping.signal.aborted) {
      try {
        const { head } = await this.#history.state()
        if (cursor > head) return this.#log.warn({ cursor, head }, 'an event of another history was dropped')
        await this.#fill(cursor - 1)
        return this.#advance(message, cursor)
      } catch (err) {
        this.#log.warn({ err }, 'a gap in the events cannot be filled yet')
        await sleep(backoff.nextMs(), this.#stopping.signal)
      }
    }
  }

  async #fill(upTo: number): Promise<void> {
    while (this.#position < upTo && !this.#stopping.signal.aborted) {
      const events = await this.#history.page(EVERYTHING, { after: this.#position, upTo }, PAGE)
      for (const event of events) await this.#advance(event, event.cursor)
      // Rows that are gone, because the retention was shorter than the outage, leave a hole behind.
      if (events.length < PAGE) this.#position = upTo
    }
  }
}
