import { describe, expect, it } from 'vitest'
import { Headers } from '../message/headers.js'
import { parseUri } from '../message/uri.js'
import { type Binding, bindingKey, isBoundToFlow } from './binding.js'
import { applyRegister } from './registrar.js'

type Asked = {
  expires?: string
  cseq?: number
  callId?: string
  supported?: string
  via?: readonly string[]
  path?: string
}

function register(contact: string | undefined, asked: Asked = {}) {
  const { expires, cseq = 1, callId = 'a', supported, via = ['SIP/2.0/UDP h;branch=z9hG4bKx'], path } = asked
  const headers = new Headers()
  for (const one of via) headers.add('Via', one)
  headers.add('Call-ID', callId)
  headers.add('CSeq', `${cseq} REGISTER`)
  if (contact !== undefined) headers.add('Contact', contact)
  if (expires !== undefined) headers.add('Expires', expires)
  if (supported !== undefined) headers.add('Supported', supported)
  if (path !== undefined) headers.add('Path', path)
  return { kind: 'request' as const, method: 'REGISTER', uri: 'sip:x', headers, body: Buffer.alloc(0) }
}

const binding = (more: Partial<Binding> = {}): Binding => ({
  uri: 'sip:a@h',
  instance: null,
  regId: null,
  path: [],
  callId: 'a',
  cseq: 1,
  expiresAtMs: 100_000,
  ...more,
})
const contactsOf = (result: ReturnType<typeof applyRegister>) =>
  result.ok ? result.bindings.map(({ uri, expiresAtMs }) => [uri, expiresAtMs]) : result.status
const freshOf = (result: ReturnType<typeof applyRegister>) =>
  result.ok ? result.changes.map(({ fresh }) => fresh) : result.status

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

  it.each([
    ['too short an expiry', '<sip:a@h>;expires=59', 423],
    ['an old CSeq', '<sip:a@h>', 500],
    ['header parts', '<sip:b@h?Route=%3Csip:x%3E>', 400],
    ['a contact that is no SIP address', '<tel:+1>', 400],
    ['more contacts than a device may have', Array.from({ length: 11 }, (_, i) => `<sip:a${i}@h>`).join(', '), 400],
    ['a contact of a kilobyte', `<sip:${'x'.repeat(1000)}@h>`, 400],
  ])('refuses %s', (_what, contact, status) => {
    expect(contactsOf(applyRegister(register(contact), [binding()], 0))).toBe(status)
  })

  it('refuses an old CSeq whatever address it comes from, and takes any CSeq of another Call-ID', () => {
    const present = [binding({ uri: 'sip:a@old', instance: '<urn:uuid:1>', cseq: 7 })]
    const contact = '<sip:a@new>;+sip.instance="<urn:uuid:1>"'
    expect(contactsOf(applyRegister(register(contact, { cseq: 7 }), present, 0))).toBe(500)
    expect(contactsOf(applyRegister(register(contact, { cseq: 1, callId: 'b' }), present, 0))).toHaveLength(1)
  })

  it('lets an eleventh contact take the place of the one refreshed longest ago', () => {
    const present = Array.from({ length: 10 }, (_, index) => binding({ uri: `sip:a${index}@h` }))
    const result = applyRegister(register('<sip:new@h>', { cseq: 2 }), present, 0)
    expect(result.ok && result.bindings.map(({ uri }) => uri)).toEqual([
      ...present.slice(1).map(({ uri }) => uri),
      'sip:new@h',
    ])
  })

  it('tells a phone that started anew from one that refreshes', () => {
    expect(freshOf(applyRegister(register('<sip:a@h>'), [], 0))).toEqual([true])
    expect(freshOf(applyRegister(register('<sip:a@h>', { cseq: 2 }), [binding()], 0))).toEqual([false])
    expect(freshOf(applyRegister(register('<sip:a@h>', { callId: 'b' }), [binding()], 0))).toEqual([true])
    const moved = applyRegister(register('<sip:a@h>', { cseq: 2, path: '<sip:p;lr>' }), [binding()], 0)
    expect(freshOf(moved)).toEqual([true])
    expect(freshOf(applyRegister(register('<sip:a@h>;expires=0', { cseq: 2 }), [binding()], 0))).toEqual([])
  })
})

