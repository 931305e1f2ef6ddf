import { EXTERNAL_SOURCES, type ExternalSource, type LampReason } from '@lamplighter/domain'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** What is counted in the tables when somebody asks. */
export type LampCounts = {
  /** The lamps that do not show what they should, by reason. */
  wrongLamps(): Promise<readonly { readonly reason: LampReason; readonly lamps: number }[]>
  /** External mailboxes that are lost, by how their counts come to us. */
  lostMailboxes(): Promise<readonly { readonly source: ExternalSource; readonly mailboxes: number }[]>
}

/** Counting lamps looks at each there is: not more often than this, however often it is asked for. */
const COUNT_INTERVAL_MS = 15_000
/** Seconds from a change to its confirmation; the goal is well under one. */
const CONVERGE_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800]

/** What the SIP worker tells whoever watches it. One per process: a standby counts nothing. */
export class LampMetrics {
  readonly #converge: Histogram
  readonly #notifies: Counter<'class'>
  readonly #holds: Counter
  readonly #gatewayFailures: Counter<'reason'>
  readonly #wrongLamps = new Recount<{ readonly reason: LampReason; readonly lamps: number }>()
  readonly #lostMailboxes = new Recount<{ readonly source: ExternalSource; readonly mailboxes: number }>()

  constructor(registry: Registry) {
    const registers = [registry]
    this.#converge = new Histogram({
      name: 'lamplighter_lamp_converge_seconds',
      help: 'From the commit of a change to the confirmation of the lamp that shows it',
      buckets: CONVERGE_BUCKETS,
      registers,
    })
    this.#notifies = new Counter({
      name: 'lamplighter_notify_total',
      help: 'NOTIFYs sent, by the class of their answer',
      labelNames: ['class'],
      registers,
    })
    this.#holds = new Counter({
      name: 'lamplighter_lamp_hold_total',
      help: 'Times that lamps were held because their counts could not be read',
      registers,
    })
    this.#gatewayFailures = new Counter({
      name: 'lamplighter_gateway_failures_total',
      help: 'Lamps that a gateway took neither at once nor within its retry time, by reason',
      labelNames: ['reason'],
      registers,
    })
    const [wrongLamps, lostMailboxes] = [this.#wrongLamps, this.#lostMailboxes]
    new Gauge({
      name: 'lamplighter_lamps_wrong',
      help: 'Lamps that are not confirmed to show what they should, by reason',
      labelNames: ['reason'],
      registers,
      async collect() {
        const counts = await wrongLamps.take()
        if (!counts) return
        this.reset()
        for (const { reason, lamps } of counts) this.inc({ reason }, lamps)
      },
    })
    new Gauge({
      name: 'lamplighter_external_mailboxes_stale',
      help: 'External mailboxes whose source is not heard of, so that their counts are old, by kind of source',
      labelNames: ['source'],
      registers,
      async collect() {
        const counts = await lostMailboxes.take()
        if (!counts) return
        this.reset()
        for (const source of EXTERNAL_SOURCES) this.set({ source }, 0)
        for (const { source, mailboxes } of counts) this.set({ source }, mailboxes)
      },
    })
  }

  /** From now on this process is the one that counts; undefined: no more. */
  countWith(counts: LampCounts | undefined): void {
    this.#wrongLamps.with(counts?.wrongLamps)
    this.#lostMailboxes.with(counts?.lostMailboxes)
  }

  /** A lamp was confirmed so long after the change it shows. */
  converged(ms: number): void {
    this.#converge.observe(Math.max(0, ms) / 1000)
  }

  /** A NOTIFY was answered; undefined: it was not. */
  notified(status: number | undefined): void {
    this.#notifies.inc({ class: status === undefined ? 'none' : `${Math.floor(status / 100)}xx` })
  }

  /** A gateway did not take so many lamps. */
  gatewayFailed(reason: LampReason, lamps: number): void {
    this.#gatewayFailures.inc({ reason }, lamps)
  }

  /** Lamps were held. */
  held(): void {
    this.#holds.inc()
  }
}

/** Counts again, but not more often than {@link COUNT_INTERVAL_MS}. */
class Recount<Row> {
  #count: (() => Promise<readonly Row[]>) | undefined
  #countedAtMs = Number.NEGATIVE_INFINITY

  /** Counts so from now on; undefined: there is nothing to count. */
  with(count: (() => Promise<readonly Row[]>) | undefined): void {
    this.#count = count
    this.#countedAtMs = Number.NEGATIVE_INFINITY
  }

  /** Undefined: what was counted last is still good, or cannot be counted now. */
  async take(): Promise<readonly Row[] | undefined> {
    const now = performance.now()
    if (!this.#count) return []
    if (now - this.#countedAtMs < COUNT_INTERVAL_MS) return undefined
    this.#countedAtMs = now
    return this.#count().catch(() => undefined)
  }
}
