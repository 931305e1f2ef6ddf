import { type BucketSize, TokenBuckets } from '@lamplighter/runtime'

/** What one account at one address may send (sip.md 0.8: a phone's bug can send 800/s). */
const SIZE = { ratePerSec: 10, burst: 20 }

/** Holds back who sends too much. Most of it is dropped; every tenth request is told to come later. */
export class RequestLimiter {
  readonly #buckets: TokenBuckets

  constructor(size: BucketSize = SIZE) {
    this.#buckets = new TokenBuckets(size)
  }

  /** What to do with a request of this source. */
  admit(source: string, nowMs: number): 'serve' | 'drop' | 'refuse' {
    const { admitted, refusals } = this.#buckets.take(source, nowMs)
    if (admitted) return 'serve'
    return refusals % 10 === 0 ? 'refuse' : 'drop'
  }
}
