import { readFileSync } from 'node:fs'
import { LamplighterError } from '@lamplighter/domain'
import { describe, expect, it } from 'vitest'
import { calldForm, confdForm, ERROR_CODES } from './error-wire.js'

const CATALOGUE = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')

/** A line of the catalogue: code, status in confd, status in calld and auth, meaning, what to check. */
const ROWS = [...CATALOGUE.matchAll(/^\| `([a-z-]+)` *\| *(\d+) *\| *(\d+) *\| *(.+?) *\| *(.+?) *\|$/gm)]

/** What the wire says of a code. */
function statuses(code: (typeof ERROR_CODES)[number]): [string, number, number] {
  const error = new LamplighterError(code, 'a text for people')
  return [code, confdForm(error).status, calldForm(error).status]
}

describe('the error catalogue', () => {
  it('has every code once, with the status each API answers', () => {
    const written = ROWS.map(([, code = '', confd, others]) => [code, Number(confd), Number(others)])
    expect(written.sort()).toEqual(ERROR_CODES.map(statuses).sort())
  })

  it('says of every code what it means and what to check', () => {
    expect(ROWS.length).toBeGreaterThan(0)
    for (const [, code, , , meaning = '', check = ''] of ROWS) {
      expect([code, meaning.length > 10, check.length > 10]).toEqual([code, true, true])
    }
  })
})
