/** Requests per second and at once that one account at one address may send (sip.md 0.8: a phone's bug can send 800/s). */
const RATE_PER_SEC = 10
const BURST = 20
const MAX_SOURCES = 100_000

type Bucket = { tokens: number; atMs: number; refused: number }

/** A token bucket per source. Over it most requests are dropped; every tenth is told to come later. */
export class RequestLimiter {
  readonly #buckets = new Map<string, Bucket>()

  /** What to do with a request of this source. */
  admit(source: string, nowMs: number): 'serve' | 'drop' | 'refuse' {
    const bucket = this.#buckets.get(source) ?? { tokens: BURST, atMs: nowMs, refused: 0 }
    this.#buckets.delete(source)
    this.#buckets.set(source, bucket)
    if (this.#buckets.size > MAX_SOURCES) this.#buckets.delete(this.#buckets.keys().next().value ?? '')
    bucket.tokens = Math.min(BURST, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * RATE_PER_SEC)
    bucket.atMs = nowMs
    if (bucket.tokens >= 1) {
      bucket.tokens--
      return 'serve'
    }
    bucket.refused++
    return bucket.refused % 10 === 0 ? 'refuse' : 'drop'
  }
}
