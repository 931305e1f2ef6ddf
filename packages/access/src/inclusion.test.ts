import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileAcl } from './acl.js'
import { decideInclusion } from './inclusion.js'

const me = { userId: '1f11abcd-0000-4000-8000-00000000beef', sessionId: '5e551000-0000-4000-8000-000000000001' }
const OTHER = '2f22abcd-0000-4000-8000-00000000cafe'
const included = (list: string[], acl: string[]) => decideInclusion(list, { acl, ...me }).included

describe('what may be granted', () => {
  it.each([
    ['a pattern one has', ['a.b'], ['a.b'], true],
    ['another', ['a.b'], ['a.c'], false],
    ['nothing', [], [], true],
    ['denials only', ['!a.#'], [], true],
    ['a part of a wildcard', ['a.*.c'], ['a.#'], true],
    ['more than a wildcard', ['a.#'], ['a.*'], false],
    ['bus.md 5.8.3: a wildcard by two that cover it only together', ['a.*'], ['a.b*', 'a.*'], true],
    ['every first letter is needed', ['a.*'], ['a.a*', 'a.b*'], false],
    ['`*` does not take a hash', ['a.#'], ['a.*', 'a.*.#'], false],
    ['a glued wildcard', ['a.b*c'], ['a.b#'], true],
    [
      'bus.md 6.3 no. 26: what the denial keeps from oneself',
      ['events.#'],
      ['events.#', '!events.voicemails.global.#'],
      false,
    ],
    [
      'the same with the denial in the list',
      ['events.#', '!events.voicemails.#'],
      ['events.#', '!events.voicemails.global.#'],
      true,
    ],
    ['beside the denial', ['events.users.*.voicemails'], ['events.#', '!events.voicemails.global.#'], true],
    ['into the denial', ['events.*.global.messages'], ['events.#', '!events.voicemails.global.#'], false],
    ['a.# is not a', ['a'], ['a.#'], false],
    ['edit is update too', ['x.edit'], ['x.update'], false],
    ['edit by both', ['x.edit'], ['x.edit'], true],
    ['update by edit', ['x.update'], ['x.edit'], true],
    ['everything by everything', ['#'], ['#'], true],
  ])('%s', (_name, list, acl, expected) => {
    expect(included(list, acl)).toBe(expected)
  })

  it('`me` of the list is whoever gets it: one’s own `me` does not cover it, all users do', () => {
    expect(included(['users.me.read'], ['users.me.read'])).toBe(false)
    expect(included(['users.me.read'], ['users.*.read'])).toBe(true)
    expect(included(['users.me.read'], ['users.*.read', `!users.${OTHER}.read`])).toBe(false)
    expect(included([`users.${me.userId}.read`], ['users.me.read'])).toBe(true)
    expect(included([`users.${OTHER}.read`], ['users.me.read'])).toBe(false)
    expect(included(['s.my_session.x'], ['s.#'])).toBe(true)
  })

  it('says what would be granted too much, as short as can be', () => {
    const acl = ['events.#', '!events.voicemails.global.#']
    expect(decideInclusion(['events.#'], { acl, ...me })).toEqual({
      included: false,
      witness: 'events.voicemails.global.',
    })
    expect(decideInclusion(['events.#', 'events'], { acl: ['events.#'], ...me })).toEqual({
      included: false,
      witness: 'events',
    })
  })

  it('refuses what is too complex to decide, in bounded time', () => {
    // Which of twenty letters have been seen makes a million combinations.
    const acl = ['#', ...[...'abcdefghijklmnopqrst'].map((letter) => `#${letter}#`)]
    const startedAt = performance.now()
    expect(decideInclusion(['#'], { acl, ...me })).toEqual({ included: false, witness: undefined })
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })

  it('decides a large policy under an administrator at once', () => {
    const list = Array.from({ length: 100 }, (_none, index) => `confd.users.me.resource${index}.*.things.#`)
    const startedAt = performance.now()
    expect(included(list, ['auth.#', 'confd.#', 'calld.#', 'events.#', 'websocketd'])).toBe(true)
    expect(performance.now() - startedAt).toBeLessThan(5000)
  })

  it('is never wrong: a yes has no counterexample among all short texts, a no proves itself', () => {
    const texts = allTexts('ab.#x', 5)
    const body = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '#'), maxLength: 5 })
    const pattern = fc.tuple(fc.constantFrom('', '', '!'), body).map(([denial, text]) => denial + text)
    const list = fc.array(pattern, { maxLength: 3 })
    fc.assert(
      fc.property(list, list, (wanted, acl) => {
        const [grants, has] = [compileAcl(wanted, me), compileAcl(acl, me)]
        const excess = (text: string) => grants.allows(text) && !has.allows(text)
        const decision = decideInclusion(wanted, { acl, ...me })
        if (decision.included) expect(texts.filter(excess)).toEqual([])
        else expect(excess(decision.witness ?? 'undecided')).toBe(true)
      }),
      { numRuns: 1500 },
    )
  })

  it('is never wrong about ids: what is included is included for a holder nobody knew', () => {
    const segment = fc.constantFrom('me', 'my_session', '*', '#', 'x', me.userId, OTHER, 'edit', 'update')
    const body = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('.'))
    const pattern = fc.tuple(fc.constantFrom('', '', '!'), body).map(([denial, text]) => denial + text)
    const list = fc.array(pattern, { maxLength: 3 })
    const holder = { userId: randomUUID(), sessionId: randomUUID() }
    const words = [
      'me',
      'my_session',
      'x',
      'edit',
      'update',
      me.userId,
      me.sessionId,
      OTHER,
      holder.userId,
      holder.sessionId,
    ]
    const texts = [...words, ...words.flatMap((one) => words.map((other) => `${one}.${other}`))]
    fc.assert(
      fc.property(list, list, (wanted, acl) => {
        if (!included(wanted, acl)) return
        for (const identity of [holder, { ...holder, userId: OTHER }]) {
          const [grants, has] = [compileAcl(wanted, identity), compileAcl(acl, me)]
          expect(texts.filter((text) => grants.allows(text) && !has.allows(text))).toEqual([])
        }
      }),
      { numRuns: 2000 },
    )
  })
})

function allTexts(letters: string, maxLength: number): string[] {
  const texts = ['']
  for (const text of texts) if (text.length < maxLength) texts.push(...[...letters].map((letter) => text + letter))
  return texts
}
