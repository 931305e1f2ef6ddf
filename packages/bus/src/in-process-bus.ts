import { type Logger, sleep } from '@lamplighter/runtime'
import {
  type Bus,
  type Consumer,
  type ConsumerDefinition,
  type DeadLetter,
  type IncomingMessage,
  type OutgoingMessage,
  toIncoming,
} from './bus.js'
import { decide } from './decide.js'
import { BusUnavailableError } from './errors.js'
import { selects } from './matching.js'
import { MAX_DELIVERIES, RETRY_DELAY_MS } from './topology.js'

/** A queue this long has a consumer that is not keeping up; the publisher waits for it. */
const MAX_QUEUED = 10_000

/** Settings of the in-process transport. */
export type InProcessBusOptions = { readonly retryDelayMs?: number }

/**
 * The bus inside one process, for installations without a broker: same matching, same outcomes, nothing on disk. What
 * it loses when the process ends, the relay publishes again from the log.
 */
export class InProcessBus implements Bus {
  readonly #log: Logger
  readonly #retryDelayMs: number
  readonly #queues = new Set<Queue>()
  readonly #keepers = new Set<(letter: DeadLetter) => Promise<void>>()
  #running = false
  #returned = 0

  constructor(log: Logger, { retryDelayMs = RETRY_DELAY_MS }: InProcessBusOptions = {}) {
    this.#log = log
    this.#retryDelayMs = retryDelayMs
  }

  get connected(): boolean {
    return this.#running
  }

  get returned(): number {
    return this.#returned
  }

  async start(): Promise<void> {
    this.#running = true
  }

  async stop(): Promise<void> {
    this.#running = false
    await Promise.all([...this.#queues].map((queue) => queue.stop()))
    this.#queues.clear()
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    if (!this.#running) throw new BusUnavailableError('the bus is stopped')
    for (const message of messages) {
      const incoming = toIncoming(message)
      const takers = [...this.#queues].filter((queue) => queue.takes(incoming))
      if (takers.length === 0) this.#returned++
      for (const queue of takers) await queue.add(incoming)
    }
  }

  async consume(definition: ConsumerDefinition): Promise<Consumer> {
    const queue = new Queue(definition, this.#log, this.#retryDelayMs, (letter) => this.#park(letter))
    this.#queues.add(queue)
    return {
      stop: async () => {
        this.#queues.delete(queue)
        await queue.stop()
      },
    }
  }

  async consumeDeadLetters(keep: (letter: DeadLetter) => Promise<void>): Promise<Consumer> {
    this.#keepers.add(keep)
    return { stop: async () => void this.#keepers.delete(keep) }
  }

  async redeliver({ queue: name, eventId, name: event, headers, body }: DeadLetter): Promise<boolean> {
    if (!this.#running) throw new BusUnavailableError('the bus is stopped')
    const queue = [...this.#queues].find((one) => one.name === name)
    await queue?.add({ eventId, name: event, headers, body, cursor: undefined, redelivered: false })
    return queue !== undefined
  }

  /** Nothing here outlives the process: a letter nobody can keep now is only in the log. */
  async #park(letter: DeadLetter): Promise<void> {
    const [keep] = this.#keepers
    await keep?.(letter).catch((err: unknown) => this.#log.error({ err }, 'dead letter could not be kept'))
  }

  onReconnect(): void {
    // There is no connection to lose.
  }
}

class Queue {
  readonly #definition: ConsumerDefinition
  readonly #log: Logger
  readonly #retryDelayMs: number
  readonly #park: (letter: DeadLetter) => Promise<void>
  readonly #stopping = new AbortController()
  readonly #messages: IncomingMessage[] = []
  readonly #waiting: (() => void)[] = []
  readonly #handlers = new Set<Promise<void>>()
  #drainDue = false

  constructor(
    definition: ConsumerDefinition,
    log: Logger,
    retryDelayMs: number,
    park: (letter: DeadLetter) => Promise<void>,
  ) {
    this.#definition = definition
    this.#log = log
    this.#retryDelayMs = retryDelayMs
    this.#park = park
  }

  get name(): string {
    return this.#definition.queue
  }

  takes(message: IncomingMessage): boolean {
    return this.#definition.bindings.some((binding) => selects(binding, message.headers))
  }

  /** Resolves when the message has a place; delivery comes later, never inside the publisher's call. */
  async add(message: IncomingMessage): Promise<void> {
    while (this.#messages.length >= MAX_QUEUED && !this.#stopping.signal.aborted) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#messages.push(message)
    if (this.#drainDue) return
    this.#drainDue = true
    setImmediate(() => {
      this.#drainDue = false
      this.#drain()
    })
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#messages.length = 0
    for (const wake of this.#waiting.splice(0)) wake()
    await Promise.all(this.#handlers)
  }

  #drain(): void {
    while (this.#handlers.size < this.#definition.prefetch) {
      const message = this.#messages.shift()
      if (!message) break
      this.#waiting.shift()?.()
      const handling: Promise<void> = this.#deliver(message).finally(() => {
        this.#handlers.delete(handling)
        this.#drain()
      })
      this.#handlers.add(handling)
    }
  }

  async #deliver(message: IncomingMessage): Promise<void> {
    let reason = 'delivery_limit'
    for (let delivery = 1; delivery <= MAX_DELIVERIES && !this.#stopping.signal.aborted; delivery++) {
      const outcome = await decide(this.#definition, { ...message, redelivered: delivery > 1 }, this.#log)
      if (outcome === 'ack') return
      if (outcome === 'dead_letter') {
        reason = 'rejected'
        break
      }
      await sleep(this.#retryDelayMs, this.#stopping.signal)
    }
    if (this.#stopping.signal.aborted) return
    const { eventId, name, headers, body } = message
    this.#log.error({ eventId, event: name, queue: this.name }, 'message parked as dead letter')
    await this.#park({ queue: this.name, reason, eventId, name, headers, body })
  }
}
