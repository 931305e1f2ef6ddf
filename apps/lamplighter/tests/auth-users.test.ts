import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthBench, type AuthList, type ResourceProblem } from './auth-support.js'
import { type Tenant, TestInstallation } from './support.js'

type Item = Record<string, unknown> & { uuid: string; username: string | null }

describe('accounts', () => {
  let installation: TestInstallation
  let auth: AuthBench
  let parent: Tenant
  let tenant: Tenant
  let stranger: Tenant

  beforeAll(async () => {
    installation = await TestInstallation.start()
    auth = await AuthBench.open(installation)
    parent = await installation.tenant()
    tenant = await installation.tenant(parent.uuid)
    stranger = await installation.tenant()
  })
  afterAll(async () => {
    await auth.close()
    await installation.stop()
  })

  const create = async (body: Record<string, unknown>, token = tenant.admin.token) => {
    const { status, json, text } = await auth.call('POST', '/users', { token, json: body })
    expect(status, text).toBe(200)
    return json as Item
  }
  const newUser = () =>
    create({ username: `u${randomUUID()}`, password: 'a password' }) as Promise<Item & { username: string }>
  const change = (uuid: string, json: unknown, token = tenant.admin.token) =>
    auth.call('PUT', `/users/${uuid}`, { token, json })
  const errorOf = ({ status, json }: { status: number; json: unknown }) => [
    status,
    (json as ResourceProblem | undefined)?.error_id,
  ]

  it('show everything but the password, which logs in', async () => {
    const given = {
      uuid: randomUUID(),
      username: `Anna-${randomUUID()}`,
      password: 'correct horse',
      firstname: 'Anna',
      lastname: 'Keller',
      email_address: `anna-${randomUUID()}@acme.example`,
    }
    const user = await create(given)
    expect(user).toEqual({
      uuid: given.uuid,
      tenant_uuid: tenant.uuid,
      username: given.username.toLowerCase(),
      firstname: 'Anna',
      lastname: 'Keller',
      purpose: 'user',
      enabled: true,
      emails: [{ address: given.email_address, main: true, confirmed: true }],
    })
    const { acl, metadata } = await auth.token(given.username, { password: given.password })
    expect(metadata['uuid']).toBe(user.uuid)
    expect(acl).toContain('websocketd')
    const { json } = await auth.call('GET', `/users/${user.uuid}`, { token: tenant.admin.token })
    expect(json).toEqual(user)
  })

  it.each([
    {},
    { username: null },
    { username: '' },
    { username: 'a\nb' },
    { username: 'x'.repeat(255) },
    { username: 'x', password: 'abc' },
    { username: 'x', password: 'x'.repeat(257) },
    { username: 'x', email_address: 'nobody' },
    { username: 'x', purpose: 'robot' },
    { username: 'x', enabled: 'yes' },
    { username: 'x', uuid: 'x' },
    { username: 'x', firstname: 7 },
  ])('are not created from %j, 400 E2', async (json) => {
    expect(errorOf(await auth.call('POST', '/users', { token: tenant.admin.token, json }))).toEqual([
      400,
      'invalid-data',
    ])
  })

  it('1.9 [C]: a username or UUID that is taken, in whatever tenant, is 409 E2', async () => {
    const { uuid, username } = await newUser()
    const other = await create({ username: randomUUID() }, stranger.admin.token)
    for (const json of [{ username: username?.toUpperCase() }, { username: randomUUID(), uuid }]) {
      const answer = await auth.call('POST', '/users', { token: stranger.admin.token, json })
      expect(errorOf(answer)).toEqual([409, 'conflict'])
      expect(answer.json).toMatchObject({ resource: 'users' })
    }
    expect(errorOf(await change(other.uuid, { username }, stranger.admin.token))).toEqual([409, 'conflict'])
  })

  it('1.7 [C]: are listed, ordered, filtered and searched', async () => {
    const mark = randomUUID().slice(0, 8)
    for (const firstname of ['Bruno', 'Anna', 'Carla']) await create({ username: `${firstname}-${mark}`, firstname })
    const list = async (query: string, token = tenant.admin.token) => {
      const { status, json } = await auth.call('GET', `/users?${query}`, { token })
      expect(status).toBe(200)
      return json as AuthList<Item>
    }
    const found = await list(`search=${mark.toUpperCase()}&order=firstname&direction=desc`)
    expect(found.items.map(({ firstname }) => firstname)).toEqual(['Carla', 'Bruno', 'Anna'])
    expect([found.filtered, found.total > 3]).toEqual([3, true])
    expect((await list(`username=anna-${mark}`)).filtered).toBe(1)
    expect((await list('purpose=internal')).filtered).toBe(0)
    expect((await list(`search=${mark}`, parent.admin.token)).filtered).toBe(0)
    expect((await list(`search=${mark}&recurse=true`, parent.admin.token)).filtered).toBe(3)
    for (const query of ['order=password_hash', 'uuid=x', 'purpose=x', 'limit=-1']) {
      const answer = await auth.call('GET', `/users?${query}`, { token: tenant.admin.token })
      expect(errorOf(answer), query).toEqual([400, 'invalid-list-param'])
    }
  })

  it('keep what a change does not name; null clears', async () => {
    const user = await create({ username: randomUUID(), firstname: 'A', lastname: 'B', email_address: 'a@b.example' })
    expect((await change(user.uuid, { lastname: 'C' })).json).toEqual({ ...user, lastname: 'C' })
    expect((await change(user.uuid, { email_address: null, firstname: null })).json).toMatchObject({
      emails: [],
      firstname: null,
      username: user.username,
    })
    expect(errorOf(await change(user.uuid, { username: null }))).toEqual([400, 'invalid-data'])
  })

  it('that are disabled cannot log in, by password or refresh token, and their sessions end at once', async () => {
    const { uuid, username } = await newUser()
    const { token, refresh_token, session_uuid } = await auth.token(username, {
      body: { access_type: 'offline', client_id: 'c' },
    })
    expect((await change(uuid, { enabled: false })).status).toBe(200)
    expect(await auth.check(token)).toBe(404)
    expect((await auth.logIn(username)).status).toBe(401)
    expect((await auth.refresh(refresh_token, 'c')).status).toBe(401)
    expect(await auth.storyOf(session_uuid)).toEqual(['auth_session_created', 'auth_session_deleted'])
    await change(uuid, { enabled: true })
    expect((await auth.logIn(username)).status).toBe(200)
    expect(await auth.check(token)).toBe(404)
  })

  it('never leave a session to a login that races with being disabled', async () => {
    for (let round = 0; round < 10; round++) {
      const { uuid, username } = await newUser()
      await Promise.all([auth.logIn(username), change(uuid, { enabled: false })])
      expect(await auth.sql('SELECT 1 FROM session WHERE user_uuid = $1', [uuid])).toEqual([])
    }
  })

  it('are deleted with their sessions; with a mailbox they are not, 409 E2', async () => {
    const { uuid, username } = await newUser()
    const { token, session_uuid } = await auth.token(username)
    const remove = () => auth.call('DELETE', `/users/${uuid}`, { token: tenant.admin.token })
    const path = `/api/confd/1.1/users/${uuid}/voicemails`
    await tenant.admin.call('POST', path, { name: 'x', number: installation.nextNumber(), context: tenant.context })
    expect(errorOf(await remove())).toEqual([409, 'user-in-use'])
    expect(await auth.check(token)).toBe(204)
    await tenant.admin.call('DELETE', path)
    expect((await remove()).status).toBe(204)
    expect(await auth.check(token)).toBe(404)
    expect(await auth.storyOf(session_uuid)).toContain('auth_session_deleted')
    expect(errorOf(await remove())).toEqual([404, 'unknown-user'])
  })

  it('of another tenant are 404', async () => {
    const { uuid } = await newUser()
    const { token } = stranger.admin
    const calls: [string, string, unknown?][] = [
      ['GET', ''],
      ['PUT', '', { firstname: 'x' }],
      ['DELETE', ''],
      ['PUT', '/password', { new_password: 'mine now' }],
      ['GET', '/policies'],
    ]
    for (const [method, path, json] of calls) {
      const answer = await auth.call(method, `/users/${uuid}${path}`, { token, ...(json ? { json } : {}) })
      expect(errorOf(answer), method + path).toEqual([404, 'unknown-user'])
    }
  })

  describe('and their passwords', () => {
    const changeMine = (token: string, old_password: string, new_password: string) =>
      auth.call('PUT', '/users/me/password', { token, json: { old_password, new_password } })

    it('are changed by whoever knows the old one, 401 otherwise; the other sessions end', async () => {
      const { username } = await newUser()
      const [here, there] = [await auth.token(username), await auth.token(username)]
      expect(errorOf(await changeMine(here.token, 'wrong', 'a new one'))).toEqual([401, 'authentication-failed'])
      expect((await changeMine(here.token, 'a password', 'a new one')).status).toBe(204)
      expect([await auth.check(here.token), await auth.check(there.token)]).toEqual([204, 404])
      expect((await auth.logIn(username)).status).toBe(401)
      expect((await auth.logIn(username, { password: 'a new one' })).status).toBe(200)
    })

    it('S1 [B]: cannot be guessed with a stolen token either', async () => {
      const { username } = await newUser()
      const { token } = await auth.token(username)
      for (let count = 0; count < 10; count++) await changeMine(token, `guess ${count}`, 'a new one')
      expect(errorOf(await changeMine(token, 'a password', 'a new one'))).toEqual([429, 'too-many-attempts'])
    })

    it('are set by an administrator, and everything the user had is logged out', async () => {
      const { uuid, username } = await newUser()
      const { token, refresh_token } = await auth.token(username, { body: { access_type: 'offline', client_id: 'c' } })
      const set = (json: unknown) => auth.call('PUT', `/users/${uuid}/password`, { token: tenant.admin.token, json })
      expect(errorOf(await set({ old_password: 'wrong', new_password: 'a new one' }))).toEqual([
        401,
        'authentication-failed',
      ])
      expect((await set({ new_password: 'a new one' })).status).toBe(204)
      expect(await auth.check(token)).toBe(404)
      expect((await auth.refresh(refresh_token, 'c')).status).toBe(401)
      expect((await auth.logIn(username, { password: 'a new one' })).status).toBe(200)
    })

    it('of somebody who may do more cannot be set: it would be a way to become them', async () => {
      const helper = await installation.accountWith(tenant.uuid, ['auth.users.#'])
      const boss = await installation.account(tenant.uuid, ['wazo_default_admin_policy'])
      const { uuid: weak } = await installation.accountWith(tenant.uuid, ['auth.users.*.read'])
      const set = (uuid: string) =>
        auth.call('PUT', `/users/${uuid}/password`, { token: helper.api.token, json: { new_password: 'a new one' } })
      expect(errorOf(await set(boss.uuid))).toEqual([403, 'access-not-delegable'])
      expect(errorOf(await change(boss.uuid, { email_address: 'h@x.example' }, helper.api.token))).toEqual([
        403,
        'access-not-delegable',
      ])
      expect((await set(weak)).status).toBe(204)
    })
  })
})
