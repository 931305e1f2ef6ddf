import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

type Message = { id: string }
type Entry = {
  id: number
  at: string
  action: string
  actor_uuid: string | null
  mailbox_id: number | null
  message_id: string | null
  tenant_uuid: string
  details: Record<string, unknown>
  request_id: string | null
  remote_addr: string | null
}
type Page = { items: Entry[]; next_cursor?: string; error_id?: string }

describe('the audit log (feature 9)', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let anna: Person
  let box: Voicemail

  beforeAll(async () => {
    installation = await TestInstallation.start()
  })
  afterAll(() => installation.stop())
  beforeEach(async () => {
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    box = await installation.mailbox(tenant, {}, [anna])
  })

  const get = (query: Record<string, string | number>, token = tenant.admin.token) =>
    request(`${installation.url}/api/calld/1.0/audit?${new URLSearchParams(query as Record<string, string>)}`, {
      token,
    })
  const audit = async (query: Record<string, string | number> = {}, token = tenant.admin.token) =>
    (await get(query, token)).json as Page
  const actions = async (query: Record<string, string | number>) =>
    (await audit(query)).items.map(({ action }) => action)
  const deposit = () => tenant.admin.deposit<Message>(box.id, wav(100), {})
  const own = (method: string, rest: string, headers: Record<string, string> = {}, body?: string) =>
    request(`${installation.url}/api/calld/1.0/users/me/voicemails/messages/${rest}`, {
      method,
      token: anna.api.token,
      headers,
      ...(body === undefined ? {} : { body }),
    })

  it('[B] says who moved, deleted, restored and purged a message, by which request and from where, newest first', async () => {
    const { id } = await deposit()
    await own('PUT', id, {}, '{"folder_id": 2}')
    await own('PUT', id, {}, '{"folder_id": 2}')
    await own('DELETE', id)
    await own('PUT', `${id}/restore`)
    const hold = `/api/calld/1.0/voicemails/${box.id}/messages/${id}/hold`
    for (const method of ['PUT', 'PUT', 'DELETE', 'DELETE']) await tenant.admin.call(method, hold)
    await own('DELETE', `${id}?purge=true`)
    const { items } = await audit({ message_id: id })
    expect(items.map(({ action, actor_uuid }) => [action, actor_uuid === anna.uuid])).toEqual([
      ['message.purged', true],
      ['message.released', false],
      ['message.held', false],
      ['message.restored', true],
      ['message.deleted', true],
      ['message.moved', true],
    ])
    expect(items.at(-1)).toEqual({
      id: expect.any(Number),
      tenant_uuid: tenant.uuid,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      action: 'message.moved',
      actor_uuid: anna.uuid,
      mailbox_id: box.id,
      message_id: id,
      details: { from: 1, to: 2 },
      request_id: expect.any(String),
      remote_addr: '127.0.0.1',
    })
  })

  it('[B] says who listened, once per listening: not for HEAD, a later range or what the client has already', async () => {
    const { id } = await deposit()
    const listened = async () => (await actions({ message_id: id, action: 'message.listened' })).length
    const whole = await own('GET', `${id}/recording`)
    expect(await listened()).toBe(1)
    await own('GET', `${id}/recording`, { range: 'bytes=0-3' })
    expect(await listened()).toBe(2)
    await own('GET', `${id}/recording`, { range: 'bytes=4-' })
    await own('GET', `${id}/recording`, { range: 'bytes=9999-' })
    await own('GET', `${id}/recording`, { 'if-none-match': whole.headers.get('etag') ?? '' })
    await own('HEAD', `${id}/recording`)
    expect(await listened()).toBe(2)
    const byId = `${installation.url}/api/calld/1.0/voicemails/${box.id}/messages/${id}/recording`
    await request(byId, { token: tenant.admin.token })
    expect((await audit({ message_id: id })).items[0]).toMatchObject({ action: 'message.listened' })
    expect(await listened()).toBe(3)
  })

  it('[B] says who created, edited, gave, took, deleted and restored a mailbox: which fields, never their values', async () => {
    const mailbox = await installation.mailbox(tenant)
    const voicemail = `/api/confd/1.1/voicemails/${mailbox.id}`
    const bert = await installation.account(tenant.uuid)
    await tenant.admin.call('PUT', voicemail, { name: 'secret name', max_messages: 7, password: '918273' })
    await tenant.admin.call('PUT', voicemail, { name: 'secret name' })
    await tenant.admin.call('PUT', `/api/confd/1.1/users/${bert.uuid}/voicemails/${mailbox.id}`)
    await tenant.admin.call('DELETE', `/api/confd/1.1/users/${bert.uuid}/voicemails`)
    await tenant.admin.call('DELETE', voicemail)
    await tenant.admin.call('PUT', `${voicemail}/restore`, {})
    const { items } = await audit({ mailbox_id: mailbox.id })
    expect(items.map(({ action, details }) => [action, details]).reverse()).toEqual([
      ['mailbox.created', {}],
      ['mailbox.edited', { changed: ['name', 'max_messages', 'password'] }],
      ['pin.changed', {}],
      ['user.associated', { user_uuid: bert.uuid }],
      ['user.dissociated', { user_uuid: bert.uuid }],
      ['mailbox.deleted', {}],
      ['mailbox.restored', {}],
    ])
    expect(new Set(items.map(({ actor_uuid }) => actor_uuid)).size).toBe(1)
    expect(items[0]).toMatchObject({ actor_uuid: expect.any(String), request_id: expect.any(String) })
    expect(JSON.stringify(items)).not.toMatch(/secret name|918273/)
  })

  it('[B] is filtered by mailbox, message, actor, action and time, and read page by page', async () => {
    const messages = [await deposit(), await deposit(), await deposit()]
    for (const { id } of messages) await own('DELETE', id)
    expect(await actions({ mailbox_id: box.id, action: 'message.deleted' })).toHaveLength(3)
    expect(await actions({ message_id: messages[0]?.id ?? '' })).toEqual(['message.deleted'])
    expect(await actions({ actor_uuid: anna.uuid })).toHaveLength(3)
    expect(await actions({ actor_uuid: tenant.uuid })).toEqual([])
    const { items } = await audit({ actor_uuid: anna.uuid })
    const [newest, middle, oldest] = items.map(({ at }) => at)
    expect(
      await actions({ actor_uuid: anna.uuid, from: '2020-01-01T00:00:00+02:00', until: newest ?? '' }),
    ).toHaveLength(2)
    expect(await actions({ actor_uuid: anna.uuid, from: middle ?? '' })).toHaveLength(2)
    expect(await actions({ actor_uuid: anna.uuid, until: oldest ?? '' })).toEqual([])
    const first = await audit({ actor_uuid: anna.uuid, limit: 2 })
    const second = await audit({ actor_uuid: anna.uuid, limit: 2, cursor: first.next_cursor ?? '' })
    expect([...first.items, ...second.items]).toEqual(items)
    expect(second).not.toHaveProperty('next_cursor')
  })

  it('[B] belongs to the tenant: others see nothing of it, the parent with recurse, users without the access 401', async () => {
    const child = await installation.tenant(tenant.uuid)
    const stranger = await installation.tenant()
    const mailbox = await installation.mailbox(child)
    const message = await child.admin.deposit<Message>(mailbox.id, wav(10), {})
    await child.admin.call('DELETE', `/api/calld/1.0/voicemails/${mailbox.id}/messages/${message.id}`)
    const query = { message_id: message.id }
    expect((await audit(query, child.admin.token)).items).toHaveLength(1)
    expect((await audit(query)).items).toEqual([])
    expect((await audit({ ...query, recurse: 'True' })).items).toMatchObject([{ tenant_uuid: child.uuid }])
    expect((await audit({ ...query, recurse: 'True' }, stranger.admin.token)).items).toEqual([])
    expect((await get({}, anna.api.token)).status).toBe(401)
  })

  it.each([
    { limit: 0 },
    { limit: 1001 },
    { mailbox_id: 'x' },
    { message_id: 'x' },
    { actor_uuid: "' OR 1=1" },
    { action: 'DROP TABLE' },
    { from: '2026-01-01' },
    { until: '2026-13-45T00:00:00Z' },
    { cursor: 'WyJhIl0' },
    { color: 'red' },
  ])('refuses %j', async (query) => {
    const { status, json } = await get(query as Record<string, string | number>)
    expect([status, (json as Page).error_id]).toEqual([400, 'invalid-data'])
  })

  it.each(['UPDATE audit SET actor_uuid = NULL', 'DELETE FROM audit'])(
    'is append-only: %s fails',
    async (statement) => {
      const sql = new pg.Client({ connectionString: installation.databaseUrl })
      await sql.connect()
      await expect(sql.query(statement)).rejects.toThrow('the audit log is append-only')
      await sql.end()
    },
  )
})
