import { EVENTS, MAX_EVENT_NAME } from '@lamplighter/contracts'
import { fitsPattern } from './name-pattern.js'

/** Stands for every name when it is the whole text. */
const EVERY_NAME = '*'
const NO_NAMES: ReadonlySet<string> = new Set()

/** Which events a client wants. */
export type Selection = {
  wants(name: string): boolean
  /** The names it wants, or null for every one. */
  readonly names: readonly string[] | null
}

/** Subscriptions of protocols 1 and 2: plain names, and `*` for all of them (bus.md 3.3). */
export class NameSubscriptions implements Selection {
  readonly #most: number
  #every = false
  #names: Set<string> | undefined

  constructor(most: number) {
    this.#most = most
  }

  /** False when there are too many. */
  add(name: string): boolean {
    // No event has such a name, so there is nothing to remember.
    if (name === '' || name.length > MAX_EVENT_NAME) return true
    const names = this.#names
    if (names && names.size >= this.#most && !names.has(name)) return false
    if (name === EVERY_NAME) this.#every = true
    else this.#names = (names ?? new Set()).add(name)
    return true
  }

  wants(name: string): boolean {
    return this.#every || this.#names?.has(name) === true
  }

  get names(): readonly string[] | null {
    return this.#every ? null : [...(this.#names ?? [])]
  }
}

/** What became of a wish to subscribe. */
export type PatternOutcome = 'added' | 'unknown' | 'too many'

/**
 * Subscriptions of protocol 3: names and patterns of events there are. A pattern is worked out when it is added, so an
 * event costs one look-up whatever was subscribed to; `*` alone is every name, also those we do not know.
 */
export class PatternSubscriptions implements Selection {
  readonly #patterns = new Map<string, readonly string[]>()
  readonly #most: number
  #names: ReadonlySet<string> = NO_NAMES

  constructor(most: number) {
    this.#most = most
  }

  /** Adds a name or pattern; one that no event fits is refused, because it would never say anything. */
  add(pattern: string): PatternOutcome {
    if (this.#patterns.has(pattern)) return 'added'
    if (this.#patterns.size >= this.#most) return 'too many'
    const fitting = EVENTS.map(({ name }) => name).filter((name) => fitsPattern(pattern, name))
    if (fitting.length === 0) return 'unknown'
    this.#patterns.set(pattern, fitting)
    this.#workOut()
    return 'added'
  }

  /** Takes a name or pattern back, if it was there. */
  remove(pattern: string): void {
    if (this.#patterns.delete(pattern)) this.#workOut()
  }

  wants(name: string): boolean {
    return this.#names.has(name) || this.#patterns.has(EVERY_NAME)
  }

  get names(): readonly string[] | null {
    return this.#patterns.has(EVERY_NAME) ? null : [...this.#names]
  }

  #workOut(): void {
    // Every name needs no list of them.
    this.#names = this.#patterns.has(EVERY_NAME) ? NO_NAMES : new Set([...this.#patterns.values()].flat())
  }
}
