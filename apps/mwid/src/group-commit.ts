/**
 * Gathers single writes into few statements: while one batch is being written, what arrives waits for the next. Each
 * caller hears of its own write only when it is committed (performance.md: durable and faster than memory elsewhere).
 */
export class GroupCommit<Item> {
  readonly #write: (items: readonly Item[]) => Promise<void>
  #waiting: { item: Item; resolve: () => void; reject: (error: unknown) => void }[] = []
  #writing: Promise<void> | undefined

  constructor(write: (items: readonly Item[]) => Promise<void>) {
    this.#write = write
  }

  /** Resolves when the item is committed. */
  add(item: Item): Promise<void> {
    const committed = new Promise<void>((resolve, reject) => this.#waiting.push({ item, resolve, reject }))
    this.#writing ??= this.#flush()
    return committed
  }

  /** Resolves when nothing is waiting any more. */
  async idle(): Promise<void> {
    await this.#writing
  }

  async #flush(): Promise<void> {
    // What arrives in the same moment shares the first batch.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        await this.#write(batch.map(({ item }) => item))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#writing = undefined
  }
}
