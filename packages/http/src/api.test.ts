import { Readable } from 'node:stream'
import type { Principal } from '@lamplighter/access'
import { type ApiName, type RouteContract, routesOf } from '@lamplighter/contracts'
import { createLogger } from '@lamplighter/runtime'
import type { FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { mountApi } from './api.js'
import { ariForm, calldForm, confdForm, type ErrorForm, tokenForm } from './error-wire.js'
import type { Implementation } from './implementation.js'
import { RateLimits } from './rate-limits.js'
import { createHttpServer } from './server.js'

const FORMS: Readonly<Record<ApiName, ErrorForm>> = {
  auth: tokenForm,
  confd: confdForm,
  calld: calldForm,
  events: calldForm,
  'call-logd': calldForm,
  ari: ariForm,
}
const log = createLogger('silent')

function contract(api: ApiName, more: Partial<RouteContract> = {}): RouteContract {
  const route = routesOf(api)({ method: 'GET', path: '/thing', acl: null, summary: 'A thing', success: 200 })
  return { ...route, ...more }
}

/** A server with one route, and tokens that `verify` judges. */
function serve(
  api: ApiName,
  route: Partial<RouteContract>,
  handle: Implementation['handle'],
  verify: (token: string) => Promise<Principal> = () => Promise.reject(new Error('there are no tokens')),
): FastifyInstance {
  const server = createHttpServer(log)
  const access = {
    verifier: { verify },
    covers: async () => true,
    fingerprintKey: Buffer.from('key'),
    rateLimits: new RateLimits({}),
  }
  const implementations = [{ contract: contract(api, route), handle }]
  mountApi(server, { name: api, implementations, errorForm: FORMS[api], access, log })
  return server
}

const BASES = [
  ['auth', '/api/auth/0.1/thing'],
  ['confd', '/api/confd/1.1/thing'],
  ['calld', '/api/calld/1.0/thing'],
] as const

describe('an API', () => {
  it.each(BASES)('1.9 [C]: says nothing of what went wrong unexpectedly: %s', async (api, url) => {
    const server = serve(api, {}, () => {
      throw new Error('secret detail')
    })
    const { statusCode, body } = await server.inject({ url })
    const expected = api === 'confd' ? ['Unexpected error'] : { message: 'Internal Server Error' }
    expect([statusCode, body]).toEqual([500, `${JSON.stringify(expected)}\n`])
  })

  it.each(BASES)(
    '1.4, 1.9 [C]: is 503 when tokens cannot be checked, and says nothing of the token: %s',
    async (api, url) => {
      const server = serve(api, { acl: 'a.b' }, () => ({}))
      const { statusCode, body } = await server.inject({ url, headers: { 'x-auth-token': 'my-token' } })
      expect([statusCode, body.includes('my-token')]).toEqual([503, false])
      if (api === 'calld') expect(JSON.parse(body)).toMatchObject({ error_id: 'authentication-server-unreachable' })
      if (api === 'confd') expect(JSON.parse(body)).toEqual([expect.any(String)])
    },
  )

  it.each(BASES)('takes no JSON body of more than a megabyte: %s', async (api, url) => {
    const server = serve(api, { method: 'POST', bodyKind: 'json' }, (call) => ({ body: call.json() }))
    const send = (bytes: number) =>
      server.inject({ url, method: 'POST', payload: JSON.stringify({ text: 'x'.repeat(bytes) }) })
    expect((await send(1024 * 1024 - 100)).statusCode).toBe(200)
    expect((await send(1024 * 1024)).statusCode).toBe(413)
  })

  it('1.11 [C]: answers HEAD with the length of GET, and reads no stream for it', async () => {
    const streams: Readable[] = []
    const server = serve('calld', {}, () => {
      const stream = new Readable({ read() {} })
      streams.push(stream)
      return { stream, headers: { 'content-length': 1000, 'content-type': 'audio/wav' } }
    })
    const { statusCode, headers, body } = await server.inject({ url: '/api/calld/1.0/thing', method: 'HEAD' })
    expect([statusCode, headers['content-length'], headers['content-type'], body]).toEqual([
      200,
      '1000',
      'audio/wav',
      '',
    ])
    expect(streams[0]?.destroyed).toBe(true)
  })

  it('does not let a handler use what its contract does not declare', async () => {
    for (const use of ['repeatKey', 'precondition'] as const) {
      const server = serve('confd', {}, (call) => ({ body: call[use]() }))
      expect((await server.inject({ url: '/api/confd/1.1/thing' })).statusCode).toBe(500)
    }
  })

  /** What a request is answered, and which token was looked at. */
  async function tokenOf(url: string, headers: Record<string, string>, queryToken = false): Promise<unknown[]> {
    const seen: string[] = []
    const principal = { tenantId: 'a', allows: () => true } as unknown as Principal
    const server = serve(
      'calld',
      { acl: 'a', queryToken },
      () => ({}),
      async (token) => {
        seen.push(token)
        return principal
      },
    )
    const { statusCode } = await server.inject({ url: `/api/calld/1.0/thing${url}`, headers })
    return [statusCode, ...seen]
  }

  it('1.3 [C]: takes a token of the query on recordings only; it wins, and an empty one falls back', async () => {
    const header = { 'x-auth-token': 'one' }
    expect(await tokenOf('?token=two', header, true)).toEqual([200, 'two'])
    expect(await tokenOf('?token=', header, true)).toEqual([200, 'one'])
    expect(await tokenOf('?token=two', {}, true)).toEqual([200, 'two'])
    expect(await tokenOf('?token=two', header)).toEqual([200, 'one'])
    expect(await tokenOf('?token=two', {})).toEqual([401])
  })

  it('1.2 [B]: takes a Bearer token where there is no X-Auth-Token, and that one first', async () => {
    expect(await tokenOf('', { authorization: 'Bearer one' })).toEqual([200, 'one'])
    expect(await tokenOf('', { authorization: 'Bearer one', 'x-auth-token': 'two' })).toEqual([200, 'two'])
    expect(await tokenOf('', { authorization: 'Basic b25lOnR3bw==' })).toEqual([401])
    expect(await tokenOf('', {})).toEqual([401])
  })
})
