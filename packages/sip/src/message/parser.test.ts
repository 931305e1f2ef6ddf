import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listItems, parseCSeq, parseEvent, parseNameAddress, parseVia, partyOf, topVia } from './fields.js'
import { serialize } from './message.js'
import { PARSER_LIMITS, parseDatagram } from './parser.js'
import { parseUri } from './uri.js'

const FIXTURES = new URL('../../fixtures/', import.meta.url)

/** Fixtures are text with line feeds; on the wire lines end with CRLF. */
function load(folder: string, file: string): Buffer {
  return Buffer.from(readFileSync(new URL(`${folder}/${file}`, FIXTURES), 'utf8').replaceAll('\n', '\r\n'))
}

const list = (folder: string) => readdirSync(new URL(folder, FIXTURES)).sort()

describe('valid messages', () => {
  it.each(list('valid'))('%s is read, and written again means the same', (file) => {
    const first = parseDatagram(load('valid', file))
    if (!first.ok) throw new Error(`${first.problem} at ${first.position}`)
    const second = parseDatagram(serialize({ ...first.message, headers: withoutLength(first.message.headers) }))
    expect(second.ok && second.message.headers.get('call-id')).toBe(first.message.headers.get('call-id'))
    expect(second.ok && second.message.body.equals(first.message.body)).toBe(true)
  })
})

describe('invalid messages', () => {
  const verdicts = JSON.parse(readFileSync(new URL('invalid.json', FIXTURES), 'utf8')) as Record<string, string>

  it('each have a verdict', () => {
    expect(list('invalid')).toEqual(Object.keys(verdicts).sort())
  })

  it.each(Object.entries(verdicts))('%s is refused: %s', (file, problem) => {
    expect(parseDatagram(load('invalid', file))).toMatchObject({ ok: false, problem })
  })
})

