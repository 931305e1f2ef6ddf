import type { Bus } from '@lamplighter/bus'
import { Backoff, type Logger, type Service } from '@lamplighter/runtime'
import {
  type ClaimedEvents,
  EventLog,
  Leadership,
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
  /** Events claimed and published together at most. */
  readonly batch?: number
}

const DEFAULT_RETENTION_HOURS = 7 * 24
/** By what is there up to this: single events leave at once, a backlog by the thousand (performance.md). */
const DEFAULT_BATCH = 1000
/** Safety net: what no wake-up announced is found this late at most. */
const POLL_MS = 500
const PURGE_INTERVAL_MS = 10 * 60 * 1000
const PURGE_BATCH = 5000
const NOTHING: Promise<ClaimedEvents> = Promise.resolve({ events: [], toTenants: false })

/**
 * Moves events from the outbox to the bus: gives them their cursor, publishes them in order with confirms, records the
 * confirmation. One relay of an installation is active; everything it does to the database goes over the connection
 * that holds its lock, so a relay that lost it cannot go on. A crash between confirm and record publishes again.
 */
export function createRelay(dependencies: RelayDependencies): Service {
  const { databaseUrl, signal, log } = dependencies
  const leadership = new Leadership({
    url: databaseUrl,
    lock: 'relay',
    onTrouble: (err) => log.warn({ err }, 'the relay lost its database connection'),
  })
  return {
    name: 'relayd',
    start: async () => {
      await leadership.start((term) => new RelayTerm(term, dependencies).serve(signal))
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
  readonly #batch: number
  readonly #backoff = new Backoff(100, 5000)
  #awake = true
  #wake: (() => void) | undefined
  /** Not by the clock of the day, here and below: that can be set back. */
  #purgedAt = Number.NEGATIVE_INFINITY
  #refused = false
  /** Events got their cursors while the bus took none: they are published from the log. */
  #behind = false

  constructor(term: Term, { bus, log, retentionHours, batch }: RelayDependencies) {
    this.#term = term
    this.#events = new EventLog(term.client)
    this.#bus = bus
    this.#log = log
    this.#retentionHours = retentionHours ?? DEFAULT_RETENTION_HOURS
    this.#batch = batch ?? DEFAULT_BATCH
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

  /** What has a cursor and is not known to be published: of a former relay, or of a time without the bus. */
  async #republish(): Promise<void> {
    this.#behind = false
    for (;;) {
      const claimed = await this.#events.unconfirmed(this.#batch)
      const count = claimed.events.length
      if (count === 0 || !(await this.#publish(claimed))) return
      await this.#write(claimed)
      this.#log.info({ count }, 'unconfirmed events published')
    }
  }

  async #round(): Promise<void> {
    await this.#drain()
    if (this.#behind) return this.#republish()
    await this.#purge()
    if (!this.#awake) await this.#rest(POLL_MS)
  }

  /**
   * Until nothing is left. While the bus confirms one batch, the database writes down the one before and gives the next:
   * both are busy, and order holds because a batch is published when the one before is confirmed.
   */
  async #drain(): Promise<void> {
    let written: Promise<void> = Promise.resolve()
    let claiming = this.#claim()
    for (let claimed = await claiming; claimed.events.length > 0; claimed = await claiming) {
      const confirmed = this.#publish(claimed)
      const isFull = claimed.events.length === this.#batch
      claiming = isFull || this.#awake ? this.#claim() : NOTHING
      if (!(await confirmed)) return
      await written
      written = this.#write(claimed)
      // What was claimed meanwhile comes after what got its cursor in between.
      if (this.#behind) break
      // Said meanwhile. When nothing was, nobody needs to look.
      if (claiming === NOTHING && this.#awake) claiming = this.#claim()
    }
    await written
  }

  #claim(): Promise<ClaimedEvents> {
    this.#awake = false
    return handled(this.#events.claim(this.#batch))
  }

  #write({ events }: ClaimedEvents): Promise<void> {
    return handled(this.#events.confirm(events))
  }

  /** Publishes until the bus confirms. False when the term ended first; then the rows wait for the next one. */
  async #publish({ events, toTenants }: ClaimedEvents): Promise<boolean> {
    while (!this.#term.signal.aborted) {
      const publishing = handled(this.#bus.publish(events, { toTenants }))
      if (!(await this.#waitFor(publishing))) return false
      try {
        await publishing
        this.#taken()
        return true
      } catch (err) {
        if (this.#term.signal.aborted) return false
        if (!this.#refused) this.#log.warn({ err }, 'the bus takes no events; they wait in the log')
        this.#refused = true
        await this.#sitOut(this.#backoff.nextMs())
      }
    }
    return false
  }

  /**
   * Until the bus took these events or refused them. A broker with an alarm, or one that the network swallowed, does
   * neither for half a minute. False when the term ended meanwhile.
   */
  async #waitFor(publishing: Promise<void>): Promise<boolean> {
    while (!(await settlesWithin(publishing, POLL_MS))) {
      if (this.#term.signal.aborted) return false
      await this.#number()
    }
    return true
  }

  /** While the bus takes nothing, what happens gets its cursor all the same: who reads the log waits for no broker. */
  async #sitOut(ms: number): Promise<void> {
    const until = performance.now() + ms
    for (let left = ms; left > 0 && !this.#term.signal.aborted; left = until - performance.now()) {
      this.#awake = false
      const isAll = (await this.#number()) < this.#batch
      if (isAll && !this.#awake) await this.#rest(Math.min(left, POLL_MS))
    }
  }

  async #number(): Promise<number> {
    const count = await this.#events.number(this.#batch)
    if (count > 0) this.#behind = true
    return count
  }

  #taken(): void {
    if (this.#refused) this.#log.info('the bus takes events again')
    this.#refused = false
    this.#backoff.reset()
  }

  async #purge(): Promise<void> {
    if (performance.now() - this.#purgedAt < PURGE_INTERVAL_MS) return
    const removed = await this.#events.purge(this.#retentionHours, PURGE_BATCH)
    // A full batch means there is more: come again at the next quiet moment.
    if (removed < PURGE_BATCH) this.#purgedAt = performance.now()
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
    })
  }
}

/** Whether it is done or failed by then. */
async function settlesWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false)
  })
  const settled = () => true
  const first = await Promise.race([promise.then(settled, settled), late])
  clearTimeout(timer)
  return first
}

/** A promise that may be left when the term ends: whoever still waits for it gets its failure, nobody else does. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
