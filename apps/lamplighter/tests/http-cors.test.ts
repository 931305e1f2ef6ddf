import { API_BASE, type ApiName, AUTH_ROUTES, CALLD_ROUTES, CONFD_ROUTES } from '@lamplighter/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { request, type Tenant, TestInstallation } from './support.js'

const ORIGIN = 'https://softphone.example'
const ID = '00000000-0000-4000-8000-000000000000'
const FILLED: Record<string, string> = { id: '1', user: ID, uuid: ID, token: ID, voicemail_id: '1', folder_id: '1' }
/** Every path of the contract with well-formed ids. */
const PATHS = [...AUTH_ROUTES, ...CONFD_ROUTES, ...CALLD_ROUTES].map((route) => ({
  ...route,
  url:
    API_BASE[route.api] +
    route.path.replace(
      /\{(\w+)\}/g,
      (_place, name: string) => FILLED[name] ?? (route.params[name] === 'uuid' ? ID : 'a'),
    ),
}))

describe('methods and origins', () => {
  let installation: TestInstallation
  let tenant: Tenant

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
  })
  afterAll(() => installation.stop())

  const call = (method: string, path: string, headers: Record<string, string> = {}, token?: string) =>
    request(installation.url + path, { method, headers, token })

  it('1.11 [C]: any origin is echoed, on answers and on errors of every kind; without credentials, none exposed', async () => {
    const answers = await Promise.all([
      call('GET', '/api/confd/1.1/voicemails', { origin: ORIGIN }, tenant.admin.token),
      call('GET', '/api/confd/1.1/voicemails', { origin: ORIGIN }),
      call('GET', '/api/confd/1.1/nowhere', { origin: ORIGIN }),
      call('PATCH', '/api/calld/1.0/users/me/voicemails', { origin: ORIGIN }),
      call('POST', '/api/auth/0.1/token', { origin: ORIGIN }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 405, 400])
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN)
      expect(headers.get('vary')).toBe('Origin')
      expect(headers.has('access-control-allow-credentials')).toBe(false)
      expect(headers.has('access-control-expose-headers')).toBe(false)
    }
  })

  const peers = ['Content-Type', 'X-Auth-Token', 'Wazo-Tenant']
  it.each<[ApiName, string, string[]]>([
    ['confd', '/voicemails', peers],
    ['calld', '/users/me/voicemails', peers],
    ['auth', '/token', [...peers, 'Authorization', 'Wazo-Session-Type']],
  ])(
    '1.11 [C]: %s allows its methods and request headers, ours too, and never X-User-UUID',
    async (api, path, allowed) => {
      const { headers } = await call('OPTIONS', API_BASE[api] + path, {
        origin: ORIGIN,
        'access-control-request-method': 'PUT',
      })
      const list = (name: string) => (headers.get(name) ?? '').split(', ')
      expect(list('access-control-allow-methods')).toEqual([
        ...['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'],
      ])
      expect(list('access-control-allow-headers')).toEqual([
        ...allowed,
        ...['Idempotency-Key', 'If-Match', 'If-None-Match', 'Range'],
      ])
    },
  )

  it('1.4 [C]: OPTIONS is answered 200 without a token on every route', async () => {
    for (const { url, method } of PATHS) {
      const { status, headers, text } = await call('OPTIONS', url)
      expect([url, status, text]).toEqual([url, 200, ''])
      expect(headers.get('allow')?.split(', ')).toContain(method)
    }
  })

  it('1.4 [C]: a wrong method is 405 in E4 with Allow, without a look at the token', async () => {
    for (const { url } of PATHS) {
      const { status, headers, json } = await call('PATCH', url, {}, 'no token at all')
      expect([url, status, Object.keys(json as object)]).toEqual([url, 405, ['message']])
      expect(headers.get('allow')).toMatch(/OPTIONS$/)
    }
  })

  it.each([
    '/api/confd/1.1/voicemails/',
    '/api/confd/1.1/voicemails/abc',
    '/api/confd/1.1/voicemails/99999999999',
    '/api/confd/1.1/devices/1',
    '/api/confd/1.1/%zz',
    '/api/confd/1.1',
    '/api/calld/1.0/nowhere',
    '/api/auth/0.1/nowhere',
    '/nowhere',
  ])(
    '1.1, 1.9 [C]: %s is an unknown path, 404 in E4, whatever the method and without a look at the token',
    async (path) => {
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
        const { status, json, text } = await call(method, path)
        expect([status, Object.keys(json as object)]).toEqual([404, ['message']])
        expect(text.endsWith('}\n')).toBe(true)
      }
    },
  )

  it('1.11 [C]: HEAD works wherever GET does, with the status and headers of GET and no body', async () => {
    const mailbox = await installation.mailbox(tenant)
    for (const path of [
      '/api/confd/1.1/voicemails',
      `/api/confd/1.1/voicemails/${mailbox.id}`,
      '/api/confd/1.1/voicemails/4711',
      `/api/calld/1.0/voicemails/${mailbox.id}`,
      '/api/calld/1.0/users/me/voicemails',
    ]) {
      const [get, head] = [
        await call('GET', path, {}, tenant.admin.token),
        await call('HEAD', path, {}, tenant.admin.token),
      ]
      expect([path, head.status, head.text]).toEqual([path, get.status, ''])
      if (get.status === 200) expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'))
    }
    expect((await call('HEAD', '/api/confd/1.1/voicemails')).status).toBe(401)
  })

  it('every answer has a request id of our own making', async () => {
    const ids = await Promise.all(
      ['/api/confd/1.1/voicemails', '/api/confd/1.1/%zz', '/nowhere', '/health'].map(
        async (path) => (await call('GET', path, { 'x-request-id': 'forged' })).headers.get('x-request-id') ?? '',
      ),
    )
    for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
