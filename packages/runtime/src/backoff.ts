/** Delays between attempts: doubling from `firstMs` to `maxMs`, each shortened at random by up to half. */
export class Backoff {
  readonly #firstMs: number
  readonly #maxMs: number
  #attempt = 0

  constructor(firstMs: number, maxMs: number) {
    this.#firstMs = firstMs
    this.#maxMs = maxMs
  }

  /** How long to wait before the next attempt. Jitter keeps many processes from coming back at one moment. */
  nextMs(): number {
    const ceiling = Math.min(this.#maxMs, this.#firstMs * 2 ** this.#attempt)
    this.#attempt = Math.min(this.#attempt + 1, 30)
    return ceiling * (0.5 + Math.random() / 2)
  }

  /** After a success the next failure starts from the beginning. */
  reset(): void {
    this.#attempt = 0
  }
}

/** Waits, or returns early when the signal says so. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done, { once: true })
  })
}
