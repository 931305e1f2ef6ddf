import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiClient } from '../src/demo/api-client.js'
import { AuthBench, type AuthList, type ResourceProblem } from './auth-support.js'
import { type Tenant, TestInstallation } from './support.js'

type Item = Record<string, unknown> & {
  uuid: string
  parent_uuid: string
  name: string
  slug: string
  domain_names: string[]
}

describe('tenants (rest.md 4.6)', () => {
  let installation: TestInstallation
  let auth: AuthBench
  let master: ApiClient
  let parent: Tenant
  let stranger: Tenant

  beforeAll(async () => {
    installation = await TestInstallation.start()
    auth = await AuthBench.open(installation)
    master = await installation.master()
    parent = await installation.tenant()
    stranger = await installation.tenant()
  })
  afterAll(async () => {
    await auth.close()
    await installation.stop()
  })

  const create = async (body: Record<string, unknown>, token = parent.admin.token) => {
    const { status, json, text } = await auth.call('POST', '/tenants', { token, json: body })
    expect(status, text).toBe(200)
    return json as Item
  }
  const list = async (query = '', token = parent.admin.token) => {
    const { status, json } = await auth.call('GET', `/tenants${query}`, { token })
    expect(status).toBe(200)
    return json as AuthList<Item>
  }
  const problem = async (method: string, path: string, body: unknown, token = parent.admin.token) => {
    const { status, json } = await auth.call(method, path, { token, ...(body === undefined ? {} : { json: body }) })
    return [status, json as ResourceProblem] as const
  }

  it('4.6 [C]: a tenant has these fields, the caller’s tenant as its parent, and a slug made from its name', async () => {
    const tenant = await create({ name: 'Zeta & Sons of Springfield' })
    expect(tenant).toEqual({
      uuid: expect.any(String),
      parent_uuid: parent.uuid,
      name: 'Zeta & Sons of Springfield',
      slug: 'zetasonsof',
      contact: null,
      phone: null,
      domain_names: [],
      default_authentication_method: 'native',
      address: { line_1: null, line_2: null, city: null, state: null, country: null, zip_code: null },
    })
    const second = await create({ name: 'Zeta & Sons of Springfield' })
    expect(second.slug).toMatch(/^zetason[0-9a-f]{3}$/)
    expect((await create({ name: '株式会社' })).slug).toMatch(/^[0-9a-f]{10}$/)
  })

  it('takes what it is given, and the header decides the parent', async () => {
    const child = await create({ name: 'child' })
    const given = {
      uuid: randomUUID(),
      name: 'grandchild',
      slug: 'Grand_1',
      contact: 'anna@acme.example',
      phone: '+1 555 0100',
      domain_names: ['Voice.Acme.example', 'acme.example', 'acme.example'],
      address: { line_1: '1 Main Street', city: 'Springfield' },
    }
    const headers = { 'wazo-tenant': child.uuid }
    const { json } = await auth.call('POST', '/tenants', { token: parent.admin.token, headers, json: given })
    expect(json).toMatchObject({
      ...given,
      parent_uuid: child.uuid,
      domain_names: ['acme.example', 'voice.acme.example'],
      address: { line_1: '1 Main Street', line_2: null, city: 'Springfield' },
    })
    const { json: read } = await auth.call('GET', `/tenants/${given.uuid.toUpperCase()}`, { token: parent.admin.token })
    expect(read).toEqual(json)
  })

  it('has the two policies of every tenant, so an administrator can be made in it over REST alone', async () => {
    const { uuid } = await create({ name: 'self-made' })
    const headers = { 'wazo-tenant': uuid }
    const token = parent.admin.token
    const call = (method: string, path: string, json?: unknown) =>
      auth.call(method, path, { token, headers, ...(json === undefined ? {} : { json }) })
    const { json: policies } = await call('GET', '/policies')
    const admin = (policies as AuthList<Item>).items.find(({ slug }) => slug === 'wazo_default_admin_policy')
    expect((policies as AuthList<Item>).items.map(({ read_only }) => read_only)).toEqual([true, true])
    const username = `admin-${randomUUID()}`
    const { json: user } = await call('POST', '/users', { username, password: 'a password' })
    const path = `/users/${(user as Item).uuid}/policies/${admin?.uuid}`
    expect((await call('PUT', path)).status).toBe(204)
    const api = await ApiClient.logIn(installation.url, username, 'a password')
    const context = await api.call<{ name: string }>('POST', '/api/confd/1.1/contexts', { label: 'x' })
    expect(context.name).toContain('ctx-selfmade-internal-')
  })

  it('4.6 [C]: GET /tenants is the effective tenant and all its descendants', async () => {
    const child = await create({ name: 'below' })
    const ids = (await list()).items.map(({ uuid }) => uuid)
    expect(ids).toEqual(expect.arrayContaining([parent.uuid, child.uuid]))
    expect(ids).not.toContain(stranger.uuid)
    const { json } = await auth.call('GET', '/tenants', {
      token: parent.admin.token,
      headers: { 'wazo-tenant': child.uuid },
    })
    expect((json as AuthList<Item>).items.map(({ uuid }) => uuid)).toEqual([child.uuid])
    expect((await list('', master.token)).total).toBeGreaterThan(ids.length)
  })

  it('1.7 [C]: the list orders, cuts, filters exactly and searches names, slugs and domains', async () => {
    const names = async (query: string) => (await list(query)).items.map(({ name }) => name)
    for (const name of ['order_a', 'order_b', 'order%c'])
      await create({ name, domain_names: [`${randomUUID()}.example`] })
    expect(await names('?search=ORDER_&order=name&direction=desc')).toEqual(['order_b', 'order_a'])
    expect(await names('?search=order&limit=1&offset=1')).toHaveLength(1)
    expect(await names('?name=order_a')).toEqual(['order_a'])
    expect(await names(`?uuid=${parent.uuid}`)).toHaveLength(1)
    const { total, filtered, items } = await list('?search=order&limit=0')
    expect([filtered, items, total > 3]).toEqual([3, [], true])
    for (const query of ['limit=-1', 'order=phone', 'uuid=x', 'name=a%00']) {
      const [status, { error_id }] = await problem('GET', `/tenants?${query}`, undefined)
      expect([status, error_id], query).toEqual([400, 'invalid-list-param'])
    }
  })

  it('changes what it is given and keeps the rest; the slug stays', async () => {
    const { uuid, slug } = await create({ name: 'before', phone: '1', domain_names: ['one.change.example'] })
    const { status, json } = await auth.call('PUT', `/tenants/${uuid}`, {
      token: parent.admin.token,
      json: { name: 'after', slug: 'other', domain_names: ['one.change.example', 'two.change.example'] },
    })
    expect([status, json]).toEqual([
      200,
      expect.objectContaining({
        name: 'after',
        slug,
        phone: '1',
        domain_names: ['one.change.example', 'two.change.example'],
      }),
    ])
  })

  it.each([
    {},
    { name: '' },
    { name: null },
    { name: 'x'.repeat(257) },
    { name: 'a\u0000b' },
    { name: 'x', slug: 'more than ten' },
    { name: 'x', slug: 'elevenchars' },
    { name: 'x', slug: '' },
    { name: 'x', uuid: 'x' },
    { name: 'x', domain_names: ['no domain'] },
    { name: 'x', domain_names: 'a.example' },
    { name: 'x', address: { city: 7 } },
  ])('refuses to create %j with 400 E2', async (body) => {
    const [status, { error_id }] = await problem('POST', '/tenants', body)
    expect([status, error_id]).toEqual([400, 'invalid-data'])
  })

  it('1.9 [C]: what must be unique and is taken is 409 E2', async () => {
    const { uuid } = await create({ name: 'first', slug: 'taken', domain_names: ['taken.example'] })
    const conflicts = [
      [{ name: 'x', slug: 'taken' }, 'slug'],
      [{ name: 'x', uuid }, 'uuid'],
      [{ name: 'x', domain_names: ['Taken.example'] }, 'domain_names'],
    ] as const
    for (const [body, column] of conflicts) {
      const [status, { error_id, resource, details }] = await problem('POST', '/tenants', body)
      expect([status, error_id, resource, Object.keys(details)]).toEqual([409, 'conflict', 'tenants', [column]])
    }
  })

  it('deletes an empty tenant; one with users, contexts or tenants below it is 409', async () => {
    const { uuid } = await create({ name: 'short-lived' })
    const headers = { 'wazo-tenant': uuid }
    const { json: child } = await auth.call('POST', '/tenants', {
      token: parent.admin.token,
      headers,
      json: { name: 'c' },
    })
    const { json: user } = await auth.call('POST', '/users', {
      token: parent.admin.token,
      headers,
      json: { username: randomUUID() },
    })
    const remove = (path: string) => problem('DELETE', path, undefined)
    expect((await remove(`/tenants/${uuid}`))[1].error_id).toBe('tenant-in-use')
    expect((await remove(`/tenants/${(child as Item).uuid}`))[0]).toBe(204)
    expect((await remove(`/tenants/${uuid}`))[0]).toBe(409)
    expect((await remove(`/users/${(user as Item).uuid}`))[0]).toBe(204)
    expect((await remove(`/tenants/${uuid}`))[0]).toBe(204)
    expect((await remove(`/tenants/${uuid}`))[1]).toMatchObject({ error_id: 'unknown-tenant', resource: 'tenants' })
    expect((await remove(`/tenants/${parent.uuid}`))[0]).toBe(409)
  })

  it('is 404 for a stranger and for a tenant below', async () => {
    const { uuid } = await create({ name: 'mine' })
    for (const [method, body] of [['GET'], ['PUT', { name: 'x' }], ['DELETE']] as const) {
      expect((await problem(method, `/tenants/${uuid}`, body, stranger.admin.token))[0], method).toBe(404)
    }
    const child = await installation.tenant(parent.uuid)
    expect((await problem('GET', `/tenants/${parent.uuid}`, undefined, child.admin.token))[0]).toBe(404)
  })

  it('bus.md 2.5 [C]: says auth_tenant_added, _updated and _deleted', async () => {
    const { uuid, slug } = await create({ name: 'spoken', domain_names: ['spoken.example'] })
    await auth.call('PUT', `/tenants/${uuid}`, { token: parent.admin.token, json: { name: 'spoken of' } })
    await auth.call('DELETE', `/tenants/${uuid}`, { token: parent.admin.token })
    for (const [name, action, data] of [
      ['auth_tenant_added', 'created', { uuid, name: 'spoken', slug, domain_names: ['spoken.example'] }],
      ['auth_tenant_updated', 'updated', { uuid, name: 'spoken of' }],
      ['auth_tenant_deleted', 'deleted', { uuid }],
    ] as const) {
      const events = (await auth.events(name)).filter((event) => event['tenant_uuid'] === uuid)
      const required_acl = `events.auth.tenants.${uuid}.${action}`
      expect(events).toEqual([expect.objectContaining({ 'user_uuid:*': true, required_acl, data })])
    }
  })
})
