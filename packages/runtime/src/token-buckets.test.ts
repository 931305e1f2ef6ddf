import { describe, expect, it } from 'vitest'
import { TokenBuckets } from './token-buckets.js'

const admitted = (buckets: TokenBuckets, source: string, times: number, nowMs: number) =>
  Array.from({ length: times }, () => buckets.take(source, nowMs)).filter((one) => one.admitted).length

describe('a token bucket', () => {
  it('admits its burst at once and its rate after that', () => {
    const buckets = new TokenBuckets({ ratePerSec: 10, burst: 20 })
    expect(admitted(buckets, 'a', 50, 0)).toBe(20)
    expect(admitted(buckets, 'a', 50, 1000)).toBe(10)
    expect(admitted(buckets, 'a', 50, 60_000)).toBe(20)
  })

  it('says what is left, when it is full again and when the next one is admitted', () => {
    const buckets = new TokenBuckets({ ratePerSec: 2, burst: 2 })
    expect(buckets.take('a', 0)).toMatchObject({ admitted: true, limit: 2, remaining: 1, fullInSec: 0.5, nextInSec: 0 })
    expect(buckets.take('a', 0)).toMatchObject({ admitted: true, remaining: 0, fullInSec: 1, nextInSec: 0.5 })
    expect(buckets.take('a', 0)).toMatchObject({ admitted: false, remaining: 0, nextInSec: 0.5, refusals: 1 })
  })

  it('is one per source', () => {
    const buckets = new TokenBuckets({ ratePerSec: 1, burst: 1 })
    expect([admitted(buckets, 'a', 2, 0), admitted(buckets, 'b', 2, 0)]).toEqual([1, 1])
  })

  it('gives nothing for a clock that was set back', () => {
    const buckets = new TokenBuckets({ ratePerSec: 10, burst: 10 })
    expect(admitted(buckets, 'a', 10, 5000)).toBe(10)
    expect(admitted(buckets, 'a', 10, 1000)).toBe(0)
  })

  it('forgets the quietest source when there are too many', () => {
    const buckets = new TokenBuckets({ ratePerSec: 1, burst: 1 }, 2)
    for (const source of ['a', 'b', 'a', 'c']) buckets.take(source, 0)
    expect(buckets.take('a', 0).admitted).toBe(false)
    expect(buckets.take('b', 0).admitted).toBe(true)
  })

  it('forgets a source whose bucket is full again, not one that still waits', () => {
    const buckets = new TokenBuckets({ ratePerSec: 1, burst: 2 })
    for (let times = 0; times < 3; times++) buckets.take('a', 0)
    buckets.take('b', 1999)
    expect(buckets.take('a', 1999).refusals).toBe(1)
    buckets.take('b', 5000)
    expect(buckets.take('a', 5000).refusals).toBe(0)
  })
})
