import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthBench, type AuthList, type ResourceProblem } from './auth-support.js'
import { type Person, type Tenant, TestInstallation } from './support.js'

type Item = { uuid: string; user_uuid: string; tenant_uuid: string; mobile: boolean }

describe('sessions (rest.md 4.1, 4.4)', () => {
  let installation: TestInstallation
  let auth: AuthBench
  let parent: Tenant
  let tenant: Tenant
  let stranger: Tenant
  let person: Person

  beforeAll(async () => {
    installation = await TestInstallation.start()
    auth = await AuthBench.open(installation)
    parent = await installation.tenant()
    tenant = await installation.tenant(parent.uuid)
    stranger = await installation.tenant()
    person = await installation.account(tenant.uuid)
  })
  afterAll(async () => {
    await auth.close()
    await installation.stop()
  })

  const list = async (path: string, token: string) => {
    const { status, json } = await auth.call('GET', path, { token })
    expect(status).toBe(200)
    return json as AuthList<Item>
  }

  it('4.4 [C]: an item says session, user, tenant and kind, and never the token', async () => {
    const { session_uuid, token } = await auth.token(person.username, { headers: { 'wazo-session-type': 'mobile' } })
    const { items } = await list('/users/me/sessions', token)
    expect(items).toContainEqual({ uuid: session_uuid, user_uuid: person.uuid, tenant_uuid: tenant.uuid, mobile: true })
    const ordered = await list('/users/me/sessions?order=mobile&direction=desc&limit=1', token)
    expect([ordered.items[0]?.uuid, ordered.total]).toEqual([session_uuid, 2])
  })

  it.each(['limit=-1', 'order=uuid', 'offset=x', 'direction=up'])(
    '4.4 [C]: the bad list parameter %s is 400 invalid-list-param',
    async (query) => {
      const { status, json } = await auth.call('GET', `/sessions?${query}`, { token: tenant.admin.token })
      expect([status, (json as ResourceProblem).error_id]).toEqual([400, 'invalid-list-param'])
    },
  )

  it('4.4 [C]: the tenant list shows the tenant, with recurse those below; by user the whole subtree', async () => {
    const usersOf = async (path: string, token: string) => (await list(path, token)).items.map((one) => one.user_uuid)
    expect(await usersOf('/sessions', tenant.admin.token)).toContain(person.uuid)
    expect(await usersOf('/sessions', parent.admin.token)).not.toContain(person.uuid)
    expect(await usersOf('/sessions?recurse=True', parent.admin.token)).toContain(person.uuid)
    expect(await usersOf(`/users/${person.uuid}/sessions`, parent.admin.token)).toContain(person.uuid)
    expect(await usersOf('/sessions?recurse=true', stranger.admin.token)).not.toContain(person.uuid)
  })

  it('F-42 [B]: sessions that ran out are not listed and do not count towards the limit, purged or not', async () => {
    const busy = await installation.account(tenant.uuid)
    await auth.sql(
      `INSERT INTO session (uuid, user_uuid, expires_at)
         SELECT gen_random_uuid(), $1, now() - interval '1 second' FROM generate_series(1, 200)`,
      [busy.uuid],
    )
    expect((await auth.logIn(busy.username)).status).toBe(200)
    expect((await list('/users/me/sessions', busy.api.token)).total).toBe(2)
  })

  it('4.1 10 [C]: DELETE /sessions/{uuid} ends a session at once; unknown is 204 too', async () => {
    const { token, session_uuid } = await auth.token(person.username)
    const remove = (admin: Tenant) => auth.call('DELETE', `/sessions/${session_uuid}`, { token: admin.admin.token })
    expect((await remove(stranger)).status).toBe(204)
    expect(await auth.check(token)).toBe(204)
    expect((await remove(parent)).status).toBe(204)
    expect(await auth.check(token)).toBe(404)
    expect((await remove(parent)).status).toBe(204)
  })

  it('4.1 12 [C]: a session is ended by its user only under the right user; unknown is 204 too', async () => {
    const { token, session_uuid } = await auth.token(person.username)
    const other = await installation.account(tenant.uuid)
    const remove = (user: string) =>
      auth.call('DELETE', `/users/${user}/sessions/${session_uuid}`, { token: tenant.admin.token })
    expect((await remove(other.uuid)).status).toBe(204)
    expect((await auth.call('DELETE', `/users/me/sessions/${session_uuid}`, { token: other.api.token })).status).toBe(
      204,
    )
    expect(await auth.check(token)).toBe(204)
    expect((await auth.call('DELETE', `/users/me/sessions/${session_uuid}`, { token: person.api.token })).status).toBe(
      204,
    )
    expect(await auth.check(token)).toBe(404)
    expect((await remove(person.uuid)).status).toBe(204)
    expect((await remove(randomUUID())).status).toBe(404)
  })

  it.each(['/sessions/7', '/users/anna/sessions', '/users/7/tokens', '/tenants/x'])(
    '4.1 [C]: ids that are no UUIDs make unknown routes, 404 E4: %s',
    async (path) => {
      const { status, json } = await auth.call(path === '/sessions/7' ? 'DELETE' : 'GET', path, {
        token: tenant.admin.token,
      })
      expect([status, Object.keys(json as object)]).toEqual([404, ['message']])
    },
  )

  it('4.2 [C]: too many sessions is 429 E3, for purposes user and external_api, not internal; the limit is configurable', async () => {
    const small = await installation.another({ LAMPLIGHTER_MAX_SESSIONS: '2' })
    const bench = await AuthBench.open(small)
    for (const [purpose, expected] of [
      ['user', 429],
      ['external_api', 429],
      ['internal', 200],
    ] as const) {
      const someone = await installation.account(tenant.uuid)
      await auth.sql('UPDATE "user" SET purpose = $2 WHERE uuid = $1', [someone.uuid, purpose])
      expect((await bench.logIn(someone.username)).status).toBe(200)
      const { status, json } = await bench.logIn(someone.username)
      expect(status, purpose).toBe(expected)
      if (expected === 429) expect(Object.keys(json as object).sort()).toEqual(['reason', 'status_code', 'timestamp'])
    }
    await bench.close()
    await small.lamplighter.stop()
  })

  it('4.2 [C]: nine logins at once do not pass the limit together', async () => {
    const small = await installation.another({ LAMPLIGHTER_MAX_SESSIONS: '5' })
    const bench = await AuthBench.open(small)
    const someone = await installation.account(tenant.uuid)
    const statuses = await Promise.all(
      Array.from({ length: 9 }, async () => (await bench.logIn(someone.username)).status),
    )
    expect(statuses.filter((status) => status === 200)).toHaveLength(4)
    expect(statuses.filter((status) => status === 429)).toHaveLength(5)
    await bench.close()
    await small.lamplighter.stop()
  })

  it('4.1 14 [C]: HEAD /status is 200 without a token, and only HEAD is there', async () => {
    expect((await auth.call('HEAD', '/status')).status).toBe(200)
    expect((await auth.call('GET', '/status')).status).toBe(405)
  })
})

describe('HEAD /status', () => {
  it('4.1 14 [C]: is 503 when the database does not answer', async () => {
    const installation = await TestInstallation.start()
    const status = async () => (await fetch(`${installation.url}/api/auth/0.1/status`, { method: 'HEAD' })).status
    const url = new URL(installation.databaseUrl)
    const name = url.pathname.slice(1)
    url.pathname = '/postgres'
    const admin = new pg.Client({ connectionString: url.href })
    await admin.connect()
    await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`)
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name])
    await expect.poll(status).toBe(503)
    await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`)
    await expect.poll(status).toBe(200)
    await admin.end()
    await installation.stop()
  })
})
