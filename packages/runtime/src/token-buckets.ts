/** How much a source may do: steadily per second, and at once after a pause. */
export type BucketSize = { readonly ratePerSec: number; readonly burst: number }

/** What a bucket says of one request. */
export type Admission = {
  readonly admitted: boolean
  readonly limit: number
  /** Requests left right now. */
  readonly remaining: number
  /** Until the bucket is full again. */
  readonly fullInSec: number
  /** Until the next request is admitted; 0 while some remain. */
  readonly nextInSec: number
  /** How many requests of this source were refused so far. */
  readonly refusals: number
}

type Bucket = { tokens: number; atMs: number; refusals: number }

const MAX_SOURCES = 100_000

/**
 * A token bucket per source. Memory is bounded: the source that was quiet for longest is forgotten, to its advantage. One whose
 * bucket is full again is as good as one that never came, and is forgotten too.
 */
export class TokenBuckets {
  readonly #size: BucketSize
  readonly #maxSources: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(size: BucketSize, maxSources = MAX_SOURCES) {
    this.#size = size
    this.#maxSources = maxSources
  }

  /** Takes one token of the source's bucket, if there is one. */
  take(source: string, nowMs: number): Admission {
    const bucket = this.#refilled(source, nowMs)
    const admitted = bucket.tokens >= 1
    if (admitted) bucket.tokens--
    else bucket.refusals++
    const { ratePerSec, burst } = this.#size
    return {
      admitted,
      limit: burst,
      remaining: Math.floor(bucket.tokens),
      fullInSec: (burst - bucket.tokens) / ratePerSec,
      nextInSec: Math.max(0, 1 - bucket.tokens) / ratePerSec,
      refusals: bucket.refusals,
    }
  }

  #refilled(source: string, nowMs: number): Bucket {
    const { ratePerSec, burst } = this.#size
    const bucket = this.#buckets.get(source) ?? { tokens: burst, atMs: nowMs, refusals: 0 }
    // The map keeps the order of use, so that its first entry is the quietest source.
    this.#buckets.delete(source)
    this.#buckets.set(source, bucket)
    // A clock that was set back gives nothing and takes nothing.
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1000) * ratePerSec)
    bucket.atMs = nowMs
    this.#forgetQuiet(nowMs)
    return bucket
  }

  /** Two at most for each request: quicker than new ones can come. */
  #forgetQuiet(nowMs: number): void {
    const { ratePerSec, burst } = this.#size
    const refillMs = (burst / ratePerSec) * 1000
    let left = 2
    for (const [source, { atMs }] of this.#buckets) {
      if (left-- === 0 || (this.#buckets.size <= this.#maxSources && nowMs - atMs < refillMs)) return
      this.#buckets.delete(source)
    }
  }
}
