import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { request, type Tenant, TestInstallation } from './support.js'

const CONFD = '/api/confd/1.1'

describe('a configuration resource', () => {
  let installation: TestInstallation
  let tenant: Tenant

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
  })
  afterAll(() => installation.stop())

  const call = (method: string, path: string, headers: Record<string, string> = {}, body?: object) =>
    request(installation.url + CONFD + path, {
      method,
      token: tenant.admin.token,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  const create = async (resource: string, body: object) => {
    const { id, uuid } = (await call('POST', `/${resource}`, {}, body)).json as { id?: number; uuid?: string }
    return `/${resource}/${id ?? uuid}`
  }
  const tagOf = async (path: string) => (await call('GET', path)).headers.get('etag') ?? ''

  const resources: [string, () => Promise<string>][] = [
    [
      'a voicemail',
      () => create('voicemails', { name: 'x', number: installation.nextNumber(), context: tenant.context }),
    ],
    ['a context', () => create('contexts', { label: 'x' })],
    ['a user', () => create('users', { firstname: 'x' })],
    ['a device', () => create('devices', { name: 'x' })],
    ['a gateway', () => create('gateways', { name: randomUUID(), targets: [{ host: '192.0.2.1' }] })],
    ['an MWI policy', () => create('mwi-policies', { name: randomUUID() })],
  ]

  it.each(resources)('has a strong ETag and answers 304 to who knows it: %s', async (_name, make) => {
    const path = await make()
    const etag = await tagOf(path)
    expect(etag).toMatch(/^"[^"]+"$/)
    const known = await call('GET', path, { 'if-none-match': `"other", ${etag}` })
    expect([known.status, known.text, known.headers.get('etag')]).toEqual([304, '', etag])
    expect((await call('GET', path, { 'if-none-match': '"other"' })).status).toBe(200)
    expect((await call('HEAD', path)).headers.get('etag')).toBe(etag)
  })

  it.each(resources)('is deleted only in the state that If-Match names: %s', async (_name, make) => {
    const path = await make()
    expect(await call('DELETE', path, { 'if-match': '"other"' })).toMatchObject({
      status: 412,
      json: [expect.stringContaining('changed since it was read')],
    })
    expect((await call('DELETE', path, { 'if-match': await tagOf(path) })).status).toBe(204)
    expect((await call('GET', path)).status).toBe(404)
  })

  it.each(resources.filter(([name]) => /voicemail|device|gateway|policy/.test(name)))(
    'is changed by one of many who read the same state: %s',
    async (_name, make) => {
      const path = await make()
      const etag = await tagOf(path)
      const put = (name: string) => call('PUT', path, { 'if-match': etag }, { name })
      const statuses = (await Promise.all(['a', 'b', 'c', 'd', 'e'].map(put))).map(({ status }) => status)
      expect(statuses.sort()).toEqual([204, 412, 412, 412, 412])
      expect(await tagOf(path)).not.toBe(etag)
    },
  )

  it.each(resources)('is deleted without If-Match as the contract says: %s', async (_name, make) => {
    expect((await call('DELETE', await make())).status).toBe(204)
  })

  it('has another tag when it was given to a user, because its answer is another', async () => {
    const mailbox = await installation.mailbox(tenant)
    const user = await installation.account(tenant.uuid)
    const [box, person] = [`/voicemails/${mailbox.id}`, `/users/${user.uuid}`]
    const before = [await tagOf(box), await tagOf(person)]
    await call('PUT', `${person}/voicemails/${mailbox.id}`)
    expect([await tagOf(box), await tagOf(person)].map((tag, index) => tag === before[index])).toEqual([false, false])
  })

  it('of another tenant is not found, whatever If-Match says', async () => {
    const other = await installation.tenant()
    const foreign = await installation.mailbox(other)
    expect((await call('DELETE', `/voicemails/${foreign.id}`, { 'if-match': '*' })).status).toBe(404)
  })
})
