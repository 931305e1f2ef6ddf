/**
 * Gathers single statements into few: while one batch is under way, what arrives waits for the next. Each caller hears
 * of its own item only when its batch is done (performance.md: durable and faster than memory elsewhere).
 */
export class Batcher<Item, Result = void> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Result[]>
  #waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = []
  #running: Promise<void> | undefined

  /** @param run does a batch and returns a result for each item, in their order */
  constructor(run: (items: readonly Item[]) => Promise<readonly Result[]>) {
    this.#run = run
  }

  /** Resolves when the item's batch is done. */
  add(item: Item): Promise<Result> {
    const done = new Promise<Result>((resolve, reject) => this.#waiting.push({ item, resolve, reject }))
    this.#running ??= this.#flush()
    return done
  }

  /** Resolves when nothing is waiting any more. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #flush(): Promise<void> {
    // What arrives in the same moment shares the first batch.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        const results = await this.#run(batch.map(({ item }) => item))
        for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#running = undefined
  }
}

/** A batch of writes: all of it is committed, or none. */
export function groupCommit<Item>(write: (items: readonly Item[]) => Promise<void>): Batcher<Item> {
  return new Batcher<Item>(async (items) => {
    await write(items)
    return []
  })
}
