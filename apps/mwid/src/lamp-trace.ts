import { type LampAction, type LampReason, RECONCILE, sameSummary } from '@lamplighter/domain'
import type { LampDecision, WatchedMailbox } from '@lamplighter/store'
import type { Epoch } from './epoch.js'
import type { LampMetrics } from './lamp-metrics.js'

/** Over this many waiting decisions the oldest are given up: memory is bounded while the database is away. */
const MAX_WAITING = 50_000
/** Decisions of one epoch; the epoch stands above them. */
const IDS_PER_EPOCH = 2 ** 32

/** Decisions about one or more lamps that one NOTIFY settles. */
export type OpenDecision = readonly LampDecision[]

/**
 * Why each lamp was told what it was told: decisions on their way to the table, which the ledger writes in its batches.
 * Of each lamp the last twenty are told.
 */
export class LampTrace {
  readonly #epoch: Epoch
  readonly #metrics: Pick<LampMetrics, 'converged'>
  readonly #now: () => number
  #last = 0
  #waiting = new Map<string, LampDecision>()

  /** @param now epoch milliseconds */
  constructor(epoch: Epoch, metrics: Pick<LampMetrics, 'converged'>, now: () => number = Date.now) {
    this.#epoch = epoch
    this.#metrics = metrics
    this.#now = now
  }

  /** How many decisions wait to be written. */
  get size(): number {
    return this.#waiting.size
  }

  /** Notes a decision for those of the mailboxes that it is about: the others are only shown along with them. */
  decide(
    mailboxes: readonly WatchedMailbox[],
    action: LampAction,
    reason: LampReason,
    status: number | null = null,
  ): OpenDecision {
    this.#last = (this.#last + 1) % IDS_PER_EPOCH
    const id = this.#epoch.now * IDS_PER_EPOCH + this.#last
    const atMs = this.#now()
    const shared = mailboxes.find(({ cause }) => cause)?.cause ?? RECONCILE
    // Field by field, as `withCause` does: spread, each would get a layout of its own.
    const decision = mailboxes
      .filter(isConcerned)
      .map(({ deviceId, mailboxId, summary, revision, cause = shared }) => ({
        id,
        atMs,
        ownerId: deviceId,
        mailboxId,
        cause,
        summary,
        revision,
        action,
        status,
        reason,
      }))
    this.#add(decision)
    return decision
  }

  /** Notes what came of a decision. */
  settle(decision: OpenDecision, reason: LampReason, status: number | null): void {
    if (reason === 'acknowledged') this.#measure(decision)
    this.#add(decision.map((one) => ({ ...one, reason, status })))
  }

  /** Takes what waits, to be written. */
  take(): LampDecision[] {
    const taken = [...this.#waiting.values()]
    this.#waiting = new Map()
    return taken
  }

  /** Gives back what could not be written; what was said of it since counts. */
  giveBack(decisions: readonly LampDecision[]): void {
    const newer = this.#waiting
    this.#waiting = new Map(decisions.map((one) => [keyOf(one), one]))
    for (const [key, one] of newer) this.#waiting.set(key, one)
    this.#cut()
  }

  /** From the commit of the change to the device's word that it shows it. */
  #measure(decision: OpenDecision): void {
    for (const { committedAtMs } of decision.map(({ cause }) => cause)) {
      if (committedAtMs !== null) this.#metrics.converged(this.#now() - committedAtMs)
    }
  }

  #add(decisions: readonly LampDecision[]): void {
    for (const one of decisions) this.#waiting.set(keyOf(one), one)
    this.#cut()
  }

  #cut(): void {
    for (const key of this.#waiting.keys()) {
      if (this.#waiting.size <= MAX_WAITING) return
      this.#waiting.delete(key)
    }
  }
}

function keyOf({ id, ownerId, mailboxId }: LampDecision): string {
  return `${id}/${ownerId}/${mailboxId}`
}

/** A lamp that was looked at for a reason, or that does not show yet what it should. */
function isConcerned({ cause, summary, acknowledged }: WatchedMailbox): boolean {
  return cause !== undefined || acknowledged === undefined || !sameSummary(summary, acknowledged)
}
