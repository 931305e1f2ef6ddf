import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthBench, type AuthList, type LoginInit, type ResourceProblem, type TokenData } from './auth-support.js'
import { type Person, type Tenant, TestInstallation } from './support.js'

type Item = { client_id: string; created_at: string; mobile: boolean; user_uuid: string; tenant_uuid: string }

const MOBILE = { 'wazo-session-type': 'MOBILE' }
const offline = (clientId: string, headers: Record<string, string> = {}): LoginInit => ({
  headers,
  body: { access_type: 'offline', client_id: clientId },
})

describe('refresh tokens (rest.md 4.2, 4.4)', () => {
  let installation: TestInstallation
  let auth: AuthBench
  let parent: Tenant
  let tenant: Tenant
  let person: Person

  beforeAll(async () => {
    installation = await TestInstallation.start()
    auth = await AuthBench.open(installation)
    parent = await installation.tenant()
    tenant = await installation.tenant(parent.uuid)
  })
  afterAll(async () => {
    await auth.close()
    await installation.stop()
  })

  const newPerson = async () => {
    person = await installation.account(tenant.uuid)
    return person.username
  }
  const list = async (path: string, token: string) => {
    const { status, json } = await auth.call('GET', path, { token })
    expect(status).toBe(200)
    return json as AuthList<Item>
  }

  it('4.2 [C]: an offline login returns a refresh token; it gives new access tokens, and no refresh token with them', async () => {
    const { refresh_token } = await auth.token(await newPerson(), offline('laptop'))
    expect(refresh_token).toEqual(expect.any(String))
    const { status, json, headers } = await auth.refresh(refresh_token, 'laptop')
    expect([status, headers.get('wazo-sessions-revoked')]).toEqual([200, '0'])
    const { data } = json as { data: TokenData }
    expect(data).not.toHaveProperty('refresh_token')
    expect(data.metadata['uuid']).toBe(person.uuid)
    expect(await auth.check(data.token)).toBe(204)
    expect((await auth.refresh(refresh_token, 'laptop')).status).toBe(200)
  })

  it('4.2 [C]: an online login returns none', async () => {
    expect(await auth.token(await newPerson(), { body: { client_id: 'laptop' } })).not.toHaveProperty('refresh_token')
  })

  it('4.2 [C]: an unknown refresh token and one of another client are 401 alike', async () => {
    const { refresh_token } = await auth.token(await newPerson(), offline('laptop'))
    for (const answer of [await auth.refresh('nonsense', 'laptop'), await auth.refresh(refresh_token, 'phone')]) {
      expect([answer.status, (answer.json as { reason: string[] }).reason]).toEqual([401, ['Authentication Failed']])
    }
  })

  it('4.2 [C]: when both are sent, the refresh token is used and not Basic', async () => {
    const { refresh_token } = await auth.token(await newPerson(), offline('laptop'))
    const other = await installation.account(tenant.uuid)
    const { json } = await auth.logIn(other.username, { body: { refresh_token, client_id: 'laptop' } })
    expect((json as { data: TokenData }).data.metadata['uuid']).toBe(person.uuid)
    expect((await auth.logIn(other.username, { body: { refresh_token: 'wrong', client_id: 'laptop' } })).status).toBe(
      401,
    )
  })

  it('4.2 [C]: not mobile, the same client gets the same refresh token again', async () => {
    const username = await newPerson()
    const first = await auth.token(username, offline('laptop'))
    const second = await auth.token(username, offline('laptop'))
    expect(second.refresh_token).toBe(first.refresh_token)
    expect((await auth.token(username, offline('tablet'))).refresh_token).not.toBe(first.refresh_token)
    expect(await auth.check(first.token)).toBe(204)
  })

  it('4.2 [C]: a mobile offline login revokes every mobile refresh token with its sessions, and counts them', async () => {
    const username = await newPerson()
    const laptop = await auth.token(username, offline('laptop'))
    const plain = await auth.token(username)
    const phone = await auth.token(username, offline('phone', MOBILE))
    const refreshed = (await auth.refresh(phone.refresh_token, 'phone')).json as { data: TokenData }
    const { json, headers } = await auth.logIn(username, offline('new-phone', MOBILE))
    expect(headers.get('wazo-sessions-revoked')).toBe('2')
    expect((json as { data: TokenData }).data.refresh_token).toEqual(expect.any(String))
    expect((await auth.refresh(phone.refresh_token, 'phone')).status).toBe(401)
    expect(await Promise.all([phone.token, refreshed.data.token].map((one) => auth.check(one)))).toEqual([404, 404])
    expect(await Promise.all([laptop.token, plain.token].map((one) => auth.check(one)))).toEqual([204, 204])
    expect((await auth.refresh(laptop.refresh_token, 'laptop')).status).toBe(200)
  })

  it('4.2 [C]: a mobile login with the same client gets a new refresh token, the old one is revoked', async () => {
    const username = await newPerson()
    const first = await auth.token(username, offline('phone', MOBILE))
    const { json, headers } = await auth.logIn(username, offline('phone', MOBILE))
    expect(headers.get('wazo-sessions-revoked')).toBe('1')
    expect((json as { data: TokenData }).data.refresh_token).not.toBe(first.refresh_token)
    expect((await auth.refresh(first.refresh_token, 'phone')).status).toBe(401)
  })

  it('4.2 [C]: sessions made from a mobile refresh token are mobile', async () => {
    const phone = await auth.token(await newPerson(), offline('phone', MOBILE))
    await auth.refresh(phone.refresh_token, 'phone')
    const { items } = await list('/users/me/sessions', phone.token).then((all) => all as unknown as AuthList<Item>)
    expect(items.filter(({ mobile }) => mobile)).toHaveLength(2)
  })

  it('F-42 [B]: a refresh token runs out unless it is used, and each use puts its end off', async () => {
    const { refresh_token } = await auth.token(await newPerson(), offline('laptop'))
    const daysLeft = async () => {
      const [row] = await auth.sql<{ days: number }>(
        'SELECT extract(epoch FROM expires_at - now())::float / 86400 AS days FROM refresh_token WHERE user_uuid = $1',
        [person.uuid],
      )
      return row?.days ?? 0
    }
    expect(await daysLeft()).toBeCloseTo(180, 1)
    await auth.sql(`UPDATE refresh_token SET expires_at = now() + interval '1 day' WHERE user_uuid = $1`, [person.uuid])
    expect((await auth.refresh(refresh_token, 'laptop')).status).toBe(200)
    expect(await daysLeft()).toBeCloseTo(180, 1)
    await auth.sql(`UPDATE refresh_token SET expires_at = now() WHERE user_uuid = $1`, [person.uuid])
    expect((await auth.refresh(refresh_token, 'laptop')).status).toBe(401)
    expect((await auth.token(person.username, offline('laptop'))).refresh_token).not.toBe(refresh_token)
  })

  it('F-42 [B]: revoking a refresh token ends the sessions made from it, and only those', async () => {
    const username = await newPerson()
    const laptop = await auth.token(username, offline('laptop'))
    const { data } = (await auth.refresh(laptop.refresh_token, 'laptop')).json as { data: TokenData }
    const plain = await auth.token(username)
    expect((await auth.call('DELETE', '/users/me/tokens/laptop', { token: plain.token })).status).toBe(204)
    expect(await Promise.all([laptop.token, data.token].map((one) => auth.check(one)))).toEqual([404, 404])
    expect(await auth.check(plain.token)).toBe(204)
    expect((await auth.refresh(laptop.refresh_token, 'laptop')).status).toBe(401)
  })

  it('keeps only a hash, which gives no access', async () => {
    const { refresh_token = '' } = await auth.token(await newPerson(), offline('laptop'))
    const rows = await auth.sql<Record<string, unknown>>('SELECT * FROM refresh_token WHERE user_uuid = $1', [
      person.uuid,
    ])
    expect(JSON.stringify(rows)).not.toContain(refresh_token)
    expect((await auth.refresh(String(rows[0]?.['token_hash']), 'laptop')).status).toBe(401)
  })

  it('never makes a session from a refresh token that is being revoked: whoever comes second loses', async () => {
    for (let round = 0; round < 10; round++) {
      const username = await newPerson()
      const laptop = await auth.token(username, offline('laptop'))
      const [refreshed] = await Promise.all([
        auth.refresh(laptop.refresh_token, 'laptop'),
        auth.call('DELETE', '/users/me/tokens/laptop', { token: laptop.token }),
      ])
      expect([200, 401]).toContain(refreshed.status)
      const left = await auth.sql('SELECT 1 FROM session WHERE user_uuid = $1 AND refresh_token_uuid IS NOT NULL', [
        person.uuid,
      ])
      expect(left).toEqual([])
    }
  })

  it('keeps at most a hundred clients of a user; the longest unused goes', async () => {
    const username = await newPerson()
    const first = await auth.token(username, offline('client-first'))
    await auth.sql(
      `INSERT INTO refresh_token (uuid, user_uuid, client_id, token_hash, expires_at)
         SELECT gen_random_uuid(), $1, 'c' || n, gen_random_uuid()::text, now() + interval '1 day' FROM generate_series(1, 99) n`,
      [person.uuid],
    )
    await auth.token(username, offline('client-last'))
    expect((await list('/users/me/tokens', person.api.token)).total).toBe(100)
    expect((await auth.refresh(first.refresh_token, 'client-first')).status).toBe(401)
  })

  describe('lists and deletion', () => {
    beforeAll(async () => {
      const username = await newPerson()
      for (const client of ['alpha', 'beta_1', 'gamma']) await auth.token(username, offline(client))
      await auth.token(username, offline('phone', MOBILE))
    })
    const mine = async (query = '') => list(`/users/me/tokens${query}`, person.api.token)

    it('4.4 [C]: an item says client, time, kind and owner, and never the token', async () => {
      const { items, total, filtered } = await mine()
      expect([total, filtered]).toEqual([4, 4])
      expect(items[0]).toEqual({
        client_id: 'alpha',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        mobile: false,
        user_uuid: person.uuid,
        tenant_uuid: tenant.uuid,
        metadata: {},
        expires_at: expect.any(String),
      })
    })

    it('4.4 [C]: orders by created_at by default, client_id or mobile, filters exactly, searches', async () => {
      const ids = async (query: string) => (await mine(query)).items.map(({ client_id }) => client_id)
      expect(await ids('?direction=desc')).toEqual(['phone', 'gamma', 'beta_1', 'alpha'])
      expect(await ids('?order=client_id&direction=desc&limit=2&offset=1')).toEqual(['gamma', 'beta_1'])
      expect((await ids('?order=mobile&direction=desc'))[0]).toBe('phone')
      expect(await ids('?client_id=gamma')).toEqual(['gamma'])
      expect(await ids('?mobile=True')).toEqual(['phone'])
      expect(await ids('?search=A_1')).toEqual(['beta_1'])
      expect(await ids('?search=%25')).toEqual([])
      const [first] = (await mine()).items
      expect(await ids(`?created_at=${encodeURIComponent(first?.created_at ?? '')}&client_id=alpha`)).toEqual(['alpha'])
    })

    it('1.7 [C]: filtered counts what matches, total all; limit 0 gives no rows; unknown parameters are ignored', async () => {
      expect(await mine('?search=a&limit=0&nonsense=1')).toEqual({ total: 4, filtered: 3, items: [] })
      expect(await mine('?offset=100')).toEqual({ total: 4, filtered: 4, items: [] })
    })

    it.each([
      'limit=-1',
      'limit=x',
      'offset=-1',
      'order=token_hash',
      'direction=up',
      'mobile=maybe',
      'created_at=soon',
    ])('4.4 [C]: the bad list parameter %s is 400 invalid-list-param', async (query) => {
      const { status, json } = await auth.call('GET', `/users/me/tokens?${query}`, { token: person.api.token })
      expect([status, (json as ResourceProblem).error_id]).toEqual([400, 'invalid-list-param'])
    })

    it('4.4 [C]: by UUID a list covers the subtree; the tenant list needs recurse for it', async () => {
      expect((await list(`/users/${person.uuid}/tokens`, parent.admin.token)).total).toBe(4)
      expect((await list('/tokens', parent.admin.token)).total).toBe(0)
      expect((await list('/tokens?recurse=true&client_id=gamma', parent.admin.token)).filtered).toBe(1)
      expect((await list('/tokens?client_id=gamma', tenant.admin.token)).filtered).toBe(1)
    })

    it('4.4 [C]: an unknown or invisible user is 404 unknown-user, resource users', async () => {
      const stranger = await installation.tenant()
      for (const path of ['tokens', 'sessions']) {
        const { status, json } = await auth.call('GET', `/users/${person.uuid}/${path}`, {
          token: stranger.admin.token,
        })
        expect([status, json]).toEqual([404, expect.objectContaining({ error_id: 'unknown-user', resource: 'users' })])
      }
    })

    it('4.4 [C]: deleting works by UUID too; an unknown client is 404 with its code', async () => {
      const remove = (client: string) =>
        auth.call('DELETE', `/users/${person.uuid}/tokens/${client}`, { token: tenant.admin.token })
      expect((await remove('gamma')).status).toBe(204)
      for (const client of ['gamma', 'never', 'A%2Falpha']) {
        const { status, json } = await remove(client)
        expect(status).toBe(404)
        expect((json as ResourceProblem).error_id).toBe('cannot-find-refresh-token-matching-client-id')
      }
    })
  })
})
