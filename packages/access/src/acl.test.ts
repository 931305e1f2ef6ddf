import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ACL_LIMITS, compileAcl } from './acl.js'

type Row = { n: number; required: string | null; patterns: string[]; allow: boolean }
type Table = { ids: { user: string; session: string }; rows: Row[] }

const table = JSON.parse(readFileSync(new URL('../fixtures/acl-truth-table.json', import.meta.url), 'utf8')) as Table
const identity = { userId: table.ids.user, sessionId: table.ids.session }

describe('the ACL truth table', () => {
  it('has its 107 rows', () => {
    expect(table.rows).toHaveLength(107)
  })

  it.each(table.rows)('row $n: $required under $patterns', ({ required, patterns, allow }) => {
    expect(compileAcl(patterns, identity).allows(required)).toBe(allow)
  })

  it('shares a list among those who have it, and never what it says of one of them', () => {
    const patterns = ['events.users.me.#', '!auth.sessions.my_session', 'auth.#']
    const [anna, bruno] = ['anna', 'bruno'].map((userId) =>
      compileAcl([...patterns], { userId, sessionId: `session of ${userId}` }),
    )
    expect(anna?.acl).toBe(bruno?.acl)
    expect([anna?.allows('events.users.anna.x'), bruno?.allows('events.users.anna.x')]).toEqual([true, false])
    expect(anna?.allows('auth.sessions.session of anna')).toBe(false)
    expect(bruno?.allows('auth.sessions.session of anna')).toBe(true)
    // What a list is made of must not depend on how its patterns are joined.
    const one = compileAcl(['a\nb'], identity)
    expect([one.allows('a\nb'), compileAcl(['a', 'b'], identity).allows('a\nb')]).toEqual([true, false])
  })
})

describe('the ACL matcher', () => {
  it('agrees with a naive backtracking matcher on random patterns', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '#'), maxLength: 7 })
    fc.assert(
      fc.property(word, word, (pattern, text) => {
        expect(compileAcl([pattern], identity).allows(text)).toBe(!pattern.startsWith('!') && naive(pattern, text))
      }),
      { numRuns: 3000 },
    )
  })

  it('answers the pattern that cost the original 50 seconds', () => {
    const acl = compileAcl([`${'#a'.repeat(100)}b`], identity)
    expect(acl.allows('a'.repeat(1000))).toBe(false)
  })

  it('takes as many characters as the contract lets a policy have, whatever they are', () => {
    const pattern = '😀'.repeat(ACL_LIMITS.patternChars)
    expect(compileAcl([pattern], identity).allows(pattern)).toBe(true)
  })

  it('grants nothing over its limits', () => {
    expect(compileAcl(['#'], identity).allows('x'.repeat(ACL_LIMITS.requiredChars + 1))).toBe(false)
    expect(() => compileAcl(['x'.repeat(ACL_LIMITS.patternChars + 1)], identity)).toThrow('too long')
    expect(() => compileAcl(['😀'.repeat(ACL_LIMITS.patternChars + 1)], identity)).toThrow('too long')
    expect(() =>
      compileAcl(
        Array.from({ length: ACL_LIMITS.patterns + 1 }, () => 'x'),
        identity,
      ),
    ).toThrow('too many')
  })
})

function naive(pattern: string, text: string): boolean {
  const [head = '', rest] = [pattern[0], pattern.slice(1)]
  if (head === '') return text === ''
  if (head !== '*' && head !== '#') return text[0] === head && naive(rest, text.slice(1))
  if (naive(rest, text)) return true
  const next = text[0]
  const over = next !== undefined && (head === '#' || (next !== '.' && next !== '#'))
  return over && naive(pattern, text.slice(1))
}
