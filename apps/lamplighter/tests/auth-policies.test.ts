import { randomUUID } from 'node:crypto'
import { takeTestVhost } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthBench, type AuthList, type ResourceProblem } from './auth-support.js'
import { type Person, request, type Tenant, TestInstallation } from './support.js'

type Item = { uuid: string; name: string; slug: string; acl: string[]; read_only: boolean; tenant_uuid: string }

describe('policies', () => {
  let installation: TestInstallation
  let elsewhere: TestInstallation
  let auth: AuthBench
  let parent: Tenant
  let tenant: Tenant
  let stranger: Tenant

  beforeAll(async () => {
    const { url } = await takeTestVhost()
    installation = await TestInstallation.start({ AMQP_URL: url })
    elsewhere = await installation.another({ AMQP_URL: url })
    auth = await AuthBench.open(installation)
    parent = await installation.tenant()
    tenant = await installation.tenant(parent.uuid)
    stranger = await installation.tenant()
  })
  afterAll(async () => {
    await auth.close()
    await elsewhere.lamplighter.stop()
    await installation.stop()
  })

  const call = (method: string, path: string, json?: unknown, token = tenant.admin.token) =>
    auth.call(method, path, { token, ...(json === undefined ? {} : { json }) })
  const create = async (body: Record<string, unknown>) => {
    const { status, json, text } = await call('POST', '/policies', body)
    expect(status, text).toBe(200)
    return json as Item
  }
  const errorOf = ({ status, json }: { status: number; json: unknown }) => [
    status,
    (json as ResourceProblem | undefined)?.error_id,
  ]
  const builtIn = async (slug: string) => {
    const { json } = await call('GET', '/policies')
    return (json as AuthList<Item>).items.find((policy) => policy.slug === slug)?.uuid ?? ''
  }

  it('show name, slug, description and patterns; a slug is made when there is none', async () => {
    const policy = await create({ name: 'Front Desk', description: 'answers', acl: ['calld.#', '!calld.x'] })
    expect(policy).toEqual({
      uuid: expect.any(String),
      tenant_uuid: tenant.uuid,
      name: 'Front Desk',
      slug: expect.stringMatching(/^front_desk_[0-9a-f]{8}$/),
      description: 'answers',
      acl: ['calld.#', '!calld.x'],
      read_only: false,
      shared: false,
    })
    expect((await call('GET', `/policies/${policy.uuid}`)).json).toEqual(policy)
  })

  it('1.7 [C]: are listed, ordered and searched', async () => {
    const mark = randomUUID().slice(0, 8)
    for (const name of ['b', 'a', 'c']) await create({ name: `${name} ${mark}` })
    const list = async (query: string, token = tenant.admin.token) => {
      const { status, json } = await call('GET', `/policies?${query}`, undefined, token)
      expect(status).toBe(200)
      return json as AuthList<Item>
    }
    const { items, filtered, total } = await list(`search=${mark}&order=name&direction=desc&limit=2`)
    expect([items.map(({ name }) => name[0]), filtered, total > 3]).toEqual([['c', 'b'], 3, true])
    expect((await list(`search=${mark}`, parent.admin.token)).filtered).toBe(0)
    expect((await list(`search=${mark}&recurse=yes`, parent.admin.token)).filtered).toBe(3)
    expect(errorOf(await call('GET', '/policies?order=acl'))).toEqual([400, 'invalid-list-param'])
  })

  it.each([
    {},
    { name: '' },
    { name: 'x', slug: 'not a slug' },
    { name: 'x', acl: 'calld.#' },
    { name: 'x', acl: [7] },
    { name: 'x', acl: [''] },
    { name: 'x', acl: ['a\nb'] },
    { name: 'x', acl: ['x'.repeat(257)] },
    { name: 'x', acl: Array.from({ length: 101 }, () => 'calld.x') },
  ])('are not created from %j, 400 E2', async (body) => {
    expect(errorOf(await call('POST', '/policies', body))).toEqual([400, 'invalid-data'])
  })

  it('1.9 [C]: a slug that is taken in the tenant is 409 E2; in another it is free', async () => {
    const slug = `s_${randomUUID()}`
    await create({ name: 'x', slug })
    expect(errorOf(await call('POST', '/policies', { name: 'x', slug }))).toEqual([409, 'conflict'])
    expect((await call('POST', '/policies', { name: 'x', slug }, stranger.admin.token)).status).toBe(200)
  })

  it('that are built in cannot be changed or deleted', async () => {
    const uuid = await builtIn('wazo_default_user_policy')
    expect(errorOf(await call('PUT', `/policies/${uuid}`, { name: 'x', acl: [] }))).toEqual([403, 'read-only-policy'])
    expect(errorOf(await call('DELETE', `/policies/${uuid}`))).toEqual([403, 'read-only-policy'])
  })

  it('of another tenant are 404, and cannot be given', async () => {
    const { uuid } = await create({ name: 'ours', acl: ['calld.#'] })
    const theirs = await installation.account(stranger.uuid)
    const { token } = stranger.admin
    expect(errorOf(await call('GET', `/policies/${uuid}`, undefined, token))).toEqual([404, 'unknown-policy'])
    expect(errorOf(await call('PUT', `/policies/${uuid}`, { name: 'x' }, token))).toEqual([404, 'unknown-policy'])
    expect(errorOf(await call('DELETE', `/policies/${uuid}`, undefined, token))).toEqual([404, 'unknown-policy'])
    const path = `/users/${theirs.uuid}/policies/${uuid}`
    expect(errorOf(await call('PUT', path, undefined, token))).toEqual([404, 'unknown-policy'])
    expect(errorOf(await call('PUT', path))).toEqual([404, 'unknown-user'])
    const above = await installation.account(parent.uuid)
    const across = await call('PUT', `/users/${above.uuid}/policies/${uuid}`, undefined, parent.admin.token)
    expect(errorOf(across)).toEqual([400, 'different-tenants'])
  })

  it('give their rights at once, in every process, and take them back at once', async () => {
    const person = await installation.account(tenant.uuid)
    const { uuid } = await create({ name: 'extra', acl: ['confd.extra'] })
    const may = async (base: string) =>
      (await request(`${base}/api/auth/0.1/token/${person.api.token}?scope=confd.extra`, { method: 'HEAD' })).status
    const everywhere = async (expected: number) => {
      expect(await may(installation.url)).toBe(expected)
      // Without the event it would take three seconds.
      await expect.poll(() => may(elsewhere.url), { timeout: 1500, interval: 20 }).toBe(expected)
    }
    await everywhere(403)
    const path = `/users/${person.uuid}/policies/${uuid}`
    expect((await call('PUT', path)).status).toBe(204)
    expect((await call('PUT', path)).status).toBe(204)
    await everywhere(204)
    expect(((await call('GET', `/users/${person.uuid}/policies?order=name`)).json as AuthList<Item>).total).toBe(2)
    await call('PUT', `/policies/${uuid}`, { name: 'extra', acl: [] })
    await everywhere(403)
    await call('PUT', `/policies/${uuid}`, { name: 'extra', acl: ['confd.extra'] })
    await everywhere(204)
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('DELETE', path)).status).toBe(204)
    await everywhere(403)
    await call('PUT', path)
    await everywhere(204)
    expect((await call('DELETE', `/policies/${uuid}`)).status).toBe(204)
    await everywhere(403)
  })

  it('are at most ten for a user', async () => {
    const { uuid } = await installation.account(tenant.uuid)
    const statuses: number[] = []
    for (let count = 0; count < 10; count++) {
      const policy = await create({ name: 'one more' })
      statuses.push((await call('PUT', `/users/${uuid}/policies/${policy.uuid}`)).status)
    }
    expect(statuses).toEqual([...Array.from({ length: 9 }, () => 204), 409])
  })

  describe('bus.md 6.3 no. 26 [B]: nobody gives away more than they have', () => {
    let limited: Person
    beforeAll(async () => {
      const acl = ['auth.policies.#', 'auth.users.#', 'events.#', '!events.voicemails.global.#', 'calld.users.me.#']
      limited = await installation.accountWith(tenant.uuid, acl)
    })
    const asLimited = (method: string, path: string, json?: unknown) => call(method, path, json, limited.api.token)
    const REFUSED = [403, 'access-not-delegable']

    it.each([
      [['events.#']],
      [['#']],
      [['calld.#']],
      [['events.*.global.#']],
      [['calld.users.me.#']],
      [['confd.x', 'events.calls.me']],
    ])('refuses to create a policy of %j', async (acl) => {
      expect(errorOf(await asLimited('POST', '/policies', { name: 'x', acl }))).toEqual(REFUSED)
    })

    it.each([
      [['events.calls.#']],
      [['events.users.me.voicemails']],
      [['events.#', '!events.voicemails.#']],
      [['!confd.#']],
      [[]],
    ])('lets a policy of %j be created', async (acl) => {
      expect((await asLimited('POST', '/policies', { name: 'x', acl })).status).toBe(200)
    })

    it('names an access that would be too much', async () => {
      const { json } = await asLimited('POST', '/policies', { name: 'x', acl: ['events.#'] })
      expect((json as ResourceProblem).details).toEqual({ access: 'events.voicemails.global.' })
    })

    it('holds for changes, also for a denial that would be lifted', async () => {
      const { uuid } = await create({ name: 'x', acl: ['events.#', '!events.voicemails.global.#'] })
      const update = (acl: string[], name = 'x') => asLimited('PUT', `/policies/${uuid}`, { name, acl })
      expect(errorOf(await update(['events.#']))).toEqual(REFUSED)
      expect(errorOf(await update([]))).toEqual(REFUSED)
      expect((await update(['events.#', '!events.voicemails.global.#'], 'renamed')).status).toBe(200)
      expect((await update(['!events.voicemails.global.#'])).status).toBe(200)
    })

    it('holds for giving a policy, for taking one with denials away, and for deleting one', async () => {
      const { uuid: person } = await installation.account(tenant.uuid)
      const strong = await create({ name: 'strong', acl: ['confd.#'] })
      const bound = await create({ name: 'bound', acl: ['!confd.#'] })
      await call('PUT', `/users/${person}/policies/${bound.uuid}`)
      const admin = await builtIn('wazo_default_admin_policy')
      expect(errorOf(await asLimited('PUT', `/users/${person}/policies/${strong.uuid}`))).toEqual(REFUSED)
      expect(errorOf(await asLimited('PUT', `/users/${limited.uuid}/policies/${admin}`))).toEqual(REFUSED)
      expect(errorOf(await asLimited('DELETE', `/users/${person}/policies/${bound.uuid}`))).toEqual(REFUSED)
      expect(errorOf(await asLimited('DELETE', `/policies/${bound.uuid}`))).toEqual(REFUSED)
      expect((await asLimited('DELETE', `/policies/${strong.uuid}`)).status).toBe(204)
    })
  })
})