describe('a Path (RFC 3327)', () => {
  it('is kept with the contact in its order', () => {
    const result = applyRegister(register('<sip:a@h>', { path: '<sip:edge;lr>, <sip:user@core;lr>' }), [], 0)
    expect(result.ok && result.bindings[0]?.path).toEqual(['<sip:edge;lr>', '<sip:user@core;lr>'])
  })

  it.each(['<tel:+1>', '<sip:edge?Route=x>', 'nonsense here', `<sip:${'x'.repeat(2000)}@h>`])(
    'is refused as %s',
    (path) => {
      expect(contactsOf(applyRegister(register('<sip:a@h>', { path }), [], 0))).toBe(400)
    },
  )
})

describe('outbound (RFC 5626)', () => {
  const contact = (regId: string, uri = 'sip:a@h') => `<${uri};ob>;+sip.instance="<urn:uuid:1>";reg-id=${regId}`
  const proxied = ['SIP/2.0/UDP proxy;branch=z9hG4bKp', 'SIP/2.0/TCP h;branch=z9hG4bKx']

  it('keeps two flows of one device, and replaces each by its own successor', () => {
    const first = applyRegister(register(contact('1'), { supported: 'outbound' }), [], 0)
    const both = applyRegister(
      register(contact('2'), { supported: 'path, outbound', callId: 'b' }),
      first.ok ? first.bindings : [],
      0,
    )
    expect(both.ok && both.bindings.map(bindingKey)).toEqual(['<urn:uuid:1>;reg-id=1', '<urn:uuid:1>;reg-id=2'])
    const moved = applyRegister(
      register(contact('1', 'sip:a@other'), { supported: 'outbound', cseq: 2 }),
      both.ok ? both.bindings : [],
      0,
    )
    expect(moved.ok && moved.bindings.map(({ uri }) => uri)).toEqual(['sip:a@h;ob', 'sip:a@other;ob'])
    expect(moved.ok && moved.outbound).toBe(true)
  })

  it.each([
    ['the client does not know it', contact('1'), {}],
    ['there is no instance', '<sip:a@h>;reg-id=1', { supported: 'outbound' }],
    ['the number is none', contact('0'), { supported: 'outbound' }],
  ])('does not count where %s', (_why, line, asked) => {
    const result = applyRegister(register(line, asked), [], 0)
    expect(result.ok && [result.outbound, result.bindings[0]?.regId]).toEqual([false, null])
  })

  it('is refused with 439 behind a proxy that does not keep the flow, and taken behind one that does', () => {
    const asked = { supported: 'outbound', via: proxied }
    expect(contactsOf(applyRegister(register(contact('1'), asked), [], 0))).toBe(439)
    expect(contactsOf(applyRegister(register(contact('1'), { ...asked, path: '<sip:p;lr>' }), [], 0))).toBe(439)
    const kept = applyRegister(register(contact('1'), { ...asked, path: '<sip:core;lr>, <sip:p;lr;ob>' }), [], 0)
    expect(kept.ok && kept.outbound).toBe(true)
    expect(applyRegister(register('<sip:a@h>', asked), [], 0).ok).toBe(true)
  })
})

describe('a contact and its connection', () => {
  const from = { host: '192.0.2.1', port: 40_000, transport: 'TCP', flow: 'f' } as const
  const bound = (uri: string, how: object = {}, more: Partial<Binding> = {}) => {
    const parsed = parseUri(uri)
    if (!parsed) throw new Error(`${uri} is no URI`)
    return isBoundToFlow(parsed, binding(more), { ...from, ...how })
  }

  it('ends with it where no other way leads there', () => {
    expect(bound('sip:a@x.invalid;transport=ws', { transport: 'WS' })).toBe(true)
    expect(bound('sip:a@10.0.0.1:5060;transport=tcp')).toBe(true)
    expect(bound('sip:a@192.0.2.1:40000;transport=tcp')).toBe(true)
    expect(bound('sip:a@192.0.2.1:5060;transport=tcp', {}, { regId: 1, instance: '<urn:uuid:1>' })).toBe(true)
  })

  it('outlives it where the phone listens, where a proxy keeps it, and over UDP', () => {
    expect(bound('sip:a@192.0.2.1:5060;transport=tcp')).toBe(false)
    expect(bound('sip:a@10.0.0.1', {}, { path: ['<sip:p;lr>'] })).toBe(false)
    expect(bound('sip:a@10.0.0.1', { transport: 'UDP', flow: undefined })).toBe(false)
  })
})
