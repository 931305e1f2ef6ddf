import { describe, expect, it } from 'vitest'
import { fitsPattern } from './name-pattern.js'

describe('a pattern of names', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'ab', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['user_*', 'user_voicemail', true],
    ['user_*', 'user', false],
    ['*_created', 'message_created', true],
    ['*_created', 'created', false],
    ['user_*_created', 'user_message_created', true],
    ['user_*_created', 'user_created', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'acb', false],
    ['ab*ba', 'aba', false],
    ['a**b', 'ab', true],
    ['a.b', 'axb', false],
    ['*x*', 'axa', true],
    ['*xx*x', 'xx', false],
  ])('%s and %s: %s', (pattern, name, fits) => {
    expect(fitsPattern(pattern, name)).toBe(fits)
  })

  it('costs no more for many stars', () => {
    const startedAt = performance.now()
    expect(fitsPattern('*a'.repeat(128), `${'a'.repeat(127)}b`.repeat(100))).toBe(false)
    expect(performance.now() - startedAt).toBeLessThan(100)
  })
})
