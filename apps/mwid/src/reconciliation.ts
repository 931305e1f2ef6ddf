import type { Gateways } from './gateway/gateways.js'
import type { LampWorker } from './lamp-worker.js'
import type { MwiTermDependencies } from './term-parts.js'

/** What is compared, and by whom. */
export type ReconciliationParts = Pick<MwiTermDependencies, 'contacts' | 'sip' | 'settings' | 'log'> & {
  readonly worker: Pick<LampWorker, 'reconcile'>
  readonly gateways: Pick<Gateways, 'reconcile'>
}

/** How often every lamp is compared with the truth where nobody says otherwise. */
const USUAL_SEC = 300
/** A little early, at random: what started together need not be compared together for ever. */
const MAX_EARLY = 0.1

/** Compares every lamp with the truth again and again, which bounds what any lost event costs, and clears what ran out or is nobody's. */
export class Reconciliation {
  readonly #parts: ReconciliationParts
  #timer: NodeJS.Timeout | undefined

  constructor(parts: ReconciliationParts) {
    this.#parts = parts
  }

  /** From now on, the first time after an interval. */
  start(): void {
    const sec = (this.#parts.settings.reconcileSec ?? USUAL_SEC) * (1 - MAX_EARLY * Math.random())
    this.#timer = setTimeout(() => {
      this.now()
      this.start()
    }, sec * 1000).unref()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  /** Compares once, paced, in the background. */
  now(): void {
    const { worker, gateways, contacts, sip, log } = this.#parts
    void worker.reconcile()
    gateways.reconcile()
    sip.sweepSubscriptions().catch((err) => log.warn({ err }, 'subscriptions that ran out stay in the table'))
    sip.sweepTraces().catch((err) => log.warn({ err }, 'traces of lamps that are no more stay in the table'))
    contacts.sweep().catch((err) => log.warn({ err }, 'contacts that ran out stay in the table'))
  }
}
