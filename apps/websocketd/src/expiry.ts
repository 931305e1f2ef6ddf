/** Timers cannot wait longer; the date is looked at again then. */
const MAX_TIMER_MS = 2_000_000_000

/** Says when a date has come. */
export class Expiry {
  readonly #expired: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(expired: () => void) {
    this.#expired = expired
  }

  /** Waits for this date and for no other. */
  watch(date: Date): void {
    this.stop()
    const leftMs = date.getTime() - Date.now()
    if (leftMs <= 0) return this.#expired()
    this.#timer = setTimeout(() => this.watch(date), Math.min(leftMs, MAX_TIMER_MS)).unref()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
