/** Runs what concerns the same thing one after the other, in the order it was asked for. */
export class OneAtATime<Key> {
  readonly #last = new Map<Key, Promise<void>>()

  /** Settles as the work does. */
  async run<T>(key: Key, work: () => Promise<T>): Promise<T> {
    const result = (this.#last.get(key) ?? Promise.resolve()).then(work)
    // Whoever comes next waits for the end, whatever it is.
    const ended = result.then(
      () => {},
      () => {},
    )
    this.#last.set(key, ended)
    try {
      return await result
    } finally {
      if (this.#last.get(key) === ended) this.#last.delete(key)
    }
  }
}
