import { describe, expect, it } from 'vitest'
import { Headers } from '../message/headers.js'
import type { SipRequest } from '../message/message.js'
import { answerChallenge } from './client.js'
import { computeHa1, computeResponse } from './hash.js'
import { NonceFactory } from './nonce.js'
import { DigestAuthenticator } from './server.js'

const key = Buffer.alloc(32, 7)
const REALM = 'lamplighter'
const URI = 'sip:1001@example.net'

function request(...authorization: string[]): SipRequest {
  const headers = new Headers(authorization.map((value) => ({ name: 'Authorization', value })))
  return { kind: 'request', method: 'SUBSCRIBE', uri: URI, headers, body: Buffer.alloc(0) }
}

function setUp(now = () => Date.now(), algorithm: 'MD5' | 'SHA-256' = 'MD5') {
  const server = new DigestAuthenticator(new NonceFactory(key, now), REALM)
  const account = { ha1: computeHa1(algorithm, '1001', REALM, 'secret'), algorithm }
  const answer = (password = 'secret', username = '1001') =>
    answerChallenge(server.challenge(algorithm, false), { username, password }, 'SUBSCRIBE', URI) ?? ''
  const judge = (authorization: string, known: typeof account | undefined = account) => {
    const claimed = server.claimed(request(authorization))
    return claimed && server.verify(request(authorization), claimed, known)
  }
  return { server, account, answer, judge }
}

describe('digest', () => {
  it('computes the responses of RFC 7616 3.9.1', () => {
    const parts = { method: 'GET', uri: '/dir/index.html', nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v' }
    const qop = { nc: '00000001', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' }
    const ha1 = (algorithm: 'MD5' | 'SHA-256') =>
      computeHa1(algorithm, 'Mufasa', 'http-auth@example.org', 'Circle of Life')
    expect(computeResponse('MD5', { ...parts, qop, ha1: ha1('MD5') })).toBe('8ca523f5e9506fed4657c9700eebdbec')
    expect(computeResponse('SHA-256', { ...parts, qop, ha1: ha1('SHA-256') })).toBe(
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    )
  })

  it.each(['MD5', 'SHA-256'] as const)('lets the right password in with %s, and no other', (algorithm) => {
    const { answer, judge } = setUp(undefined, algorithm)
    expect([judge(answer()), judge(answer('Secret')), judge(answer('secret', '1002'))]).toEqual([
      'right',
      'wrong',
      'wrong',
    ])
  })

  it('does not know an account that is not there', () => {
    const { server, answer } = setUp()
    const authorization = answer()
    const claimed = server.claimed(request(authorization))
    expect(claimed && server.verify(request(authorization), claimed, undefined)).toBe('wrong')
  })

  it('calls an old, a foreign and a used nonce stale, so that a phone goes on', () => {
    let now = 1_000_000
    const { server, answer, judge } = setUp(() => now)
    const used = answer()
    expect([judge(used), judge(used)]).toEqual(['right', 'stale'])
    const old = answer()
    now += 301_000
    expect(judge(old)).toBe('stale')
    const foreign = new DigestAuthenticator(new NonceFactory(Buffer.alloc(32, 8)), REALM).challenge('MD5', false)
    expect(judge(answerChallenge(foreign, { username: '1001', password: 'secret' }, 'SUBSCRIBE', URI) ?? '')).toBe(
      'stale',
    )
    expect(server.challenge('MD5', true)).toMatch(/, stale=true$/)
  })

  it('takes a nonce of another process with the same key', () => {
    const challenge = setUp().server.challenge('MD5', false)
    expect(
      setUp().judge(answerChallenge(challenge, { username: '1001', password: 'secret' }, 'SUBSCRIBE', URI) ?? ''),
    ).toBe('right')
  })

  it('reads credentials however they are written, and finds ours among others', () => {
    const { server, account, answer } = setUp()
    const odd = answer()
      .replace('Digest ', 'Digest   ')
      .replace('algorithm=MD5, ', '')
      .replace('qop=auth', 'qop="auth"')
    const carrier = request('Digest realm="elsewhere", username="x"', odd)
    const claimed = server.claimed(carrier)
    expect(claimed && server.verify(carrier, claimed, account)).toBe('right')
    expect(server.claimed(request('Basic eA=='))).toBeUndefined()
  })

  it('challenges names nobody has as accounts of their realm are, each name always alike', () => {
    const { server } = setUp()
    const names = Array.from({ length: 400 }, (_, index) => String(1000 + index))
    const strongOf = (strong: number, all: number, realm = REALM) =>
      names.filter((name) => server.decoy(name, { strong, all }, realm) === 'SHA-256')
    expect([strongOf(0, 0), strongOf(0, 9), strongOf(9, 9)]).toEqual([[], [], names])
    const half = strongOf(500, 1000)
    expect(half.length).toBeGreaterThan(150)
    expect(half.length).toBeLessThan(250)
    expect(setUp().server.decoy(half[0] ?? '', { strong: 500, all: 1000 })).toBe('SHA-256')
    // One account of a thousand has company, too, and another realm other decoys.
    expect(strongOf(1, 1000).length).toBeGreaterThan(5)
    expect(strongOf(999, 1000).length).toBeLessThan(395)
    expect(strongOf(500, 1000, 'elsewhere')).not.toEqual(half)
  })
})
