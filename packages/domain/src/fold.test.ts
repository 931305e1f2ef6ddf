import { describe, expect, it } from 'vitest'
import { fold, searchTextOf } from './fold.js'

describe('folding', () => {
  it.each([
    ['MÜLLER', 'muller'],
    ['Mu\u0308ller', 'muller'],
    ['Ångström', 'angstrom'],
    ['ΆΛΦΑ', 'αλφα'],
    ['100 %_', '100 %_'],
  ])('takes marks and case from %s', (text, folded) => {
    expect(fold(text)).toBe(folded)
  })

  it('puts caller and transcript on lines of their own', () => {
    expect(searchTextOf('José', '+15550100', 'Call me')).toBe('jose\n+15550100\ncall me')
    expect(searchTextOf(null, null, null)).toBe('\n\n')
  })
})
