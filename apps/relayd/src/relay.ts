import type { Bus } from '@lamplighter/bus'
import { Backoff, type Logger, type Service, sleep } from '@lamplighter/runtime'
import {
  EventLog,
  Leadership,
  type LoggedEvent,
  OUTBOX_CHANNEL,
  type OutboxSignal,
  type Term,
} from '@lamplighter/store'

/** What the relay is made of. */
export type RelayDependencies = {
  readonly databaseUrl: string
  readonly bus: Bus
  readonly signal: OutboxSignal
  readonly log: Logger
  /** How long the log keeps published events. */
  readonly retentionHours?: number
}

const DEFAULT_RETENTION_HOURS = 7 * 24
const BATCH = 1000
/** Safety net: what no wake-up announced is found this late at most. */
const POLL_MS = 500
const PURGE_INTERVAL_MS = 10 * 60 * 1000
const PURGE_BATCH = 5000

/**
 * Moves events from the outbox to the bus: gives them their cursor, publishes them in order with confirms, records the
 * confirmation. One relay of an installation is active; everything it does to the database goes over the connection
 * that holds its lock, so a relay that lost it cannot go on. A crash between confirm and record publishes again.
 */
export function createRelay({ databaseUrl, bus, signal, log, retentionHours }: RelayDependencies): Service {
  const leadership = new Leadership({
    url: databaseUrl,
    lock: 'relay',
    onTrouble: (err) => log.warn({ err }, 'the relay lost its database connection'),
  })
  const retention = retentionHours ?? DEFAULT_RETENTION_HOURS
  return {
    name: 'relayd',
    start: async () => {
      await leadership.start((term) => new RelayTerm(term, bus, log, retention).serve(signal))
    },
    stop: () => leadership.stop(),
  }
}

/** One term of the active relay. */
class RelayTerm {
  readonly #term: Term
  readonly #events: EventLog
  readonly #bus: Bus
  readonly #log: Logger
  readonly #retentionHours: number
  readonly #backoff = new Backoff(100, 5000)
  #awake = true
  #wake: (() => void) | undefined
  #purgedAt = 0
  #refused = false

  constructor(term: Term, bus: Bus, log: Logger, retentionHours: number) {
    this.#term = term
    this.#events = new EventLog(term.client)
    this.#bus = bus
    this.#log = log
    this.#retentionHours = retentionHours
  }

  async serve(signal: OutboxSignal): Promise<void> {
    const wake = () => {
      this.#awake = true
      this.#wake?.()
    }
    this.#term.client.on('notification', wake)
    await this.#term.client.query(`LISTEN ${OUTBOX_CHANNEL}`)
    signal.setLocalRelay(wake)
    this.#term.signal.addEventListener('abort', wake, { once: true })
    this.#log.info('this process relays events')
    // A server that does not tell where it is keeps its epoch; whoever restores it begins a new one by hand.
    await this.#events.settleEpoch().catch((err) => this.#log.warn({ err }, 'the home of the log cannot be seen'))
    try {
      await this.#republish()
      while (!this.#term.signal.aborted) await this.#round()
    } finally {
      signal.setLocalRelay(undefined)
    }
  }

  /** What a former relay may have published without recording it goes first. */
  async #republish(): Promise<void> {
    for (;;) {
      const events = await this.#events.unconfirmed(BATCH)
      if (events.length === 0 || !(await this.#publish(events))) return
      this.#log.info({ count: events.length }, 'unconfirmed events published again')
    }
  }

  async #round(): Promise<void> {
    this.#awake = false
    const events = await this.#events.claim(BATCH)
    if (events.length > 0) {
      await this.#publish(events)
      return
    }
    await this.#purge()
    if (!this.#awake) await this.#rest()
  }

  /** Publishes until the bus confirms. False when the term ended first; then the rows wait for the next one. */
  async #publish(events: readonly LoggedEvent[]): Promise<boolean> {
    while (!this.#term.signal.aborted) {
      try {
        await this.#bus.publish(events, { toTenants: await this.#events.tenantsListen() })
        await this.#events.markPublished(events)
        this.#taken()
        return true
      } catch (err) {
        if (this.#term.signal.aborted) return false
        if (!this.#refused) this.#log.warn({ err }, 'the bus takes no events; they wait in the log')
        this.#refused = true
        await sleep(this.#backoff.nextMs(), this.#term.signal)
      }
    }
    return false
  }

  #taken(): void {
    if (this.#refused) this.#log.info('the bus takes events again')
    this.#refused = false
    this.#backoff.reset()
  }

  async #purge(): Promise<void> {
    if (Date.now() - this.#purgedAt < PURGE_INTERVAL_MS) return
    const removed = await this.#events.purge(this.#retentionHours, PURGE_BATCH)
    // A full batch means there is more: come again at the next quiet moment.
    if (removed < PURGE_BATCH) this.#purgedAt = Date.now()
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), POLL_MS)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
    })
  }
}
