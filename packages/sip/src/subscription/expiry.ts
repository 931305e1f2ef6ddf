/** What a notifier grants. A minimum above an hour is not allowed (RFC 6665 4.2.1.1). */
export type ExpiryPolicy = { readonly minSec: number; readonly defaultSec: number; readonly maxSec: number }

/** The usual policy: an hour unless asked for less. */
export const DEFAULT_EXPIRY: ExpiryPolicy = { minSec: 60, defaultSec: 3600, maxSec: 3600 }

/** After this long beyond its expiry a subscription is over for good: a refresh may be on its way (sip.md 1.2). */
export const EXPIRY_GRACE_MS = 32_000

/** The least part of the longest time that is granted for it. */
const MIN_SHARE = 0.8

/**
 * Seconds granted for what was asked, never more; `too brief` must be answered 423 with the minimum. Who asks for the
 * longest time or for none in particular gets up to a fifth less, so that phones that came together do not come back
 * together (sip.md 5.2).
 *
 * @param random 0 to 1; absent: nothing is taken off
 */
export function grantExpiry(
  askedSec: number | undefined,
  { minSec, defaultSec, maxSec }: ExpiryPolicy,
  random?: () => number,
): number | 'too brief' {
  const asked = askedSec ?? defaultSec
  if (asked > 0 && asked < minSec) return 'too brief'
  const granted = Math.min(asked, maxSec)
  const spread = random !== undefined && (askedSec === undefined || granted === maxSec)
  return spread ? Math.max(minSec, Math.round(granted * (MIN_SHARE + (1 - MIN_SHARE) * random()))) : granted
}
