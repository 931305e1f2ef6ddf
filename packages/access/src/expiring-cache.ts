type Entry<Value> = { readonly value: Value; readonly until: number }

/** A bounded map whose entries expire. When it is full the oldest entry goes. */
export class ExpiringCache<Key, Value> {
  readonly #capacity: number
  readonly #ttlMs: number
  readonly #entries = new Map<Key, Entry<Value>>()

  constructor(capacity: number, ttlMs: number) {
    this.#capacity = capacity
    this.#ttlMs = ttlMs
  }

  /** The value, unless it has expired. */
  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    if (entry.until > Date.now()) return entry.value
    this.#entries.delete(key)
    return undefined
  }

  /** Remembers a value from now on. */
  set(key: Key, value: Value): void {
    this.#entries.delete(key)
    this.#entries.set(key, { value, until: Date.now() + this.#ttlMs })
    if (this.#entries.size <= this.#capacity) return
    const oldest = this.#entries.keys().next()
    if (!oldest.done) this.#entries.delete(oldest.value)
  }

  /** Forgets a value. */
  delete(key: Key): void {
    this.#entries.delete(key)
  }

  /** Forgets every value that is meant. */
  deleteWhere(isMeant: (value: Value) => boolean): void {
    for (const [key, { value }] of this.#entries) if (isMeant(value)) this.#entries.delete(key)
  }
}
