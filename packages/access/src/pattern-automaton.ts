import { type AclIdentity, compilePattern, goesOver, type Piece } from './acl.js'

/** Stands in a reserved word for a hex digit of an id that is not known yet. No pattern can hold it. */
const ANY_HEX_CHAR = '\u0001'
const ANY_HEX = ANY_HEX_CHAR.charCodeAt(0)
const HEX_DIGITS = '0123456789abcdef'

const ANY_UUID = [8, 4, 4, 4, 12].map((length) => ANY_HEX_CHAR.repeat(length)).join('-')
/** Whoever may get the patterns: `me` and `my_session` are any id. */
export const ANYBODY: AclIdentity = { userId: ANY_UUID, sessionId: ANY_UUID }

/** `codes` are the characters taken by name; a wildcard has none, and says which it takes. */
type Step = { readonly codes: readonly number[]; readonly wildcard: Piece | undefined; readonly to: number }
type State = { readonly steps: Step[]; readonly skips: number[] }

/** A set of states, without repeats, ascending. */
export type StateSet = readonly number[]

/** The patterns of one list as one nondeterministic automaton over UTF-16 code units. */
export class PatternAutomaton {
  readonly #states: State[] = []
  readonly #accepting = new Set<number>()
  readonly #starts: number[] = []
  readonly #literals = new Set<number>()

  constructor(patterns: readonly (readonly Piece[])[]) {
    for (const pattern of patterns) this.#add(pattern)
  }

  /** @param bodies patterns without their `!` */
  static of(bodies: readonly string[], identity: AclIdentity): PatternAutomaton {
    return new PatternAutomaton(bodies.map((body) => compilePattern(body, identity)))
  }

  /** Every character that some pattern names. */
  get literals(): ReadonlySet<number> {
    return this.#literals
  }

  /** Where a text begins. */
  get start(): StateSet {
    return this.#close(this.#starts)
  }

  /** Where one more character leads. */
  step(from: StateSet, code: number): StateSet {
    const reached: number[] = []
    for (const at of from)
      for (const step of this.#states[at]?.steps ?? []) if (takes(step, code)) reached.push(step.to)
    return this.#close(reached)
  }

  /** The characters that lead on from here, or undefined when a wildcard stands here. */
  codesFrom(states: StateSet): readonly number[] | undefined {
    const steps = states.flatMap((at) => this.#states[at]?.steps ?? [])
    return steps.some(({ wildcard }) => wildcard) ? undefined : [...new Set(steps.flatMap(({ codes }) => codes))]
  }

  /** Whether a text may end here. */
  accepts(states: StateSet): boolean {
    return states.some((at) => this.#accepting.has(at))
  }

  #add(pieces: readonly Piece[]): void {
    let at = this.#newState()
    this.#starts.push(at)
    for (const piece of pieces) at = this.#append(at, piece)
    this.#accepting.add(at)
  }

  /** The state behind a piece. */
  #append(at: number, piece: Piece): number {
    switch (piece.kind) {
      case 'literal':
        return this.#appendCode(at, piece.code)
      case 'words': {
        const end = this.#newState()
        for (const word of piece.words) this.#skip(this.#appendWord(at, word), end)
        return end
      }
      default: {
        const inside = this.#newState()
        this.#skip(at, inside)
        this.#states[inside]?.steps.push({ codes: [], wildcard: piece, to: inside })
        return inside
      }
    }
  }

  #appendWord(at: number, word: string): number {
    let end = at
    for (let index = 0; index < word.length; index++) end = this.#appendCode(end, word.charCodeAt(index))
    return end
  }

  #appendCode(at: number, wanted: number): number {
    const to = this.#newState()
    const codes = wanted === ANY_HEX ? [...HEX_DIGITS].map((digit) => digit.charCodeAt(0)) : [wanted]
    for (const code of codes) this.#literals.add(code)
    this.#states[at]?.steps.push({ codes, wildcard: undefined, to })
    return to
  }

  #newState(): number {
    return this.#states.push({ steps: [], skips: [] }) - 1
  }

  #skip(from: number, to: number): void {
    this.#states[from]?.skips.push(to)
  }

  #close(states: readonly number[]): StateSet {
    const reached = new Set(states)
    // A set that grows while it is walked is walked to its end.
    for (const at of reached) for (const to of this.#states[at]?.skips ?? []) reached.add(to)
    return [...reached].sort((one, other) => one - other)
  }
}

function takes({ codes, wildcard }: Step, code: number): boolean {
  return wildcard === undefined ? codes.includes(code) : goesOver(wildcard, code)
}
