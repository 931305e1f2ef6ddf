/** The base timers of RFC 3261 17. Handed in rather than global: a test can shrink them and none can leak them. */
export type Timings = { readonly t1Ms: number; readonly t2Ms: number }

/** The values the RFC gives. */
export const RFC3261_TIMINGS: Timings = { t1Ms: 500, t2Ms: 4000 }
