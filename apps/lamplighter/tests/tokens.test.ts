import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Person, request, type Tenant, TestInstallation } from './support.js'

type TokenAnswer = {
  data: Record<string, unknown> & { token: string; metadata: Record<string, unknown>; acl: string[] }
}

describe('authd', () => {
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

  it('logs in with what a client needs, whatever the case of the name', async () => {
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

  it('answers an unknown user, a wrong password and no credentials alike', async () => {
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

  it.each(['', 'x', '[]', '{"expiration": 0}', '{"expiration": "soon"}', '{"expiration": 315360001}'])(
    'refuses the body %j with 400',
    async (body) => {
      expect((await logIn(anna.username, body)).status).toBe(400)
    },
  )

  it('checks a token: its validity, then an access, then a tenant', async () => {
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

  it('says "No such token" for one it does not know, in the very words clients compare', async () => {
    for (const token of ['x', randomUUID(), `${anna.api.token}x`]) {
      const { status, json } = await auth('GET', `/token/${token}`)
      expect([status, json]).toEqual([
        404,
        { reason: ['No such token'], status_code: 404, timestamp: [expect.any(Number)] },
      ])
    }
  })

  it('checks many accesses at once', async () => {
    const path = `/token/${anna.api.token}/scopes/check`
    const { json } = await auth('POST', path, { body: '{"scopes": ["websocketd", "confd.x"]}' })
    expect(json).toEqual({ scopes: { websocketd: true, 'confd.x': false } })
    for (const body of ['{}', '{"scopes": "x"}', '{"scopes": [1]}'])
      expect((await auth('POST', path, { body })).status).toBe(400)
  })

  it('ends a token at once, for every API; ending an unknown one is no fault', async () => {
    const person = await installation.account(tenant.uuid)
    const { token } = person.api
    const list = () => request(`${installation.url}/api/calld/1.0/users/me/voicemails/messages`, { token })
    expect((await list()).status).toBe(200)
    expect((await auth('DELETE', `/token/${token}`)).json).toEqual({ data: { message: 'success' } })
    expect((await list()).status).toBe(401)
    expect((await auth('DELETE', `/token/${token}`)).status).toBe(200)
    expect((await auth('DELETE', '/token/x')).status).toBe(200)
  })

  it('lets a token run out', async () => {
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

  it('stops at a hundred sessions', async () => {
    const person = await installation.account(tenant.uuid)
    const statuses: number[] = []
    for (let count = 0; count < 100; count++) statuses.push((await logIn(person.username)).status)
    expect(statuses.slice(0, 99).every((status) => status === 200)).toBe(true)
    expect(statuses.at(-1)).toBe(429)
  })
})
