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
  #waiting = new Map<number, OpenDecision>()
  #size = 0

  /** @param now epoch milliseconds */
  constructor(epoch: Epoch, metrics: Pick<LampMetrics, 'converged'>, now: () => number = Date.now) {
    this.#epoch = epoch
    this.#metrics = metrics
    this.#now = now
  }

  /** How many decisions wait to be written. */
  get size(): number {
    return this.#size
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
    const taken = [...this.#waiting.values()].flat()
    this.#waiting = new Map()
    this.#size = 0
    return taken
  }

  /** Gives back what could not be written; what was said of it since counts. */
  giveBack(decisions: readonly LampDecision[]): void {
    const newer = this.#waiting
    this.#waiting = byId(decisions)
    this.#size = decisions.length
    for (const decision of newer.values()) this.#add(decision)
  }

  /** From the commit of the change to the device's word that it shows it. */
  #measure(decision: OpenDecision): void {
    for (const { cause } of decision)
      if (cause.committedAtMs !== null) this.#metrics.converged(this.#now() - cause.committedAtMs)
  }

  /** What is said of a decision once more replaces what was said. */
  #add(decision: OpenDecision): void {
    const [first] = decision
    if (!first) return
    this.#size += decision.length - (this.#waiting.get(first.id)?.length ?? 0)
    this.#waiting.set(first.id, decision)
    this.#cut()
  }

  #cut(): void {
    if (this.#size <= MAX_WAITING) return
    for (const [id, { length }] of this.#waiting) {
      this.#waiting.delete(id)
      this.#size -= length
      if (this.#size <= MAX_WAITING) return
    }
  }
}

function byId(decisions: readonly LampDecision[]): Map<number, OpenDecision> {
  const grouped = new Map<number, LampDecision[]>()
  for (const one of decisions) {
    const same = grouped.get(one.id)
    if (same) same.push(one)
    else grouped.set(one.id, [one])
  }
  return grouped
}

/** A lamp that was looked at for a reason, or that does not show yet what it should. */
function isConcerned({ cause, summary, acknowledged }: WatchedMailbox): boolean {
  return cause !== undefined || acknowledged === undefined || !sameSummary(summary, acknowledged)
}
