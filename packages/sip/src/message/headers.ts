/** One header line: its name as it came, its value trimmed and unfolded. */
export type Header = { readonly name: string; readonly value: string }

/** Compact names of the headers we read (RFC 3261 7.3.3, RFC 6665 8.2). */
const COMPACT: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
}

/** Full name in lower case. */
function canonicalName(name: string): string {
  const lower = name.toLowerCase()
  return COMPACT[lower] ?? lower
}

/** Headers in the order they came; looked up without case and by compact name. */
export class Headers {
  readonly #list: Header[]
  #index: Map<string, string[]> | undefined
  #read: Map<string, unknown> | undefined

  constructor(list: readonly Header[] = []) {
    this.#list = [...list]
  }

  /** All lines, in order. */
  get list(): readonly Header[] {
    return this.#list
  }

  /** The first value. */
  get(name: string): string | undefined {
    return this.#byName().get(name)?.[0]
  }

  /** Every value, one per line. */
  all(name: string): readonly string[] {
    return this.#byName().get(name) ?? []
  }

  /** What was read from these lines, read once: several rules look at the same header. */
  once<T>(key: string, read: () => T): T {
    this.#read ??= new Map()
    if (!this.#read.has(key)) this.#read.set(key, read())
    return this.#read.get(key) as T
  }

  /** Adds a line at the end. */
  add(name: string, value: string): void {
    this.#list.push({ name, value })
    this.#forget()
  }

  /** Puts another value into the first line of this name. */
  replaceFirst(name: string, value: string): void {
    const at = this.#list.findIndex((header) => canonicalName(header.name) === name)
    const old = this.#list[at]
    if (old) this.#list[at] = { name: old.name, value }
    this.#forget()
  }

  #forget(): void {
    this.#index = undefined
    this.#read = undefined
  }

  #byName(): Map<string, string[]> {
    if (this.#index) return this.#index
    const index = new Map<string, string[]>()
    for (const { name, value } of this.#list) {
      const key = canonicalName(name)
      const values = index.get(key)
      if (values) values.push(value)
      else index.set(key, [value])
    }
    this.#index = index
    return index
  }
}
