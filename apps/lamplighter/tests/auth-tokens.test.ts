import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Person, request, type Tenant, TestInstallation } from './support.js'

type TokenAnswer = {
  data: Record<string, unknown> & { token: string; metadata: Record<string, unknown>; acl: string[] }
}

describe('access tokens (rest.md 4.1 to 4.3)', () => {
  let installation: TestInstallation
  let parent: Tenant
  let tenant: Tenant
  let anna: Person

  beforeAll(async () => {
    installation = await TestInstallation.start()
    parent = await installation.tenant()
    tenant = await installation.tenant(parent.uuid)
    anna = await installation.account(tenant.uuid)
  })
  afterAll(() => installation.stop())

  const auth = (method: string, path: string, init: Parameters<typeof request>[1] = {}) =>
    request(`${installation.url}/api/auth/0.1${path}`, { method, ...init })
  const basic = (login: string, password = 'a password') => ({
    authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`,
  })
  const logIn = (login: string, body = '{}', password?: string) =>
    auth('POST', '/token', { headers: basic(login, password), body })

  it('4.3 [C]: logs in with what a client needs, whatever the case of the name', async () => {
    const { status, json, headers } = await logIn(
      anna.username.toUpperCase(),
      '{"expiration": 60, "backend": "ignored"}',
    )
    expect([status, headers.get('wazo-sessions-revoked')]).toEqual([200, '0'])
    const { data } = json as TokenAnswer
    expect(data).toMatchObject({
      auth_id: anna.uuid,
      xivo_user_uuid: anna.uuid,
      xivo_uuid: installation.lamplighter.originUuid,
      metadata: { uuid: anna.uuid, tenant_uuid: tenant.uuid, purpose: 'user', admin: false, pbx_user_uuid: anna.uuid },
    })
    expect(data.acl).toContain('websocketd')
    expect(data['utc_expires_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/)
    const lifeMs = Date.parse(`${data['utc_expires_at']}Z`) - Date.parse(`${data['utc_issued_at']}Z`)
    expect(Math.round(lifeMs / 1000)).toBe(60)
  })

  it('4.2 [C]: answers an unknown user, a wrong password and no credentials alike', async () => {
    const shape = ({ status, json }: { status: number; json: unknown }) => [
      status,
      (json as { reason: string[] }).reason,
    ]
    const answers = [
      await logIn('nobody'),
      await logIn(anna.username, '{}', 'wrong'),
      await auth('POST', '/token', { body: '{}' }),
      await logIn(anna.username, '{}', ''),
    ]
    expect(answers.map(shape)).toEqual(Array.from({ length: 4 }, () => [401, ['Authentication Failed']]))
  })

  it.each(['', 'x', '{'])('4.2 [C]: the body %j cannot be read, 400 E4', async (body) => {
    const { status, json } = await logIn(anna.username, body)
    expect([status, Object.keys(json as object)]).toEqual([400, ['message']])
  })

  it.each([
    { expiration: 0 },
    { expiration: 'soon' },
    { expiration: null },
    { expiration: true },
    { expiration: 315_360_001 },
    { access_type: 'sometimes' },
    { access_type: 'offline' },
    { access_type: 'offline', client_id: '' },
    { client_id: 'x'.repeat(1025) },
    { client_id: 'a\u0000b' },
    { client_id: 7 },
    { refresh_token: 'x' },
    { refresh_token: 'x', client_id: 'c', access_type: 'offline' },
    { refresh_token: 'x', client_id: 'c', saml_session_id: 's' },
    { saml_session_id: '' },
    { saml_session_id: 'x'.repeat(1025) },
    { domain_name: 'a.example', tenant_id: 'a' },
  ])('4.2 [C]: the field or combination %j is 400 E3', async (body) => {
    const { status, json } = await logIn(anna.username, JSON.stringify(body))
    expect(status).toBe(400)
    expect(json).toEqual({ reason: [expect.any(String)], timestamp: [expect.any(Number)], status_code: 400 })
  })

  it.each([
    'null',
    '{"expiration": 315360000}',
    '{"expiration": "60"}',
    '{"backend": 7, "nonsense": [1], "access_type": "online"}',
    '{"domain_name": "acme.example"}',
    '{"tenant_id": "acme"}',
    '{"client_id": "only"}',
  ])('4.2 [C]: the body %s logs in', async (body) => {
    expect((await logIn(anna.username, body)).status).toBe(200)
  })

  it('4.2 [C]: a token lives two hours when the login does not say', async () => {
    const { data } = (await logIn(anna.username)).json as TokenAnswer
    const lifeMs = Date.parse(`${data['utc_expires_at']}Z`) - Date.parse(`${data['utc_issued_at']}Z`)
    expect(Math.round(lifeMs / 1000)).toBe(7200)
  })

  it('4.2 [C]: Basic is UTF-8, else Latin-1, cut at the first colon; a NUL is nobody', async () => {
    const person = await installation.account(tenant.uuid)
    const password = 'pä:ss:wörd'
    await auth('PUT', '/users/me/password', {
      token: person.api.token,
      body: JSON.stringify({ old_password: 'a password', new_password: password }),
    })
    for (const encoding of ['utf8', 'latin1'] as const) {
      const credentials = Buffer.from(`${person.username}:${password}`, encoding).toString('base64')
      const headers = { authorization: `basic ${credentials}` }
      expect((await auth('POST', '/token', { headers, body: '{}' })).status, encoding).toBe(200)
    }
    expect((await logIn('a\u0000b')).status).toBe(401)
  })

  it('4.2 [C]: the login may be the e-mail address; the account that had it first keeps it', async () => {
    const address = `${randomUUID()}@acme.example`
    const create = async (admin: Tenant) => {
      const body = JSON.stringify({ email_address: address.toUpperCase(), password: 'a password' })
      const { json } = await auth('POST', '/users', { token: admin.admin.token, body })
      return (json as { uuid: string }).uuid
    }
    const first = await create(tenant)
    await create(parent)
    const { data } = (await logIn(address)).json as TokenAnswer
    expect(data.metadata['uuid']).toBe(first)
  })

  it('1.2 [B]: Authorization: Bearer works like X-Auth-Token; X-User-UUID is ignored', async () => {
    const list = (headers: Record<string, string>) => auth('GET', '/users/me/sessions', { headers })
    expect((await list({ authorization: `Bearer ${anna.api.token}` })).status).toBe(200)
    expect((await list({ authorization: `bearer ${anna.api.token}`, 'x-user-uuid': randomUUID() })).status).toBe(200)
    expect((await list({ authorization: 'Bearer nonsense' })).status).toBe(401)
    expect((await list({ authorization: 'Bearer nonsense', 'x-auth-token': anna.api.token })).status).toBe(200)
  })

  it('F-37 [B]: no 401 shows the token', async () => {
    const forged = `${anna.api.token}x`
    for (const path of ['/api/auth/0.1/sessions', '/api/confd/1.1/voicemails', '/api/calld/1.0/users/me/voicemails']) {
      for (const headers of [{ 'x-auth-token': forged }, { authorization: `Bearer ${forged}` }]) {
        const { status, text } = await request(installation.url + path, { headers })
        expect(status).toBe(401)
        expect(text).not.toContain(forged)
      }
    }
  })

  it('1.9 [C]: the resource endpoints tell failures in E2, the token endpoints in E3', async () => {
    const keys = async (method: string, path: string, token?: string, headers = {}) => {
      const { status, json } = await auth(method, path, { token, headers })
      return [status, Object.keys(json as object).sort()]
    }
    const e2 = ['details', 'error_id', 'message', 'timestamp']
    expect(await keys('GET', '/sessions')).toEqual([401, e2])
    expect(await keys('GET', '/sessions', anna.api.token)).toEqual([401, e2])
    expect(await keys('GET', '/tokens', anna.api.token, { 'wazo-tenant': parent.uuid })).toEqual([401, e2])
    expect(await keys('GET', '/token/x')).toEqual([404, ['reason', 'status_code', 'timestamp']])
    expect(await keys('GET', `/token/${anna.api.token}?scope=x`)).toEqual([403, ['reason', 'status_code', 'timestamp']])
    expect(await keys('PUT', '/sessions')).toEqual([405, ['message']])
    expect(await keys('GET', '/nothing')).toEqual([404, ['message']])
  })

  it('1.5 [C]: a tenant that is not covered is 401 unauthorized-tenant with the header value', async () => {
    for (const tenantHeader of [parent.uuid, randomUUID(), 'nonsense']) {
      const headers = { 'wazo-tenant': tenantHeader }
      const { status, json } = await auth('GET', '/tenants', { token: tenant.admin.token, headers })
      expect(status).toBe(401)
      expect(json).toMatchObject({ error_id: 'unauthorized-tenant', details: { tenant_uuid: tenantHeader } })
    }
  })

  it('4.3 [C]: checks a token: its validity, then an access, then a tenant', async () => {
    const { token } = anna.api
    const check = async (query: string, method = 'HEAD') => (await auth(method, `/token/${token}${query}`)).status
    expect(await check('')).toBe(204)
    expect(await check('', 'GET')).toBe(200)
    expect(await check('?scope=calld.users.me.voicemails.read')).toBe(204)
    expect(await check(`?scope=calld.users.me.voicemails.read&tenant=${tenant.uuid}`)).toBe(204)
    expect(await check('?scope=confd.voicemails.read')).toBe(403)
    expect(await check(`?tenant=${parent.uuid}`)).toBe(403)
    expect(await check('?tenant=nonsense')).toBe(403)
    expect((await auth('HEAD', `/token/${parent.admin.token}?tenant=${tenant.uuid}`)).status).toBe(204)
  })

  it('4.3 [C]: says "No such token" for one it does not know, in the very words clients compare', async () => {
    for (const token of ['x', randomUUID(), `${anna.api.token}x`]) {
      const { status, json } = await auth('GET', `/token/${token}`)
      expect([status, json]).toEqual([
        404,
        { reason: ['No such token'], status_code: 404, timestamp: [expect.any(Number)] },
      ])
    }
  })

  it('4.3 [C]: checks many accesses at once; a body that does not fit is 400 [B]', async () => {
    const path = `/token/${anna.api.token}/scopes/check`
    const { json } = await auth('POST', path, { body: '{"scopes": ["websocketd", "confd.x"]}' })
    expect(json).toEqual({ scopes: { websocketd: true, 'confd.x': false } })
    for (const body of ['{}', '{"scopes": "x"}', '{"scopes": [1]}'])
      expect((await auth('POST', path, { body })).status).toBe(400)
  })

  it('4.1 4 [C]: ends a token at once, for every API; ending an unknown one is no fault', async () => {
    const person = await installation.account(tenant.uuid)
    const { token } = person.api
    const list = () => request(`${installation.url}/api/calld/1.0/users/me/voicemails/messages`, { token })
    expect((await list()).status).toBe(200)
    expect((await auth('DELETE', `/token/${token}`)).json).toEqual({ data: { message: 'success' } })
    expect((await list()).status).toBe(401)
    expect((await auth('DELETE', `/token/${token}`)).status).toBe(200)
    expect((await auth('DELETE', '/token/x')).status).toBe(200)
  })

  it('4.5 [C]: lets a token run out', async () => {
    const { data } = (await logIn(anna.username, '{"expiration": 1}')).json as TokenAnswer
    await expect.poll(async () => (await auth('HEAD', `/token/${data.token}`)).status, { timeout: 5000 }).toBe(404)
  })

  it('gives rights as they are now: a changed policy counts without a new login', async () => {
    const slug = `p${randomUUID().slice(0, 8)}`
    const { provisioning } = installation.lamplighter
    await provisioning.savePolicy(tenant.uuid, slug, slug, ['first'])
    const person = await installation.account(tenant.uuid, [slug])
    await provisioning.savePolicy(tenant.uuid, slug, slug, ['second'])
    const may = async (scope: string) => (await auth('HEAD', `/token/${person.api.token}?scope=${scope}`)).status
    await expect.poll(() => may('second'), { timeout: 8000 }).toBe(204)
    expect(await may('first')).toBe(403)
  })

  it('4.2 [C]: stops at a hundred sessions', async () => {
    const person = await installation.account(tenant.uuid)
    const statuses: number[] = []
    for (let count = 0; count < 100; count++) statuses.push((await logIn(person.username)).status)
    expect(statuses.slice(0, 99).every((status) => status === 200)).toBe(true)
    expect(statuses.at(-1)).toBe(429)
  })
})
