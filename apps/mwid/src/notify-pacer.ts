import type { Clock, RemoteAddress } from '@lamplighter/sip'
import { FairQueue, goesBefore, type Lane, type Queued } from './fair-queue.js'

/** A NOTIFY that asks to go: where, whose, and how urgent it is. */
export type Turn = Queued & {
  /** Its next hop. */
  readonly hop: string
  /** It may go now. Not called where it could go at once. */
  readonly go: () => void
}

/** How many NOTIFYs go out a second. */
export type NotifyRates = {
  /** From this worker (sip.md 5.2). */
  readonly perSec: number
  /** To one next hop: a proxy or a PBX in front of many phones. */
  readonly perHopPerSec: number
}

/** Where nobody says otherwise. */
export const DEFAULT_RATES: NotifyRates = { perSec: 4000, perHopPerSec: 1000 }

/** Kept next hops; over it the one known for longest is forgotten, to its advantage. */
const MAX_HOPS = 10_000
/** What may go at once after a pause: as much as in this time. More in one burst is lost in buffers (sip.md 3.8). */
const BURST_SEC = 0.1
/** How often those that wait are looked at. */
const TICK_MS = 5

class Bucket {
  readonly #perMs: number
  readonly #burst: number
  #tokens: number
  #atMs: number

  constructor(perSec: number, nowMs: number) {
    this.#perMs = perSec / 1000
    this.#burst = Math.max(1, perSec * BURST_SEC)
    this.#tokens = this.#burst
    this.#atMs = nowMs
  }

  take(nowMs: number): boolean {
    const tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#atMs) * this.#perMs)
    this.#atMs = nowMs
    this.#tokens = tokens >= 1 ? tokens - 1 : tokens
    return tokens >= 1
  }
}

type Hop = { readonly bucket: Bucket; readonly waiting: FairQueue<Turn> }

/**
 * Paces every NOTIFY to phones: a token bucket for each next hop, and behind them one for the worker. While there are
 * tokens nothing waits and nothing is kept, neither a timer nor a promise. What waits is at most one NOTIFY per lamp.
 */
export class NotifyPacer {
  readonly #rates: NotifyRates
  readonly #clock: Clock
  readonly #worker: Bucket
  readonly #waiting = new FairQueue<Turn>()
  readonly #hops = new Map<string, Hop>()
  readonly #busyHops = new Set<Hop>()
  #ticking = false

  constructor(rates: NotifyRates, clock: Clock) {
    this.#rates = rates
    this.#clock = clock
    this.#worker = new Bucket(rates.perSec, clock.now())
  }

  /** How many NOTIFYs wait. */
  get waiting(): number {
    return [...this.#busyHops].reduce((sum, { waiting }) => sum + waiting.size, this.#waiting.size)
  }

  /** Whether it may go at once; otherwise it waits for its turn. */
  ask(turn: Turn): boolean {
    const nowMs = this.#clock.now()
    const hop = this.#hopOf(turn.hop, nowMs)
    if (hop.waiting.size > 0 || !hop.bucket.take(nowMs)) {
      hop.waiting.add(turn)
      this.#busyHops.add(hop)
    } else if (this.#waiting.size === 0 && this.#worker.take(nowMs)) return true
    else this.#waiting.add(turn)
    this.#tickLater()
    return false
  }

  /** It need not go any more. */
  cancel(turn: Turn): void {
    if (!this.#waiting.delete(turn)) this.#hops.get(turn.hop)?.waiting.delete(turn)
  }

  #hopOf(key: string, nowMs: number): Hop {
    const known = this.#hops.get(key)
    if (known) return known
    const hop = { bucket: new Bucket(this.#rates.perHopPerSec, nowMs), waiting: new FairQueue<Turn>() }
    this.#hops.set(key, hop)
    if (this.#hops.size > MAX_HOPS) this.#forgetOldest()
    return hop
  }

  #forgetOldest(): void {
    for (const [key, hop] of this.#hops) {
      if (this.#busyHops.has(hop)) continue
      this.#hops.delete(key)
      return
    }
  }

  #tickLater(): void {
    if (this.#ticking) return
    this.#ticking = true
    this.#clock.after(TICK_MS, () => this.#tick())
  }

  /** Who passed its next hop stands in line with all others: a change that was just made overtakes there too. */
  #tick(): void {
    this.#ticking = false
    const nowMs = this.#clock.now()
    for (const hop of this.#busyHops) {
      while (hop.waiting.size > 0 && hop.bucket.take(nowMs)) this.#waiting.add(hop.waiting.shift() as Turn)
      if (hop.waiting.size === 0) this.#busyHops.delete(hop)
    }
    while (this.#waiting.size > 0 && this.#worker.take(nowMs)) this.#waiting.shift()?.go()
    if (this.#waiting.size + this.#busyHops.size > 0) this.#tickLater()
  }
}

/** The one NOTIFY of a lamp that goes or waits. */
export class PacedNotify {
  readonly #pacer: NotifyPacer
  readonly #send: () => void
  #turn: Turn | undefined

  /** @param send sends the newest state there is when its turn comes */
  constructor(pacer: NotifyPacer, send: () => void) {
    this.#pacer = pacer
    this.#send = send
  }

  /** Whether one waits for its turn. */
  get waits(): boolean {
    return this.#turn !== undefined
  }

  /** Sends at once or when its turn comes. */
  ask({ transport = 'UDP', host, port }: RemoteAddress, tenant: string, lane: Lane): void {
    if (this.#turn) this.hasten(lane)
    else this.#ask({ hop: `${transport} ${host} ${port}`, tenant, lane, go: () => this.#go() })
  }

  /** If it waits: what it shows became more urgent. */
  hasten(lane: Lane): void {
    if (!this.#turn || !goesBefore(lane, this.#turn.lane)) return
    this.#pacer.cancel(this.#turn)
    this.#ask({ ...this.#turn, lane })
  }

  /** It is not sent any more. */
  cancel(): void {
    if (this.#turn) this.#pacer.cancel(this.#turn)
    this.#turn = undefined
  }

  #ask(turn: Turn): void {
    this.#turn = turn
    if (this.#pacer.ask(turn)) this.#go()
  }

  #go(): void {
    this.#turn = undefined
    this.#send()
  }
}
