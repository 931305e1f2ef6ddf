import { randomUUID } from 'node:crypto'
import { API_BASE, AUTH_ROUTES, type RouteContract } from '@lamplighter/contracts'
import { waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthBench, type AuthList, type TokenData } from './auth-support.js'
import { type Person, request, type Tenant, TestInstallation } from './support.js'

const GUARDED = AUTH_ROUTES.filter(({ acl }) => acl !== null)
const named = (routes: readonly RouteContract[]) =>
  routes.map((route) => [`${route.method} ${route.path}`, route] as const)
/** `me` is nobody else's. Ending a session nobody has is no fault, so it is 204 and shown below to have ended none. */
const OWNED = GUARDED.filter(
  ({ path }) => path.includes('{') && !path.includes('/me/') && path !== '/sessions/{session_uuid}',
)

/** Bodies that an owner could send, so that only the tenant can be what stops a stranger. */
const BODIES: Readonly<Record<string, unknown>> = {
  '/tenants': { name: 'x' },
  '/tenants/{tenant_uuid}': { name: 'x' },
  '/users': { username: `u${randomUUID()}` },
  '/users/{user_uuid}': { firstname: 'x' },
  '/users/{user_uuid}/password': { new_password: 'a new password' },
  '/users/me/password': { old_password: 'a password', new_password: 'a password' },
  '/policies': { name: 'x' },
  '/policies/{policy_uuid}': { name: 'x' },
}

describe('what another tenant owns in auth', () => {
  let installation: TestInstallation
  let auth: AuthBench
  let parent: Tenant
  let mine: Tenant
  let child: Tenant
  let sibling: Tenant
  let owner: Person
  let session: TokenData
  let ids: Record<string, string>
  /** None at all, no token, one without any access, one that ran out and one that was revoked. */
  let refused: string[]

  beforeAll(async () => {
    installation = await TestInstallation.start()
    auth = await AuthBench.open(installation)
    parent = await installation.tenant()
    mine = await installation.tenant(parent.uuid)
    child = await installation.tenant(mine.uuid)
    sibling = await installation.tenant(parent.uuid)
    owner = await installation.account(mine.uuid)
    session = await auth.token(owner.username, { body: { access_type: 'offline', client_id: 'client' } })
    const { json } = await auth.call('POST', '/policies', { token: mine.admin.token, json: { name: 'mine' } })
    refused = ['', 'nonsense', (await installation.accountWith(mine.uuid, ['nothing'])).api.token]
    const { username } = await installation.account(mine.uuid, ['wazo_default_admin_policy'])
    const [expired, revoked] = [await auth.token(username, { body: { expiration: 1 } }), await auth.token(username)]
    await auth.call('DELETE', `/token/${revoked.token}`)
    await waitFor(async () => (await auth.check(expired.token)) === 404, { what: 'the end of a token' })
    refused.push(expired.token, revoked.token)
    ids = {
      tenant_uuid: mine.uuid,
      user_uuid: owner.uuid,
      session_uuid: session.session_uuid,
      policy_uuid: (json as { uuid: string }).uuid,
      client_id: 'client',
    }
  })
  afterAll(async () => {
    await auth.close()
    await installation.stop()
  })

  const fill = (path: string) => path.replace(/\{(\w+)\}/g, (_place, name: string) => ids[name] ?? '')
  const call = (route: RouteContract, token: string, headers: Record<string, string> = {}) => {
    const body = route.bodyKind === 'json' ? { body: JSON.stringify(BODIES[route.path] ?? {}) } : {}
    return request(installation.url + API_BASE.auth + fill(route.path), {
      method: route.method,
      token,
      headers,
      ...body,
    })
  }

  it('is covered by this test: every id is known and every body fits', () => {
    expect(OWNED.length).toBeGreaterThan(12)
    for (const { path, bodyKind } of GUARDED) {
      expect(fill(path)).not.toMatch(/\{|\/\/|\/$/)
      if (bodyKind === 'json') expect(BODIES).toHaveProperty([path])
    }
  })

  it.each(named(OWNED))('is 404 for a sibling tenant and for one below: %s', async (_name, route) => {
    for (const tenant of [sibling, child]) {
      const { status, text } = await call(route, tenant.admin.token)
      expect(status, text).toBe(404)
    }
  })

  it.each(named(OWNED))('cannot be had by naming the tenant in the header: %s', async (_name, route) => {
    const { status, json } = await call(route, sibling.admin.token, { 'wazo-tenant': mine.uuid })
    expect([status, (json as { error_id: string }).error_id]).toEqual([401, 'unauthorized-tenant'])
  })

  it.each(named(GUARDED))(
    '1.4 [C]: nothing is answered without a live token that holds the access: %s',
    async (_name, route) => {
      for (const token of refused) {
        expect((await call(route, token)).status).toBe(401)
      }
    },
  )

  it('does not show in any list of a stranger', async () => {
    for (const { path, method } of GUARDED.filter((route) => !route.path.includes('{') && route.method === 'GET')) {
      const { status, json, text } = await auth.call(method, `${path}?recurse=true`, { token: sibling.admin.token })
      expect(status, path).toBe(200)
      expect((json as AuthList<unknown>).total, path).toBeGreaterThanOrEqual(0)
      for (const id of [ids['user_uuid'], ids['session_uuid'], ids['policy_uuid']]) expect(text, path).not.toContain(id)
      if (path === '/tenants') expect(text).not.toContain(mine.uuid)
    }
  })

  it('is still there after all these attempts, and within reach of the parent', async () => {
    const { status } = await auth.call('DELETE', `/sessions/${session.session_uuid}`, { token: sibling.admin.token })
    expect([status, await auth.check(session.token)]).toEqual([204, 204])
    const { token } = parent.admin
    for (const path of [`/tenants/${mine.uuid}`, `/users/${owner.uuid}`, `/policies/${ids['policy_uuid']}`]) {
      expect((await auth.call('GET', path, { token })).status, path).toBe(200)
    }
    expect((await auth.refresh(session.refresh_token, 'client')).status).toBe(200)
    expect((await auth.call('DELETE', `/sessions/${session.session_uuid}`, { token })).status).toBe(204)
    expect(await auth.check(session.token)).toBe(404)
  })
})