describe('the parser', () => {
  it('takes the rest of a datagram as the body when there is no Content-Length, and ignores what comes after one', () => {
    const head =
      'OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nf: <sip:a@b>;tag=1\r\nt: <sip:a@b>\r\ni: 1\r\nCSeq: 1 OPTIONS\r\n'
    const bodyOf = (text: string) => {
      const result = parseDatagram(Buffer.from(text))
      return result.ok ? result.message.body.toString() : result.problem
    }
    expect(bodyOf(`${head}\r\nrest`)).toBe('rest')
    expect(bodyOf(`${head}l: 2\r\n\r\nrest`)).toBe('re')
    expect(bodyOf(`${head}l: 9\r\n\r\nrest`)).toBe('truncated')
    expect(bodyOf(`${head.replaceAll('\r\n', '\n')}\nrest`)).toBe('rest')
  })

  it('has limits', () => {
    const over = (text: string) => parseDatagram(Buffer.from(text))
    expect(over('x'.repeat(PARSER_LIMITS.messageBytes + 1))).toMatchObject({ problem: 'too_large' })
    expect(over(`OPTIONS sip:a SIP/2.0\r\nX: ${'x'.repeat(PARSER_LIMITS.lineBytes)}\r\n\r\n`)).toMatchObject({
      problem: 'line_limit',
    })
    expect(over(`OPTIONS sip:a SIP/2.0\r\n${'X: y\r\n'.repeat(PARSER_LIMITS.headers + 1)}\r\n`)).toMatchObject({
      problem: 'header_limit',
    })
    expect(over(`OPTIONS sip:a SIP/2.0\r\n${`X: ${'x'.repeat(8000)}\r\n`.repeat(3)}\r\n`)).toMatchObject({
      problem: 'header_limit',
    })
  })

  it('never throws, whatever is done to a message', () => {
    const seeds = list('valid').map((file) => load('valid', file))
    const mutation = fc.record({ at: fc.nat(2000), byte: fc.nat(255), cut: fc.boolean(), copy: fc.nat(40) })
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(mutation, { minLength: 1, maxLength: 8 }), (seed, mutations) => {
        let bytes = Buffer.from(seed)
        for (const { at, byte, cut, copy } of mutations) {
          const place = at % Math.max(bytes.length, 1)
          bytes = cut
            ? Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + copy)])
            : Buffer.concat([bytes.subarray(0, place), Buffer.from([byte]), bytes.subarray(place)])
        }
        const result = parseDatagram(bytes)
        if (!result.ok) {
          expect(result.position).toBeGreaterThanOrEqual(0)
          return
        }
        const { headers } = result.message
        for (const name of ['from', 'to', 'contact', 'via', 'event', 'cseq']) {
          for (const item of listItems(headers, name)) {
            parseNameAddress(item)
            parseVia(item)
            parseCSeq(item)
            parseEvent(item)
          }
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('reads values as UTF-8 where they stand and where they are folded, and names in any spelling', () => {
    const text =
      'OPTIONS sip:a@b SIP/2.0 \r\nVIA : SIP/2.0/UDP h : 5070;branch=z9hG4bK1\r\nfrom: "J\u00f6rg"\r\n <sip:a@b>;tag=1\r\nT: <sip:a@b>\r\n' +
      'i:1\r\nCSEQ: 1 OPTIONS\r\nSubject:  \u00fc : \u00fc \r\nconstructor: x\r\n\r\n'
    const result = parseDatagram(Buffer.from(text))
    if (!result.ok) throw new Error(`${result.problem} at ${result.position}`)
    const { headers } = result.message
    expect(['from', 'subject', 'constructor'].map((name) => headers.get(name))).toEqual([
      '"J\u00f6rg" <sip:a@b>;tag=1',
      '\u00fc : \u00fc',
      'x',
    ])
    expect([topVia(headers)?.port, partyOf(headers, 'to')?.uri?.host]).toEqual([5070, 'b'])
  })

  it('reads a header again after it was given another value', () => {
    const result = parseDatagram(load('valid', 'plain-subscribe.sip'))
    if (!result.ok) throw new Error('the fixture is broken')
    const { headers } = result.message
    const before = topVia(headers)
    headers.replaceVia('SIP/2.0/TCP elsewhere;branch=z9hG4bK2')
    expect([before?.transport, topVia(headers)?.transport]).toEqual(['UDP', 'TCP'])
    headers.add('Event', 'dialog')
    expect(headers.all('event')).toEqual(['message-summary', 'dialog'])
  })

  it('refuses to write a line end into a header', () => {
    const result = parseDatagram(load('valid', 'plain-subscribe.sip'))
    if (!result.ok) throw new Error('the fixture is broken')
    result.message.headers.add('X', 'a\r\nInjected: yes')
    expect(() => serialize(result.message)).toThrow('line end')
  })
})

describe('fields', () => {
  it.each([
    ['sip:a@b', 'a', 'b', undefined],
    ['SIPS:a%40b;x=y@[2001:db8::1]:5061;transport=tcp', 'a%40b;x=y', '[2001:db8::1]', 5061],
    ['sip:Example.COM', undefined, 'example.com', undefined],
  ])('parse the URI %s', (text, user, host, port) => {
    expect(parseUri(text)).toMatchObject({ user, host, port })
  })

  it.each([
    'http://a',
    'sip:',
    'sip:a@',
    'sip:a b@c',
    'sip:a@b:99999',
    'sip:a@b_c',
    'tel:1',
    'sip',
    'sip:a@b:',
    'sip:a@[::1]5060',
    'sip:a@b:1:2',
  ])('refuse the URI %j', (text) => {
    expect(parseUri(text)).toBeUndefined()
  })

  it.each([
    ['<sip:a@b;p=1>;tag=x', 'sip:a@b;p=1', 'x'],
    ['sip:a@b;tag=x', 'sip:a@b', 'x'],
    ['"A, \\"B\\" <c>" <sip:a@b>;tag=x', 'sip:a@b', 'x'],
    ['Bob <sip:a@b> ; tag=x', 'sip:a@b', 'x'],
    ['Bob<sip:a@b>;tag=x', 'sip:a@b', 'x'],
  ])('parse the address %s', (text, uri, tag) => {
    const address = parseNameAddress(text)
    expect([address?.uriText, address?.params.get('tag')]).toEqual([uri, tag])
  })

  it.each(['"Bob <sip:a@b>', '< sip:a@b>', 'Bell, Alex <sip:a@b>', 'sip:a@b?Route=x', '<sip:a@b', ''])(
    'refuse the address %j',
    (text) => {
      expect(parseNameAddress(text)).toBeUndefined()
    },
  )

  it('keep CSeq below 2^31', () => {
    expect(parseCSeq('2147483647 X')).toEqual({ number: 2_147_483_647, method: 'X' })
    for (const bad of ['2147483648 X', '36893488147419103232 X', '-1 X', '1', 'x X'])
      expect(parseCSeq(bad)).toBeUndefined()
  })
})

function withoutLength(headers: { list: readonly { name: string; value: string }[] }) {
  const kept = headers.list.filter(({ name }) => !/^(content-length|l)$/i.test(name))
  return new (Object.getPrototypeOf(headers).constructor as typeof import('./headers.js').Headers)(kept)
}
