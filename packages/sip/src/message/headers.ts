/** One header line: its name as it came, its value trimmed and unfolded. */
export type Header = { readonly name: string; readonly value: string }

/** Names of headers as they are usually written, then the compact ones we read (RFC 3261 7.3.3, RFC 6665 8.2). */
const USUAL = [
  'Via From To Call-ID CSeq Contact Max-Forwards Event Expires Accept Allow Supported Require User-Agent Server Date',
  'Authorization WWW-Authenticate Content-Length Content-Type Record-Route Route Subscription-State Allow-Events',
]
const COMPACT = {
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
const KNOWN: ReadonlyMap<string, string> = new Map([
  ...USUAL.flatMap((names) => names.split(' ')).map((name) => [name, name.toLowerCase()] as const),
  ...Object.entries(COMPACT),
])

/** The full name in lower case of a header in its usual spelling; undefined in any other. */
export function knownName(name: string): string | undefined {
  return KNOWN.get(name)
}

/** Full name in lower case. */
export function canonicalName(name: string): string {
  const known = KNOWN.get(name)
  if (known !== undefined) return known
  const lower = name.toLowerCase()
  return KNOWN.get(lower) ?? lower
}

/** What is read from a message once. */
type ReadOnce = 'via' | 'from' | 'to' | 'contact' | 'cseq' | 'event' | 'request-uri'

function nothingRead(): Record<ReadOnce, unknown> {
  return {
    via: undefined,
    from: undefined,
    to: undefined,
    contact: undefined,
    cseq: undefined,
    event: undefined,
    'request-uri': undefined,
  }
}

/** Headers in the order they came; looked up without case and by compact name. */
export class Headers {
  readonly #list: Header[]
  /** The canonical name of each line: a message has few, so that looking through them is quicker than an index. */
  #names: string[] | undefined
  #read: Record<ReadOnce, unknown> | undefined

  /** @param names the canonical names of these lines, where they are known */
  constructor(list: readonly Header[] = [], names?: readonly string[]) {
    this.#list = [...list]
    this.#names = names && [...names]
  }

  /** All lines, in order. */
  get list(): readonly Header[] {
    return this.#list
  }

  /** The canonical name of each line, in order. */
  get names(): readonly string[] {
    this.#names ??= this.#list.map(({ name }) => canonicalName(name))
    return this.#names
  }

  /** The first value. */
  get(name: string): string | undefined {
    return this.#list[this.names.indexOf(name)]?.value
  }

  /** Every value, one per line. */
  all(name: string): readonly string[] {
    const { names } = this
    const values: string[] = []
    for (let at = names.indexOf(name); at >= 0; at = names.indexOf(name, at + 1))
      values.push(this.#list[at]?.value ?? '')
    return values
  }

  /** What was read from these lines, read once: several rules look at the same header. What is not there is looked for again. */
  once<T>(name: ReadOnce, read: () => T): T {
    this.#read ??= nothingRead()
    this.#read[name] ??= read()
    return this.#read[name] as T
  }

  /** Adds a line at the end. */
  add(name: string, value: string): void {
    this.#list.push({ name, value })
    this.#names = undefined
    this.#read = undefined
  }

  /** Puts another value into the first Via line. */
  replaceVia(value: string): void {
    const at = this.names.indexOf('via')
    const old = this.#list[at]
    if (old) this.#list[at] = { name: old.name, value }
    if (this.#read) this.#read.via = undefined
  }
}
