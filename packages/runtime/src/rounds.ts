/** Work that is done again and again. One round at a time: those that are due while one is under way are left out. */
export class Rounds {
  readonly #work: () => Promise<void>
  readonly #everyMs: number
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined

  /** @param work must not reject: nobody hears of it */
  constructor(work: () => Promise<void>, everyMs: number) {
    this.#work = work
    this.#everyMs = everyMs
  }

  /** From now on, the first time after an interval. Keeps no process alive. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#round ??= this.#work().finally(() => {
        this.#round = undefined
      })
    }, this.#everyMs).unref()
  }

  /** Ends with the round that is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#round
  }
}
