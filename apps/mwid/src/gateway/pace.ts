/** How fast a gateway may be told at this moment: a rate, and how many requests may be unanswered (sip.md 5.2). */
export type Pace = {
  readonly outstanding: number
  /** Unanswered requests allowed; silence halves it, answers bring it back. */
  readonly window: number
  /** When the next request is due at the full rate. */
  readonly nextAtMs: number
}

const MAX_WINDOW = 20
/** Requests that may go at once after a pause. */
const BURST = 5

/** Nothing under way. */
export const NEW_PACE: Pace = { outstanding: 0, window: MAX_WINDOW, nextAtMs: Number.NEGATIVE_INFINITY }

/** Whether a request may go now; else how long to wait, or undefined when an answer must come first. */
export function mayGo(pace: Pace, nowMs: number, ratePerSec: number): { go: boolean; waitMs: number | undefined } {
  if (pace.outstanding >= pace.window) return { go: false, waitMs: undefined }
  const earliestMs = pace.nextAtMs - (BURST - 1) * (1000 / ratePerSec)
  return nowMs >= earliestMs ? { go: true, waitMs: undefined } : { go: false, waitMs: earliestMs - nowMs }
}

/** A request went. */
export function went(pace: Pace, nowMs: number, ratePerSec: number): Pace {
  return { ...pace, outstanding: pace.outstanding + 1, nextAtMs: Math.max(pace.nextAtMs, nowMs) + 1000 / ratePerSec }
}

/** A request is over. */
export function cameBack(pace: Pace, silent: boolean): Pace {
  const window = silent ? Math.max(1, Math.floor(pace.window / 2)) : Math.min(MAX_WINDOW, pace.window + 1)
  return { ...pace, outstanding: pace.outstanding - 1, window }
}
