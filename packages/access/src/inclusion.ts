import type { AclIdentity, Piece } from './acl.js'
import { ANYBODY, PatternAutomaton, type StateSet } from './pattern-automaton.js'

/** Whose rights bound what may be granted: the patterns and what `me` and `my_session` mean in them. */
export type Grantor = { readonly acl: readonly string[] } & AclIdentity

/**
 * Whether everything a list allows is allowed to the grantor as well. If not, `witness` is a required access that the
 * list would grant and the grantor lacks, or undefined when the question was too complex to decide.
 */
export type Inclusion = { readonly included: true } | { readonly included: false; readonly witness: string | undefined }

/**
 * Combinations of states looked at, characters tried, and states left by them, which is what takes the time when patterns
 * are many; over them the answer is no.
 */
const LIMITS: Limits = { configurations: 20_000, steps: 400_000, states: 3_000_000 }
/** Keys are decided many at a time, and again with each change of rights. */
const KEY_LIMITS: Limits = { configurations: 2000, steps: 40_000, states: 300_000 }
type Limits = { readonly configurations: number; readonly steps: number; readonly states: number }

/** A character no pattern names: every such one behaves alike. */
const PLAIN_CANDIDATES = Array.from({ length: 2048 }, (_none, index) => 0xe000 + index)
const DOT = '.'.charCodeAt(0)
const HASH = '#'.charCodeAt(0)

/** Where a text has led in each automaton, and the text. */
type Configuration = {
  readonly granted: StateSet
  readonly withheld: StateSet
  readonly allowed: StateSet
  readonly denied: StateSet
  readonly text: string
}

/**
 * Decides exactly whether `list`, whoever gets it, allows nothing that the grantor's own list does not, denials of both
 * included (bus.md 5.8.3, 6.3 no. 26). Walks the product of four small automata breadth first, so that a witness is as
 * short as can be. Texts with control characters are left out: no access has any (see `requiredAccess`).
 */
export function decideInclusion(list: readonly string[], grantor: Grantor): Inclusion {
  const granted = PatternAutomaton.of(grantsOf(list), ANYBODY)
  // A denial of `me` binds each holder in their own place only; here it would bind all, so it is read as the word.
  const withheld = PatternAutomaton.of(denialsOf(list), WORDS_ONLY)
  return walk(new Product(granted, withheld, grantor, [DOT, HASH]), LIMITS)
}

/**
 * The same for texts that hold no `#`, such as keys on the bus, whose values are escaped: whether all that these
 * patterns take is allowed to the grantor.
 */
export function decideKeys(patterns: readonly (readonly Piece[])[], grantor: Grantor): Inclusion {
  return walk(new Product(new PatternAutomaton(patterns), new PatternAutomaton([]), grantor, [DOT]), KEY_LIMITS)
}

function walk(product: Product, limits: Limits): Inclusion {
  const queue = [product.start]
  const seen = new Set([keyOf(product.start)])
  let steps = 0
  let states = 0
  for (const at of queue) {
    if (product.isExcess(at)) return { included: false, witness: at.text }
    const size = sizeOf(at)
    for (const code of product.codesFrom(at)) {
      states += size
      if (++steps > limits.steps || states > limits.states || seen.size > limits.configurations) return UNDECIDED
      const next = product.step(at, code)
      // From where nothing is granted any more, no excess can be reached.
      if (next.granted.length === 0) continue
      const key = keyOf(next)
      if (seen.has(key)) continue
      seen.add(key)
      queue.push(next)
    }
  }
  return { included: true }
}

const UNDECIDED: Inclusion = { included: false, witness: undefined }

function sizeOf({ granted, withheld, allowed, denied }: Configuration): number {
  return granted.length + withheld.length + allowed.length + denied.length
}

class Product {
  readonly #granted: PatternAutomaton
  readonly #withheld: PatternAutomaton
  readonly #allowed: PatternAutomaton
  readonly #denied: PatternAutomaton
  readonly #alphabet: readonly number[]

  /** @param separators characters that wildcards tell apart, of those a text may hold */
  constructor(granted: PatternAutomaton, withheld: PatternAutomaton, grantor: Grantor, separators: readonly number[]) {
    this.#granted = granted
    this.#withheld = withheld
    this.#allowed = PatternAutomaton.of(grantsOf(grantor.acl), grantor)
    this.#denied = PatternAutomaton.of(denialsOf(grantor.acl), grantor)
    this.#alphabet = alphabetOf([granted, withheld, this.#allowed, this.#denied], separators)
  }

  get start(): Configuration {
    return {
      granted: this.#granted.start,
      withheld: this.#withheld.start,
      allowed: this.#allowed.start,
      denied: this.#denied.start,
      text: '',
    }
  }

  /** The characters worth trying: those with which something can still be granted. */
  codesFrom({ granted }: Configuration): readonly number[] {
    return this.#granted.codesFrom(granted) ?? this.#alphabet
  }

  step(from: Configuration, code: number): Configuration {
    return {
      granted: this.#granted.step(from.granted, code),
      withheld: this.#withheld.step(from.withheld, code),
      allowed: this.#allowed.step(from.allowed, code),
      denied: this.#denied.step(from.denied, code),
      text: from.text + String.fromCharCode(code),
    }
  }

  /** Granted by the list, and not allowed to the grantor. */
  isExcess({ granted, withheld, allowed, denied }: Configuration): boolean {
    if (!this.#granted.accepts(granted) || this.#withheld.accepts(withheld)) return false
    return !this.#allowed.accepts(allowed) || this.#denied.accepts(denied)
  }
}

/** `me` and `my_session` as words, and no id. */
const WORDS_ONLY: AclIdentity = { userId: 'me', sessionId: 'my_session' }

function grantsOf(patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => !pattern.startsWith('!'))
}

function denialsOf(patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1))
}

/** The characters that patterns tell apart, and one that stands for all others. */
function alphabetOf(automata: readonly PatternAutomaton[], separators: readonly number[]): number[] {
  const named = new Set([...separators, ...automata.flatMap(({ literals }) => [...literals])])
  const plain = PLAIN_CANDIDATES.find((code) => !named.has(code))
  return plain === undefined ? [...named] : [...named, plain]
}

function keyOf({ granted, withheld, allowed, denied }: Configuration): string {
  return `${granted.join()}|${withheld.join()}|${allowed.join()}|${denied.join()}`
}
