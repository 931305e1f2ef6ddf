import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileAcl } from './acl.js'
import { type BindingPrincipal, decideBinding, readBindingKey } from './binding.js'

const TENANT = '7e000000-0000-4000-8000-000000000001'
const USER = '1f11abcd-0000-4000-8000-00000000beef'
const OTHER = '2f22abcd-0000-4000-8000-00000000cafe'
const user = (...acl: string[]): BindingPrincipal => ({ tenantId: TENANT, userId: USER, seesEveryone: false, acl })
const service = (...acl: string[]): BindingPrincipal => ({ tenantId: TENANT, userId: null, seesEveryone: true, acl })

function decide(key: string, principal: BindingPrincipal) {
  const read = readBindingKey(key)
  if (!read) throw new Error(`${key} is no key`)
  return decideBinding(read, principal)
}

describe('a binding of a tenant on the bus', () => {
  it.each([
    ['bus.md 5.8.3: what AMQP’s # selects beside', `${TENANT}.all.events.#`, ['events.#'], false],
    ['a word more', `${TENANT}.all.events.*.#`, ['events.#'], true],
    [
      'bus.md 6.3 no. 26: into a denial',
      `${TENANT}.all.events.*.#`,
      ['events.#', '!events.voicemails.global.#'],
      false,
    ],
    ['beside a denial', `${TENANT}.all.events.users.*.voicemails`, ['events.#', '!events.voicemails.global.#'], true],
    ['one event', `${TENANT}.all.events.voicemails.global.mwi.updated`, ['events.voicemails.global.#'], true],
    ['everything', `${TENANT}.all.#`, ['#'], true],
    ['everything of events', `${TENANT}.all.#`, ['events.#'], false],
    ['a # between', `${TENANT}.all.events.#.created`, ['events.#', 'events'], true],
    [
      'its own things by `me`',
      `${TENANT}.${USER}.events.users.${USER}.#`,
      ['events.users.me.#', 'events.users.me'],
      true,
    ],
    ['the word me by `me`', `${TENANT}.${USER}.events.users.me.x`, ['events.users.me.#'], true],
    ['another’s by `me`', `${TENANT}.${USER}.events.users.${OTHER}.x`, ['events.users.me.#'], false],
  ])('%s', (_name, key, acl, allowed) => {
    expect(decide(key, user(...acl)).allowed).toBe(allowed)
  })

  it('names an access that would be too much', () => {
    expect(decide(`${TENANT}.all.events.#`, user('events.#'))).toEqual({
      allowed: false,
      reason: 'access',
      witness: 'events',
    })
  })

  it('names the tenant and the audience literally: a user has `all` and itself, an administrator everyone', () => {
    expect(decide(`${OTHER}.all.a`, service('#'))).toMatchObject({ reason: 'tenant' })
    expect(decide('*.all.a', service('#'))).toMatchObject({ reason: 'tenant' })
    expect(decide('#.all.a', service('#'))).toMatchObject({ reason: 'tenant' })
    for (const audience of ['*', '#', 'svc', OTHER]) {
      expect(decide(`${TENANT}.${audience}.a`, user('#'))).toMatchObject({ reason: 'audience' })
    }
    for (const audience of ['*', 'svc', OTHER])
      expect(decide(`${TENANT}.${audience}.a`, service('#')).allowed).toBe(true)
    expect(decide(`${TENANT}.#.a`, service('#'))).toMatchObject({ reason: 'audience' })
  })

  it('is refused when it is no key: a wildcard inside a word, too few words, too long, or too many #', () => {
    for (const text of ['', TENANT, `${TENANT}.all`, `${TENANT}.all.a*`, `${TENANT}.all.a#.b`]) {
      expect(readBindingKey(text)).toBeUndefined()
    }
    expect(readBindingKey(`${TENANT}.all.${'a'.repeat(300)}`)).toBeUndefined()
    expect(decide(`${TENANT}.all.#.a.#.b.#.c.#.d.#`, user('#'))).toMatchObject({ reason: 'too_complex' })
  })

  it('is refused in bounded time when it is too complex to decide', () => {
    // Which of twenty letters have been seen makes a million combinations.
    const acl = ['#', ...[...'abcdefghijklmnopqrst'].map((letter) => `#${letter}#`)]
    const startedAt = performance.now()
    expect(decide(`${TENANT}.all.#`, user(...acl))).toMatchObject({ reason: 'too_complex' })
    expect(performance.now() - startedAt).toBeLessThan(2000)
  })

  it('is refused in bounded time among as many patterns as there can be, each of which is still in question', () => {
    const patterns = Array.from({ length: 990 }, (_none, n) => `events.#${n.toString(36).padStart(3, 'x')}#`)
    const startedAt = performance.now()
    expect(decide(`${TENANT}.all.events.*.#`, user('events.#', ...patterns))).toMatchObject({ reason: 'too_complex' })
    expect(performance.now() - startedAt).toBeLessThan(400)
    expect(decide(`${TENANT}.all.events.config.voicemail.created`, user('events.#', ...patterns)).allowed).toBe(true)
  })

  it('is decided exactly: against every key of up to five words', () => {
    const words = ['a', 'b', 'ab']
    const keys = allKeys(words, 5)
    const body = fc
      .array(fc.constantFrom('a', 'b', '*', '#', 'a*', '*b', 'a#', '#b', 'ab'), { minLength: 1, maxLength: 4 })
      .map((segments) => segments.join('.'))
    const acl = fc.array(
      fc.tuple(fc.constantFrom('', '', '!'), body).map(([denial, text]) => denial + text),
      { maxLength: 4 },
    )
    const access = fc.array(fc.constantFrom('a', 'b', 'ab', '*', '#'), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(access, acl, (wanted, patterns) => {
        const may = compileAcl(patterns, { userId: USER, sessionId: 'my_session' })
        const excess = (key: readonly string[]) => selects(wanted, key) && !may.allows(key.join('.'))
        const decision = decide(`${TENANT}.all.${wanted.join('.')}`, user(...patterns))
        // A no proves itself with a key the broker would deliver; a yes has no counterexample.
        if (decision.allowed) expect(keys.filter(excess)).toEqual([])
        else expect(excess((decision.witness ?? '').split('.'))).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })
})

/** As a topic exchange decides, word by word. */
function selects([head, ...rest]: readonly string[], key: readonly string[]): boolean {
  if (head === undefined) return key.length === 0
  if (head === '#') return key.some((_word, from) => selects(rest, key.slice(from))) || selects(rest, [])
  const [word, ...others] = key
  return word !== undefined && (head === '*' || head === word) && selects(rest, others)
}

function allKeys(words: readonly string[], maxWords: number): string[][] {
  const keys: string[][] = words.map((word) => [word])
  for (const key of keys) if (key.length < maxWords) keys.push(...words.map((word) => [...key, word]))
  return keys
}
