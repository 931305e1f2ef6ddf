import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseDatagram } from './parser.js'

const FOLDER = new URL('../../tests/torture/', import.meta.url)
type Expected = { readonly section: string; readonly about: string; readonly parser: 'accept' | 'reject' }
const EXPECTED = JSON.parse(readFileSync(new URL('expected.json', FOLDER), 'utf8')) as Record<string, Expected>

describe('the torture messages of RFC 4475', () => {
  it('are all 49', () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.sip'))
    expect(files.sort()).toEqual(Object.keys(EXPECTED))
    expect(files).toHaveLength(49)
  })

  it.each(Object.entries(EXPECTED))('%s', (file, { parser }) => {
    const result = parseDatagram(readFileSync(new URL(file, FOLDER)))
    expect(result.ok ? 'accept' : 'reject').toBe(parser)
  })

  it('keeps what must be kept: every byte of a body, the user as it came, the branch through its folds', () => {
    const read = (file: string) => {
      const result = parseDatagram(readFileSync(new URL(file, FOLDER)))
      if (!result.ok) throw new Error(result.problem)
      return result.message
    }
    expect(read('11-mpart01.sip').body.includes(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)))).toBe(true)
    expect(read('04-escnull.sip').headers.get('to')).toBe('sip:null-%00-null@example.com')
    expect(read('01-wsinv.sip').headers.all('via').join(',').replaceAll(/\s/g, '')).toContain('branch=z9hG4bK9ik8')
    expect(read('08-dblreq.sip').headers.all('cseq')).toEqual(['8 REGISTER'])
  })
})
