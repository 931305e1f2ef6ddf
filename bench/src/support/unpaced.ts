/** What the SIP worker can do is measured, not what it is told to. */
export const UNPACED = { perSec: 1_000_000, perHopPerSec: 1_000_000 }
