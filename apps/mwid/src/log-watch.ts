import { type Bus, type ConsumerDefinition, toIncoming } from '@lamplighter/bus'
import { type Logger, sleep } from '@lamplighter/runtime'
import type { CommittedEvent, EventTail } from '@lamplighter/store'

/** What the watch looks at. */
export type LogWatchParts = {
  readonly bus: Pick<Bus, 'connected'>
  readonly events: Pick<EventTail, 'head' | 'after' | 'relayed'>
  readonly log: Logger
}

/** How often. */
const LOOK_MS = 5000
/** Events become visible in the order of commits, not of their ids: so many are looked at once more. */
const OVERLAP = 1000
const PAGE = 1000

/**
 * While the bus brings nothing nobody wakes the worker, but the events are in the log: it is looked at every five seconds.
 * What one look misses the reconciliation finds.
 *
 * The bus brings nothing when it is away. A broker with a resource alarm takes nothing either, but whoever only listens
 * keeps its connection and is told nothing: that is known by events that wait, none of which left since the last look.
 */
export class LogWatch {
  readonly #parts: LogWatchParts
  readonly #consumers: readonly ConsumerDefinition[]
  readonly #names: readonly string[]
  readonly #stopping = new AbortController()
  #mark: number | undefined
  #confirmed: number | undefined
  #seen = new Set<number>()
  #running: Promise<void> | undefined

  /** @param consumers who would have been woken */
  constructor(parts: LogWatchParts, consumers: readonly ConsumerDefinition[]) {
    this.#parts = parts
    this.#consumers = consumers
    this.#names = [...new Set(consumers.flatMap(namesOf))]
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  /** Looks once: notes how far the log is while the bus works, and wakes who it would wake otherwise. */
  async look(): Promise<void> {
    const { events } = this.#parts
    if ((await this.#brings()) || this.#mark === undefined) {
      this.#mark = await events.head()
      this.#seen = new Set()
      return
    }
    let after = this.#mark - OVERLAP
    for (let page = PAGE; page === PAGE && !this.#stopping.signal.aborted; ) {
      const found = await events.after(after, this.#names, PAGE)
      for (const event of found) await this.#wake(event)
      page = found.length
      after = found.at(-1)?.id ?? after
    }
    this.#mark = Math.max(this.#mark, after)
    const oldest = this.#mark - OVERLAP
    this.#seen = new Set([...this.#seen].filter((id) => id > oldest))
  }

  /** Whether the bus brings events, as far as can be seen. */
  async #brings(): Promise<boolean> {
    const { bus, events } = this.#parts
    const before = this.#confirmed
    const { confirmed, waiting } = await events.relayed(LOOK_MS / 1000)
    this.#confirmed = confirmed
    return bus.connected && !(waiting && confirmed === before)
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.look().catch((err) => this.#parts.log.warn({ err }, 'the event log cannot be looked at'))
      await sleep(LOOK_MS, this.#stopping.signal)
    }
  }

  async #wake(event: CommittedEvent): Promise<void> {
    if (this.#seen.has(event.id)) return
    this.#seen.add(event.id)
    const message = toIncoming(event)
    for (const consumer of this.#consumers) if (namesOf(consumer).includes(event.name)) await consumer.handle(message)
  }
}

function namesOf({ bindings }: ConsumerDefinition): string[] {
  return bindings.flatMap(({ name }) => (typeof name === 'string' ? [name] : []))
}
