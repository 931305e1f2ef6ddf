import type { Piece } from './acl.js'
import { decideKeys, type Grantor } from './inclusion.js'

/** A binding key on the topic exchange with a word per tenant, audience, and then the access it asks for (bus.md 5.8.2). */
export type BindingKey = {
  readonly tenant: string
  /** `all`, a user's UUID, `svc`, or `*` for every audience. */
  readonly audience: string
  /** The words behind: text, `*` for one word, `#` for any number of them. */
  readonly access: readonly string[]
}

/** Who consumes: the tenant, the user if it is one, whether it may have what is for others, and the rights. */
export type BindingPrincipal = {
  readonly tenantId: string
  readonly userId: string | null
  /** Administrators and services see what is for every user, and what is for nobody (bus.md 2.3). */
  readonly seesEveryone: boolean
  readonly acl: readonly string[]
}

/** Whether a principal may have all a binding selects; if not why, with an access that is too much where there is one. */
export type BindingDecision =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      readonly reason: 'tenant' | 'audience' | 'access' | 'too_complex'
      readonly witness: string | undefined
    }

/** Longest key AMQP takes. */
const MAX_KEY_BYTES = 255
/** Each `#` doubles the work. */
const MAX_HASHES = 4
const DOT: Piece = { kind: 'literal', code: '.'.charCodeAt(0) }
/** No user has it: patterns with `my_session` mean the word only. */
const NO_SESSION = 'my_session'

/** Reads a binding key; undefined when it is none of ours: too long, too few words, or a wildcard inside a word. */
export function readBindingKey(text: string): BindingKey | undefined {
  if (Buffer.byteLength(text) > MAX_KEY_BYTES) return undefined
  const [tenant = '', audience = '', ...access] = text.split('.')
  const isWord = (word: string) => word === '*' || word === '#' || !/[*#]/.test(word)
  return access.length > 0 && [tenant, audience, ...access].every(isWord) ? { tenant, audience, access } : undefined
}

/**
 * Decides exactly whether every key that the binding selects is allowed to the principal (bus.md 5.8.3, 5.8.4). The
 * broker compares words, an ACL characters: `a.#` of a binding selects `a`, which the pattern `a.#` does not cover.
 */
export function decideBinding({ tenant, audience, access }: BindingKey, principal: BindingPrincipal): BindingDecision {
  const { tenantId, userId, seesEveryone, acl } = principal
  if (tenant !== tenantId) return { allowed: false, reason: 'tenant', witness: undefined }
  const isOpen = audience === 'all' || (userId !== null && audience === userId)
  if (!isOpen && (!seesEveryone || audience === '#')) return { allowed: false, reason: 'audience', witness: undefined }
  if (access.filter((word) => word === '#').length > MAX_HASHES) return tooComplex
  const grantor: Grantor = { acl, userId: userId ?? 'me', sessionId: NO_SESSION }
  const decision = decideKeys(patternsOf(access), grantor)
  if (decision.included) return { allowed: true }
  return decision.witness === undefined ? tooComplex : { allowed: false, reason: 'access', witness: decision.witness }
}

const tooComplex: BindingDecision = { allowed: false, reason: 'too_complex', witness: undefined }

/** A `#` is no word at all, or some: with every choice the words are a pattern over characters. */
function patternsOf(words: readonly string[]): Piece[][] {
  const choices = words.reduce<string[][]>(
    (sofar, word) => [...sofar.map((one) => [...one, word]), ...(word === '#' ? sofar : [])],
    [[]],
  )
  // No word at all is no access: nothing is published like that.
  return choices.filter((choice) => choice.length > 0).map(toPieces)
}

function toPieces(words: readonly string[]): Piece[] {
  return words.flatMap((word, index) => (index === 0 ? piecesOf(word) : [DOT, ...piecesOf(word)]))
}

function piecesOf(word: string): Piece[] {
  if (word === '*') return [{ kind: 'star' }]
  if (word === '#') return [{ kind: 'hash' }]
  return Array.from({ length: word.length }, (_none, at) => ({ kind: 'literal', code: word.charCodeAt(at) }))
}
