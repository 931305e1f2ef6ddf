import type { MailboxId } from './ids.js'

/** What wrong PINs are counted for (users.md S1): the mailbox, the caller who tries, and the tenant as a whole. */
export type PinSubject = 'mailbox' | 'caller' | 'tenant'

/** Key of the counter of a mailbox. */
export function mailboxSubject(id: MailboxId): string {
  return `mailbox:${id}`
}

/** Wrong PINs of one subject, as the database keeps them across calls. */
export type PinCounter = {
  /** Since the last lock. */
  readonly failures: number
  /** How often in a row it was locked; each lock is twice as long as the one before. */
  readonly locks: number
  readonly lockedUntil: Date | null
  readonly updatedAt: Date
}

/** So many failures lock; one is forgotten after each `forgetSec`. */
type Limit = { readonly maxFailures: number; readonly forgetSec: number }

const HOUR_SEC = 3600
const DAY_SEC = 24 * HOUR_SEC

/**
 * A mailbox remembers a failure for a day, or until the right PIN. A caller's right PIN in a mailbox of their own must
 * not wipe out what they tried in others, so theirs only fade. A tenant has many users who mistype: it is locked by a
 * campaign over many mailboxes, not by five of them.
 */
const LIMITS: Readonly<Record<PinSubject, Limit>> = {
  mailbox: { maxFailures: 5, forgetSec: DAY_SEC },
  caller: { maxFailures: 5, forgetSec: HOUR_SEC },
  tenant: { maxFailures: 100, forgetSec: 60 },
}
const FIRST_LOCK_SEC = 15 * 60
const LONGEST_LOCK_SEC = DAY_SEC
/** After so long without a failure or a lock, the next lock is a first one again. */
const LOCKS_FORGOTTEN_SEC = DAY_SEC

/** The counter as it is now: failures fade, locks end, and the doubling is forgotten after a quiet day. */
export function settle(subject: PinSubject, counter: PinCounter, now: Date): PinCounter {
  const { failures, locks, lockedUntil, updatedAt } = counter
  // Of tries at once a later one may have been written before this one's `now` is used: then nothing has faded.
  const forgotten = Math.max(0, Math.floor(secondsBetween(updatedAt, now) / LIMITS[subject].forgetSec))
  const quietSince = lockedUntil !== null && lockedUntil > updatedAt ? lockedUntil : updatedAt
  return {
    failures: Math.max(0, failures - forgotten),
    locks: secondsBetween(quietSince, now) > LOCKS_FORGOTTEN_SEC ? 0 : locks,
    lockedUntil: lockedUntil !== null && lockedUntil > now ? lockedUntil : null,
    updatedAt,
  }
}

/**
 * A settled counter with one more try. Tries are counted before anyone knows whether the PIN is right, so that many at
 * once are no more than one after the other; the last one locks.
 */
export function countTry(subject: PinSubject, settled: PinCounter, now: Date): PinCounter {
  const failures = settled.failures + 1
  if (failures < LIMITS[subject].maxFailures) return { ...settled, failures, updatedAt: now }
  const locks = settled.locks + 1
  const lockSec = Math.min(FIRST_LOCK_SEC * 2 ** (locks - 1), LONGEST_LOCK_SEC)
  return { failures: 0, locks, lockedUntil: new Date(now.getTime() + lockSec * 1000), updatedAt: now }
}

/** A try as it was counted. */
export type CountedTry = { readonly subject: PinSubject; readonly before: PinCounter; readonly after: PinCounter }

/**
 * The present counter without a try that turned out to be right. A lock that this try itself had set is lifted; one that
 * others set meanwhile stays.
 *
 * @param opens the PIN opens the mailbox, which then forgets all failures
 */
export function takeBack({ subject, before, after }: CountedTry, present: PinCounter, opens: boolean): PinCounter {
  const isOwnLock = after.lockedUntil !== null && present.lockedUntil?.getTime() === after.lockedUntil.getTime()
  if (present.lockedUntil !== null && !isOwnLock) return present
  if (opens && subject === 'mailbox') return { ...present, failures: 0, locks: 0, lockedUntil: null }
  return isOwnLock ? before : { ...present, failures: Math.max(0, present.failures - 1) }
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000
}
