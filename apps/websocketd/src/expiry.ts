/** Timers cannot wait longer; the date is looked at again then. */
const MAX_TIMER_MS = 2_000_000_000
/** What ends within one of these ends together, so that many ends cost few looks. */
const MIN_TIMER_MS = 20

/** Waits for the earliest of many dates with one timer: a timer for each would weigh more than what it ends. */
export class Expiry {
  readonly #end: (now: number) => number
  #at = Number.POSITIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  /** @param end ends everything that is over, and says when the earliest of the rest is; infinite when nothing is left */
  constructor(end: (now: number) => number) {
    this.#end = end
  }

  /** Sees to it that nothing is looked at later than this, in milliseconds since 1970. */
  watch(at: number): void {
    if (at >= this.#at) return
    this.#at = at
    clearTimeout(this.#timer)
    const waitMs = Math.min(Math.max(at - Date.now(), MIN_TIMER_MS), MAX_TIMER_MS)
    this.#timer = setTimeout(() => this.#look(), waitMs).unref()
  }

  #look(): void {
    this.#at = Number.POSITIVE_INFINITY
    this.watch(this.#end(Date.now()))
  }
}
