import { LamplighterError } from '@lamplighter/domain'
import { ExpiringCache } from './expiring-cache.js'

/** Whose `me` and `my_session` the patterns speak of. */
export type AclIdentity = { readonly userId: string; readonly sessionId: string }

/** A compiled list of patterns. */
export type Acl = {
  /** The patterns; the same instance for everybody who has the same list, as long as it is remembered. */
  readonly acl: readonly string[]
  /** Whether the list grants the access: null always, a denial that matches never, else some pattern must match. */
  allows(required: string | null): boolean
}

/** Longest pattern, longest list and longest required access; over them nothing is granted (bus.md 6.3, 25). */
export const ACL_LIMITS = { patternChars: 256, patterns: 1000, requiredChars: 1024 } as const

/** A part of a pattern: one character, one of some words, or a wildcard. */
export type Piece =
  | { readonly kind: 'literal'; readonly code: number }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'star' }
  | { readonly kind: 'hash' }

const DOT = '.'.charCodeAt(0)
const HASH = '#'.charCodeAt(0)
const NEWLINE = '\n'.charCodeAt(0)

/** Stand in a shared list for the ids of whoever asks. */
const ASKING: AclIdentity = { userId: '\u0002', sessionId: '\u0003' }

/** What a list says, for everybody who has it. */
type CompiledList = {
  readonly patterns: readonly string[]
  readonly denials: readonly (readonly Piece[])[]
  readonly grants: readonly (readonly Piece[])[]
}

/** Most users of an installation have one of few lists: compiled once, they cost a session next to nothing. */
const LISTS = new ExpiringCache<string, CompiledList>(256, 10 * 60_000)

/**
 * Compiles the patterns of a token (bus.md 1.2). No regular expression is involved: matching walks a pattern once and
 * keeps the set of positions reached, so its cost is at most pattern length × text length.
 *
 * @throws LamplighterError `invalid-data` when the list or a pattern is over its limit
 */
export function compileAcl(patterns: readonly string[], identity: AclIdentity): Acl {
  const list = listOf(patterns)
  const holds = (required: string) => (pattern: readonly Piece[]) => matches(pattern, required, identity)
  return {
    acl: list.patterns,
    allows: (required) => {
      if (required === null) return true
      if (required.length > ACL_LIMITS.requiredChars) return false
      return !list.denials.some(holds(required)) && list.grants.some(holds(required))
    },
  }
}

/** Counted as the contract does, by code points: what authd takes must not be more than a session can have. */
function isTooLong(pattern: string): boolean {
  return pattern.length > ACL_LIMITS.patternChars && [...pattern].length > ACL_LIMITS.patternChars
}

function listOf(patterns: readonly string[]): CompiledList {
  const key = JSON.stringify(patterns)
  const known = LISTS.get(key)
  if (known) return known
  if (patterns.length > ACL_LIMITS.patterns) throw tooLarge('an ACL has too many patterns')
  if (patterns.some(isTooLong)) throw tooLarge('an ACL pattern is too long')
  const isDenial = (pattern: string) => pattern.startsWith('!')
  const list = {
    patterns: [...patterns],
    denials: patterns.filter(isDenial).map((pattern) => compilePattern(pattern.slice(1), ASKING)),
    grants: patterns.filter((pattern) => !isDenial(pattern)).map((pattern) => compilePattern(pattern, ASKING)),
  }
  LISTS.set(key, list)
  return list
}

function tooLarge(message: string): LamplighterError {
  return new LamplighterError('invalid-data', message)
}

/** Takes the body of a pattern apart; the reserved words stand for the given ids. */
export function compilePattern(body: string, { userId, sessionId }: AclIdentity): Piece[] {
  const reserved: Readonly<Record<string, readonly string[]>> = {
    me: ['me', userId],
    my_session: ['my_session', sessionId],
    edit: ['edit', 'update'],
  }
  const pieces: Piece[] = []
  body.split('.').forEach((segment, index) => {
    if (index > 0) pieces.push({ kind: 'literal', code: DOT })
    const words = Object.hasOwn(reserved, segment) ? reserved[segment] : undefined
    if (words) pieces.push({ kind: 'words', words })
    else for (let at = 0; at < segment.length; at++) pieces.push(toPiece(segment.charCodeAt(at)))
  })
  return pieces
}

function toPiece(code: number): Piece {
  if (code === HASH) return { kind: 'hash' }
  return code === '*'.charCodeAt(0) ? { kind: 'star' } : { kind: 'literal', code }
}

/** Anchored at both ends; one trailing line feed of the text is tolerated, as by the original (row 90). */
function matches(pattern: readonly Piece[], text: string, identity: AclIdentity): boolean {
  const length = text.length
  let reached = new Uint8Array(length + 1)
  reached[0] = 1
  for (const piece of pattern) {
    const next = advance(piece, text, reached, identity)
    if (!next) return false
    reached = next
  }
  return reached[length] === 1 || (text.charCodeAt(length - 1) === NEWLINE && reached[length - 1] === 1)
}

/** The positions reached after one more piece, or undefined when there are none. */
function advance(
  piece: Piece,
  text: string,
  reached: Uint8Array,
  identity: AclIdentity,
): Uint8Array<ArrayBuffer> | undefined {
  const next = new Uint8Array(reached.length)
  let any = false
  const reach = (at: number) => {
    next[at] = 1
    any = true
  }
  for (let at = 0; at < reached.length; at++) {
    if (reached[at] === 1) for (const end of ends(piece, text, at, identity)) reach(end)
    // A wildcard goes on from wherever it already is.
    else if (at > 0 && next[at - 1] === 1 && goesOver(piece, text.charCodeAt(at - 1))) reach(at)
  }
  return any ? next : undefined
}

function ends(piece: Piece, text: string, at: number, identity: AclIdentity): number[] {
  switch (piece.kind) {
    case 'literal':
      return text.charCodeAt(at) === piece.code ? [at + 1] : []
    case 'words':
      return piece.words
        .map((word) => spoken(word, identity))
        .filter((word) => text.startsWith(word, at))
        .map((word) => at + word.length)
    default:
      return [at]
  }
}

function spoken(word: string, { userId, sessionId }: AclIdentity): string {
  if (word === ASKING.userId) return userId
  return word === ASKING.sessionId ? sessionId : word
}

/** `*` stops at a dot and at a hash; `#` only at a line feed (rows 63, 66, 91, 92). */
export function goesOver(piece: Piece, code: number): boolean {
  if (piece.kind === 'star') return code !== DOT && code !== HASH
  return piece.kind === 'hash' && code !== NEWLINE
}
