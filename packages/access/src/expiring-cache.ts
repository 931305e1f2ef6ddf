type Entry<Value> = { readonly value: Value; readonly until: number }

/** Entries that one `set` looks at for having expired: more than it adds, so that what has expired is soon gone. */
const SWEPT_AT_ONCE = 4

/** A bounded map whose entries expire and then weigh nothing. When it is full the oldest entry goes. */
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
    const now = Date.now()
    this.#entries.set(key, { value, until: now + this.#ttlMs })
    this.#sweep(now)
    if (this.#entries.size <= this.#capacity) return
    const oldest = this.#entries.keys().next()
    if (!oldest.done) this.#entries.delete(oldest.value)
  }

  /** The oldest entries are the first, because all live equally long. */
  #sweep(now: number): void {
    let looked = 0
    for (const [key, { until }] of this.#entries) {
      if (until > now || ++looked > SWEPT_AT_ONCE) return
      this.#entries.delete(key)
    }
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
