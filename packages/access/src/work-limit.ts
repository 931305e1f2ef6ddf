import { OverloadedError } from '@lamplighter/domain'

/** Lets so much work run at once and so much wait; what comes on top is refused at once. */
export class WorkLimit {
  readonly #maxRunning: number
  readonly #maxWaiting: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(maxRunning: number, maxWaiting: number) {
    this.#maxRunning = maxRunning
    this.#maxWaiting = maxWaiting
  }

  /** Does the work when its turn comes. @throws OverloadedError */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter()
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.#maxRunning) {
      this.#running++
      return
    }
    if (this.#waiting.length >= this.#maxWaiting) throw new OverloadedError()
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Hands its place to the next in line, so that nobody slips in between. */
  #leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#running--
  }
}
