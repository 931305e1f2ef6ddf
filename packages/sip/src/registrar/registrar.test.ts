import { describe, expect, it } from 'vitest'
import { Headers } from '../message/headers.js'
import { applyRegister, type Binding } from './registrar.js'

function register(
  contact: string | undefined,
  { expires, cseq = 1, callId = 'a' }: { expires?: string; cseq?: number; callId?: string } = {},
) {
  const headers = new Headers()
  headers.add('Call-ID', callId)
  headers.add('CSeq', `${cseq} REGISTER`)
  if (contact !== undefined) headers.add('Contact', contact)
  if (expires !== undefined) headers.add('Expires', expires)
  return { kind: 'request' as const, method: 'REGISTER', uri: 'sip:x', headers, body: Buffer.alloc(0) }
}

const binding = (more: Partial<Binding> = {}): Binding => ({
  uri: 'sip:a@h',
  instance: null,
  callId: 'a',
  cseq: 1,
  expiresAtMs: 100_000,
  ...more,
})
const contactsOf = (result: ReturnType<typeof applyRegister>) =>
  result.ok ? result.bindings.map(({ uri, expiresAtMs }) => [uri, expiresAtMs]) : result.status

describe('a REGISTER (RFC 3261 10.3)', () => {
  it('adds contacts; the parameter wins over the header, the header over an hour, two hours are the most', () => {
    const result = applyRegister(
      register('<sip:a@h>;expires=60, <sip:b@h>, <sip:c@h>;expires=99999', { expires: '120' }),
      [],
      0,
    )
    expect(contactsOf(result)).toEqual([
      ['sip:a@h', 60_000],
      ['sip:b@h', 120_000],
      ['sip:c@h', 7_200_000],
    ])
    expect(contactsOf(applyRegister(register('<sip:a@h>'), [], 0))).toEqual([['sip:a@h', 3_600_000]])
  })

  it('only asks without a contact, and forgets what expired', () => {
    expect(
      contactsOf(applyRegister(register(undefined), [binding(), binding({ uri: 'sip:old@h', expiresAtMs: 5 })], 10)),
    ).toEqual([['sip:a@h', 100_000]])
  })

  it('removes one contact with 0, all with *, and * only with 0', () => {
    const present = [binding(), binding({ uri: 'sip:b@h' })]
    expect(contactsOf(applyRegister(register('<sip:a@h>;expires=0', { cseq: 2 }), present, 0))).toEqual([
      ['sip:b@h', 100_000],
    ])
    expect(contactsOf(applyRegister(register('*', { expires: '0', cseq: 2 }), present, 0))).toEqual([])
    expect(contactsOf(applyRegister(register('*', { expires: '60', cseq: 2 }), present, 0))).toBe(400)
    expect(contactsOf(applyRegister(register('*, <sip:a@h>', { expires: '0', cseq: 2 }), present, 0))).toBe(400)
  })

  it('replaces the contact of the same device from a new address', () => {
    const present = [binding({ uri: 'sip:a@old', instance: '<urn:uuid:1>' })]
    const result = applyRegister(
      register('<sip:a@new>;+sip.instance="<urn:uuid:1>"', { expires: '60', callId: 'b' }),
      present,
      0,
    )
    expect(contactsOf(result)).toEqual([['sip:a@new', 60_000]])
  })

  it('refuses too short an expiry, an old CSeq, header parts and too many contacts', () => {
    expect(contactsOf(applyRegister(register('<sip:a@h>;expires=59'), [], 0))).toBe(423)
    expect(contactsOf(applyRegister(register('<sip:a@h>'), [binding()], 0))).toBe(500)
    expect(contactsOf(applyRegister(register('<sip:a@h?Route=%3Csip:x%3E>'), [], 0))).toBe(400)
    const many = Array.from({ length: 11 }, (_, index) => `<sip:a${index}@h>`).join(', ')
    expect(contactsOf(applyRegister(register(many), [], 0))).toBe(400)
  })
})
