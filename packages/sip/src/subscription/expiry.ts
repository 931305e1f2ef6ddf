/** What a notifier grants. A minimum above an hour is not allowed (RFC 6665 4.2.1.1). */
export type ExpiryPolicy = { readonly minSec: number; readonly defaultSec: number; readonly maxSec: number }

/** The usual policy: an hour unless asked for less. */
export const DEFAULT_EXPIRY: ExpiryPolicy = { minSec: 60, defaultSec: 3600, maxSec: 3600 }

/** After this long beyond its expiry a subscription is over for good: a refresh may be on its way (sip.md 1.2). */
export const EXPIRY_GRACE_MS = 32_000

/** Seconds granted for what was asked; `too brief` must be answered 423 with the minimum. */
export function grantExpiry(
  askedSec: number | undefined,
  { minSec, defaultSec, maxSec }: ExpiryPolicy,
): number | 'too brief' {
  const asked = askedSec ?? defaultSec
  if (asked > 0 && asked < minSec) return 'too brief'
  return Math.min(asked, maxSec)
}
