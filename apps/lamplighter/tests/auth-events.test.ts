import { takeTestVhost } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthBench, type TokenData } from './auth-support.js'
import { type Person, request, type Tenant, TestInstallation } from './support.js'

describe('what auth says on the bus (bus.md 2.5)', () => {
  let installation: TestInstallation
  let auth: AuthBench
  let tenant: Tenant
  let person: Person

  beforeAll(async () => {
    installation = await TestInstallation.start()
    auth = await AuthBench.open(installation)
    tenant = await installation.tenant()
    person = await installation.account(tenant.uuid)
  })
  afterAll(async () => {
    await auth.close()
    await installation.stop()
  })

  const about = async (name: string, session: string) =>
    (await auth.events(name)).filter((event) => event['session_uuid'] === session)

  it('auth_session_created [C]: user event with session_uuid in the envelope', async () => {
    const { session_uuid } = await auth.token(person.username, { headers: { 'wazo-session-type': 'mobile' } })
    expect(await about('auth_session_created', session_uuid)).toEqual([
      {
        name: 'auth_session_created',
        tenant_uuid: tenant.uuid,
        [`user_uuid:${person.uuid}`]: true,
        session_uuid,
        required_acl: `events.auth.sessions.${session_uuid}.created`,
        required_access: 'event.auth_session_created',
        origin_uuid: installation.lamplighter.originUuid,
        timestamp: expect.any(String),
        data: { uuid: session_uuid, user_uuid: person.uuid, tenant_uuid: tenant.uuid, mobile: true },
      },
    ])
  })

  it('auth_session_deleted [C]: on logout, once, however often the token is deleted', async () => {
    const { session_uuid, token } = await auth.token(person.username)
    for (let count = 0; count < 3; count++) await auth.call('DELETE', `/token/${token}`)
    const [event, ...more] = await about('auth_session_deleted', session_uuid)
    expect(more).toEqual([])
    expect(event).toMatchObject({
      required_acl: `events.auth.sessions.${session_uuid}.deleted`,
      session_uuid,
      [`user_uuid:${person.uuid}`]: true,
      data: { uuid: session_uuid, user_uuid: person.uuid, tenant_uuid: tenant.uuid },
    })
  })

  it('auth_session_deleted [C]: on removal by an administrator and with the refresh token', async () => {
    const removed = await auth.token(person.username)
    await auth.call('DELETE', `/sessions/${removed.session_uuid}`, { token: tenant.admin.token })
    const offline = await auth.token(person.username, { body: { access_type: 'offline', client_id: 'c' } })
    await auth.call('DELETE', '/users/me/tokens/c', { token: person.api.token })
    for (const { session_uuid } of [removed, offline]) {
      expect(await auth.storyOf(session_uuid)).toEqual(['auth_session_created', 'auth_session_deleted'])
    }
  })

  it('auth_refresh_token_created, _deleted [C]: client, kind and owner; none for a token that stays', async () => {
    const client = 'a.b*c#d'
    const offline = { body: { access_type: 'offline', client_id: client }, headers: { 'wazo-session-type': 'mobile' } }
    await auth.token(person.username, offline)
    await auth.token(person.username, { body: offline.body })
    await auth.call('DELETE', `/users/me/tokens/${encodeURIComponent(client)}`, { token: person.api.token })
    for (const action of ['created', 'deleted']) {
      const events = await auth.events(`auth_refresh_token_${action}`)
      const mine = events.filter(({ data }) => (data as { client_id: string }).client_id === client)
      expect(mine).toHaveLength(1)
      expect(mine[0]).toMatchObject({
        required_acl: `events.auth.users.${person.uuid}.tokens.a__DOT__b__STAR__c__HASH__d.${action}`,
        [`user_uuid:${person.uuid}`]: true,
        data: { client_id: client, mobile: true, user_uuid: person.uuid, tenant_uuid: tenant.uuid },
      })
    }
  })

  it('auth_session_expire_soon [C]: at the login when the token is that short, and once', async () => {
    const { session_uuid } = await auth.token(person.username, { body: { expiration: 30 } })
    expect(await auth.storyOf(session_uuid)).toEqual(['auth_session_created', 'auth_session_expire_soon'])
    expect(await about('auth_session_expire_soon', session_uuid)).toEqual([
      expect.objectContaining({
        required_acl: `events.auth.users.${person.uuid}.sessions.${session_uuid}.expire_soon`,
        data: { uuid: session_uuid, user_uuid: person.uuid, tenant_uuid: tenant.uuid },
      }),
    ])
  })

  it('nothing is said when a login is refused', async () => {
    const before = await auth.events('auth_session_created')
    await auth.logIn(person.username, { password: 'wrong' })
    await auth.logIn(person.username, { body: { access_type: 'offline' } })
    expect(await auth.events('auth_session_created')).toHaveLength(before.length)
  })
})

describe('a revocation takes effect in every process at once', () => {
  let first: TestInstallation
  let second: TestInstallation
  let auth: AuthBench
  let tenant: Tenant

  beforeAll(async () => {
    const { url } = await takeTestVhost()
    first = await TestInstallation.start({ AMQP_URL: url })
    second = await first.another({ AMQP_URL: url })
    auth = await AuthBench.open(first)
    tenant = await first.tenant()
  })
  afterAll(async () => {
    await auth.close()
    await second.lamplighter.stop()
    await first.stop()
  })

  const elsewhere = async (token: string) =>
    (await request(`${second.url}/api/auth/0.1/token/${token}`, { method: 'HEAD' })).status
  /** Three seconds is how long a session is believed without the event. */
  const SOON = { timeout: 1500, interval: 20 }

  it('of a logout', async () => {
    const person = await first.account(tenant.uuid)
    const { token } = await auth.token(person.username)
    expect(await elsewhere(token)).toBe(204)
    await auth.call('DELETE', `/token/${token}`)
    await expect.poll(() => elsewhere(token), SOON).toBe(404)
  })

  it('of a refresh token with its sessions', async () => {
    const person = await first.account(tenant.uuid)
    const offline = await auth.token(person.username, { body: { access_type: 'offline', client_id: 'c' } })
    const { json } = await auth.refresh(offline.refresh_token, 'c')
    const { token } = (json as { data: TokenData }).data
    expect(await elsewhere(token)).toBe(204)
    await auth.call('DELETE', '/users/me/tokens/c', { token: person.api.token })
    await expect.poll(() => elsewhere(token), SOON).toBe(404)
  })
})
