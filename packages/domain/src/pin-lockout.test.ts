import { describe, expect, it } from 'vitest'
import { countTry, type PinCounter, type PinSubject, settle, takeBack } from './pin-lockout.js'

const START = new Date('2026-11-25T08:00:00Z')
const FRESH: PinCounter = { failures: 0, locks: 0, lockedUntil: null, updatedAt: START }
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const later = (from: Date, ms: number) => new Date(from.getTime() + ms)

/** Wrong PINs one after the other, each as soon as it is allowed; the minutes of each lock. */
function locksOf(subject: PinSubject, tries: number): number[] {
  let [counter, now]: [PinCounter, Date] = [FRESH, START]
  const minutes: number[] = []
  for (let n = 0; n < tries; n++) {
    counter = countTry(subject, settle(subject, counter, now), now)
    if (counter.lockedUntil === null) continue
    minutes.push((counter.lockedUntil.getTime() - now.getTime()) / MINUTE)
    now = counter.lockedUntil
  }
  return minutes
}

describe('S1: the lockout', () => {
  it.each(['mailbox', 'caller'] as const)(
    'locks a %s for 15 minutes after 5 failures, then doubles up to a day',
    (subject) => {
      expect(locksOf(subject, 4)).toEqual([])
      expect(locksOf(subject, 45)).toEqual([15, 30, 60, 120, 240, 480, 960, 1440, 1440])
    },
  )

  it('locks a tenant after 100', () => {
    expect(locksOf('tenant', 99)).toEqual([])
    expect(locksOf('tenant', 200)).toEqual([15, 30])
  })

  it('counts each of many tries at once for one, although a later one may have been written first', () => {
    const counter = { ...FRESH, failures: 3, updatedAt: START }
    expect(settle('mailbox', counter, later(START, -1)).failures).toBe(3)
  })

  it('ends by itself, at the very moment', () => {
    const locked = { ...FRESH, locks: 1, lockedUntil: later(START, 15 * MINUTE) }
    expect(settle('mailbox', locked, later(START, 15 * MINUTE - 1)).lockedUntil).not.toBeNull()
    expect(settle('mailbox', locked, later(START, 15 * MINUTE)).lockedUntil).toBeNull()
  })

  it('forgets one failure after another, a mailbox’s in days, a caller’s in hours, a tenant’s in minutes', () => {
    const failed = { ...FRESH, failures: 4 }
    const left = (subject: PinSubject, ms: number) => settle(subject, failed, later(START, ms)).failures
    expect([left('mailbox', 23 * HOUR), left('mailbox', 48 * HOUR)]).toEqual([4, 2])
    expect([left('caller', 59 * MINUTE), left('caller', 2 * HOUR), left('caller', 9 * HOUR)]).toEqual([4, 2, 0])
    expect([left('tenant', MINUTE - 1), left('tenant', 3 * MINUTE)]).toEqual([4, 1])
  })

  it('begins again with 15 minutes only after a whole quiet day, counted from the end of the last lock', () => {
    const locked = { ...FRESH, locks: 8, lockedUntil: later(START, 24 * HOUR) }
    expect(settle('mailbox', locked, later(START, 47 * HOUR)).locks).toBe(8)
    expect(settle('mailbox', locked, later(START, 49 * HOUR)).locks).toBe(0)
  })
})

describe('a try that was right', () => {
  const counted = (subject: PinSubject, before: PinCounter) => ({
    subject,
    before,
    after: countTry(subject, before, START),
  })

  it('clears the mailbox, and takes only itself from caller and tenant', () => {
    for (const subject of ['mailbox', 'caller', 'tenant'] as const) {
      const one = counted(subject, { ...FRESH, failures: 3 })
      expect(takeBack(one, one.after, true).failures, subject).toBe(subject === 'mailbox' ? 0 : 3)
    }
  })

  it('lifts the lock that it set itself, and no other', () => {
    const last = counted('caller', { ...FRESH, failures: 4, locks: 2 })
    expect(last.after.lockedUntil).not.toBeNull()
    expect(takeBack(last, last.after, true)).toEqual(last.before)
    const first = counted('mailbox', FRESH)
    const locked = { ...FRESH, locks: 1, lockedUntil: later(START, MINUTE) }
    expect(takeBack(first, locked, true)).toBe(locked)
  })

  it('does not clear the mailbox when the PIN opens nothing', () => {
    const one = counted('mailbox', { ...FRESH, failures: 3 })
    expect(takeBack(one, one.after, false).failures).toBe(3)
  })
})
