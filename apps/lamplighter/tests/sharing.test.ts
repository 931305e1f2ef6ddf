import { setTimeout as delay } from 'node:timers/promises'
import { type Database, openDatabase } from '@lamplighter/store'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RawPhone } from './raw-phone.js'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const RIGHTS = ['listen', 'manage', 'delete', 'greet', 'purge'] as const
type Right = (typeof RIGHTS)[number]
type Member = { user_uuid: string | null; rights: Right[] }

describe('a mailbox shared with rights', () => {
  let installation: TestInstallation
  let database: Database
  let tenant: Tenant
  let anna: Person
  let bob: Person
  const phones: RawPhone[] = []

  beforeAll(async () => {
    installation = await TestInstallation.start()
    database = openDatabase(installation.databaseUrl, { connections: 2 })
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    bob = await installation.account(tenant.uuid)
  })
  afterAll(async () => {
    await database.close()
    await installation.stop()
  })
  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.stop()
  })

  const members = (box: Voicemail, rest = '', init: Parameters<typeof request>[1] = {}) =>
    request(`${installation.url}/api/confd/1.1/voicemails/${box.id}/members${rest}`, {
      token: tenant.admin.token,
      ...init,
    })
  const share = async (box: Voicemail, items: Member[]) => {
    const { status, text } = await members(box, '', { method: 'PUT', body: JSON.stringify({ items }) })
    expect(status, text).toBe(204)
  }
  const listed = async (box: Voicemail) => (await members(box)).json as { total: number; items: Member[] }
  const own = (person: Person, rest: string, init: Parameters<typeof request>[1] = {}) =>
    request(`${installation.url}/api/calld/1.0/users/me/voicemails${rest}`, { token: person.api.token, ...init })
  const deposit = async (box: Voicemail) => (await tenant.admin.deposit<{ id: string }>(box.id, wav(100), {})).id
  const error = (json: unknown) => (json as { error_id?: string }).error_id

  /** Events of a mailbox after one of them. */
  async function events(box: Voicemail, after = 0) {
    const { rows } = await database.pool.query<{ id: number; name: string; user: string | null; body: string }>(
      'SELECT id, name, user_uuid::text AS user, body FROM event WHERE mailbox_id = $1 AND id > $2 ORDER BY id',
      [box.id, after],
    )
    return rows.map(({ body, ...row }) => ({ ...row, data: (JSON.parse(body) as { data: { new?: number } }).data }))
  }
  const lastEvent = async (box: Voicemail) => (await events(box)).at(-1)?.id ?? 0
  const counted = (list: Awaited<ReturnType<typeof events>>) =>
    list.filter(({ name }) => name.endsWith('mwi_updated')).map(({ name, user, data }) => [name, user, data.new])

  async function phoneOf(person: Person): Promise<RawPhone> {
    const device = await installation.device(tenant, { user_uuid: person.uuid })
    const phone = new RawPhone(device, installation.sipPort)
    await phone.start()
    phones.push(phone)
    await phone.subscribe()
    await phone.next(0, () => true, 'the first NOTIFY')
    return phone
  }

  it('lists its members, replaces them, and changes them one by one', async () => {
    const box = await installation.mailbox(tenant)
    expect(await listed(box)).toEqual({ total: 0, items: [] })
    await share(box, [
      { user_uuid: anna.uuid, rights: ['listen', 'manage'] },
      { user_uuid: null, rights: ['listen'] },
    ])
    expect((await listed(box)).items).toEqual([
      { user_uuid: anna.uuid, rights: ['listen', 'manage'] },
      { user_uuid: null, rights: ['listen'] },
    ])
    const put = (rest: string, rights: Right[]) =>
      members(box, rest, { method: 'PUT', body: JSON.stringify({ rights }) })
    expect((await put(`/${bob.uuid.toUpperCase()}`, ['delete'])).status).toBe(204)
    expect((await put('/everyone', ['greet'])).status).toBe(204)
    expect((await members(box, `/${anna.uuid}`, { method: 'DELETE' })).status).toBe(204)
    expect((await listed(box)).items).toEqual([
      { user_uuid: bob.uuid, rights: ['delete'] },
      { user_uuid: null, rights: ['greet'] },
    ])
    const again = await members(box, `/${anna.uuid}`, { method: 'DELETE' })
    expect([again.status, again.text]).toEqual([404, expect.stringContaining('Resource Not Found - Member')])
    expect((await members(box, '/everyone', { method: 'DELETE' })).status).toBe(204)
    expect((await listed(box)).total).toBe(1)
  })

  it('refuses members that do not fit, and keeps what it had', async () => {
    const box = await installation.mailbox(tenant)
    await share(box, [{ user_uuid: anna.uuid, rights: ['listen'] }])
    const stranger = await installation.account((await installation.tenant()).uuid)
    const twice = { user_uuid: anna.uuid, rights: ['listen'] }
    const bodies: unknown[] = [
      {},
      { items: [twice, { ...twice, user_uuid: anna.uuid.toUpperCase() }] },
      { items: [{ user_uuid: stranger.uuid, rights: ['listen'] }] },
      { items: [{ user_uuid: 'x', rights: ['listen'] }] },
      { items: [{ rights: ['listen'] }] },
      { items: [{ ...twice, rights: [] }] },
      { items: [{ ...twice, rights: ['all'] }] },
      { items: [{ ...twice, rights: ['listen', 'listen'] }] },
      { items: Array.from({ length: 1001 }, () => twice) },
    ]
    for (const body of bodies) {
      const { status, text } = await members(box, '', { method: 'PUT', body: JSON.stringify(body) })
      expect([status, text]).toEqual([400, expect.stringContaining('Input Error')])
    }
    const put = (user: string) => members(box, `/${user}`, { method: 'PUT', body: '{"rights": ["listen"]}' })
    const foreign = await put(stranger.uuid)
    expect([foreign.status, foreign.text]).toEqual([404, expect.stringContaining('User was not found')])
    expect((await put('nobody')).status).toBe(404)
    expect((await listed(box)).items).toEqual([{ user_uuid: anna.uuid, rights: ['listen'] }])
  })

  it('has an ETag, and a change that was made meanwhile is not overwritten', async () => {
    const box = await installation.mailbox(tenant)
    const etag = (await members(box)).headers.get('etag') ?? ''
    const body = JSON.stringify({ items: [{ user_uuid: anna.uuid, rights: ['listen'] }] })
    const put = () => members(box, '', { method: 'PUT', body, headers: { 'if-match': etag } })
    expect((await put()).status).toBe(204)
    expect((await put()).status).toBe(412)
    expect((await members(box, '', { headers: { 'if-none-match': etag } })).status).toBe(200)
  })

  it('cannot follow its context into another tenant while it has members', async () => {
    const child = await installation.tenant(tenant.uuid)
    const box = await installation.mailbox(tenant)
    await share(box, [{ user_uuid: anna.uuid, rights: ['listen'] }])
    const { status, text } = await request(`${installation.url}/api/confd/1.1/voicemails/${box.id}`, {
      method: 'PUT',
      token: tenant.admin.token,
      body: JSON.stringify({ context: child.context }),
    })
    expect([status, text]).toEqual([400, expect.stringContaining('different tenants')])
  })

  it('is never limited by rule R3: five in one context, of which a member reaches those shared with them', async () => {
    const carl = await installation.account(tenant.uuid)
    const boxes = await Promise.all(Array.from({ length: 5 }, () => installation.mailbox(tenant)))
    for (const box of boxes.slice(0, 2)) await share(box, [{ user_uuid: carl.uuid, rights: ['listen'] }])
    for (const box of boxes.slice(2)) await share(box, [{ user_uuid: anna.uuid, rights: ['listen'] }])
    const ids = await Promise.all(boxes.map(deposit))
    const statuses = await Promise.all(ids.map(async (id) => (await own(carl, `/messages/${id}`)).status))
    expect(statuses).toEqual([200, 200, 404, 404, 404])
    expect((await own(carl, '/mwi?voicemail_type=all')).json).toMatchObject({ new: 2 })
  })

  describe('lets a member do what the rights say and nothing else:', () => {
    const calls: [string, Right, (id: string) => Promise<{ status: number; json: unknown }>][] = [
      ['read', 'listen', (id) => own(bob, `/messages/${id}`)],
      ['play', 'listen', (id) => own(bob, `/messages/${id}/recording`)],
      ['move', 'manage', (id) => own(bob, `/messages/${id}`, { method: 'PUT', body: '{"folder_id": 2}' })],
      ['delete', 'delete', (id) => own(bob, `/messages/${id}`, { method: 'DELETE' })],
      ['claim', 'manage', (id) => own(bob, `/messages/${id}/claim`, { method: 'PUT' })],
      ['release', 'manage', (id) => own(bob, `/messages/${id}/claim`, { method: 'DELETE' })],
      [
        'set the status',
        'manage',
        (id) => own(bob, `/messages/${id}/status`, { method: 'PUT', body: '{"status": "done"}' }),
      ],
      ['mark', 'manage', (id) => own(bob, `/messages/${id}/flags`, { method: 'PUT', body: '{"unread": false}' })],
      ['purge', 'purge', (id) => own(bob, `/messages/${id}?purge=true`, { method: 'DELETE' })],
    ]

    for (const [what, needed, call] of calls) {
      for (const right of RIGHTS) {
        it(`to ${what} with the right to ${right} is ${right === needed ? 'allowed' : '403'}`, async () => {
          const box = await installation.mailbox(tenant, {}, [])
          await share(box, [{ user_uuid: bob.uuid, rights: [right] }])
          const id = await deposit(box)
          const before = await lastEvent(box)
          const { status, json } = await call(id)
          if (right === needed) return expect(status).toBeLessThan(300)
          expect([status, error(json)]).toEqual([403, 'mailbox-right-missing'])
          expect((json as { details: object }).details).toEqual({ voicemail_id: box.id, right: needed })
          expect(await events(box, before)).toEqual([])
        })
      }
    }

    it('and who cannot reach it is told that there is no such message', async () => {
      const box = await installation.mailbox(tenant)
      await share(box, [{ user_uuid: anna.uuid, rights: [...RIGHTS] }])
      const id = await deposit(box)
      for (const [, , call] of calls) {
        const { status, json } = await call(id)
        expect([status, error(json)]).toEqual([404, 'no-such-voicemail-message'])
      }
    })

    it('and the counts of a mailbox are for those who may listen', async () => {
      const carl = await installation.account(tenant.uuid)
      const box = await installation.mailbox(tenant)
      await deposit(box)
      await share(box, [{ user_uuid: carl.uuid, rights: ['manage', 'delete', 'greet', 'purge'] }])
      expect((await own(carl, '/mwi')).json).toMatchObject({ new: 0 })
      await share(box, [{ user_uuid: carl.uuid, rights: ['listen'] }])
      expect((await own(carl, '/mwi')).json).toMatchObject({ new: 1 })
    })
  })

  it('tells each member who may listen of its messages, and the tenant once when it is shared with everyone', async () => {
    const box = await installation.mailbox(tenant, {}, [])
    await share(box, [
      { user_uuid: anna.uuid, rights: ['listen'] },
      { user_uuid: bob.uuid, rights: ['manage'] },
    ])
    let before = await lastEvent(box)
    await deposit(box)
    expect((await events(box, before)).map(({ name, user }) => [name, user])).toEqual([
      ['user_voicemail_message_created', anna.uuid],
      ['user_voicemail_mwi_updated', anna.uuid],
    ])
    await share(box, [{ user_uuid: null, rights: ['listen'] }])
    before = await lastEvent(box)
    await deposit(box)
    expect((await events(box, before)).map(({ name, user }) => [name, user])).toEqual([
      ['global_voicemail_message_created', null],
      ['global_voicemail_mwi_updated', null],
    ])
    await share(box, [])
  })

  it('says who gained or lost it with absolute counts, once each, and nothing when nothing changes', async () => {
    const box = await installation.mailbox(tenant)
    await deposit(box)
    let before = await lastEvent(box)
    await share(box, [{ user_uuid: anna.uuid, rights: ['listen'] }])
    const shared = await events(box, before)
    expect(shared[0]).toMatchObject({ name: 'voicemail_members_edited', data: { id: box.id } })
    expect(counted(shared)).toEqual([['user_voicemail_mwi_updated', anna.uuid, 1]])
    before = await lastEvent(box)
    await share(box, [{ user_uuid: anna.uuid, rights: ['listen'] }])
    expect(await events(box, before)).toEqual([])
    await share(box, [{ user_uuid: anna.uuid, rights: ['listen', 'manage'] }])
    expect((await events(box, before)).map(({ name }) => name)).toEqual(['voicemail_members_edited'])
    before = await lastEvent(box)
    await share(box, [{ user_uuid: null, rights: ['listen'] }])
    expect(counted(await events(box, before))).toEqual([
      ['user_voicemail_mwi_updated', anna.uuid, 1],
      ['global_voicemail_mwi_updated', null, 1],
    ])
    before = await lastEvent(box)
    await share(box, [])
    expect(counted(await events(box, before))).toEqual([
      ['global_voicemail_mwi_updated', null, 0],
      ['user_voicemail_mwi_updated', null, 1],
    ])
  })

  it('says no zeros to those who have it before and after it becomes everyone’s or stops being so', async () => {
    const box = await installation.mailbox(tenant)
    await deposit(box)
    const become = async (fields: object) => {
      const before = await lastEvent(box)
      await tenant.admin.call('PUT', `/api/confd/1.1/voicemails/${box.id}`, fields)
      return counted(await events(box, before))
    }
    await share(box, [{ user_uuid: anna.uuid, rights: ['listen'] }])
    const [its, everyones] = [
      ['user_voicemail_mwi_updated', anna.uuid, 1],
      ['global_voicemail_mwi_updated', null, 1],
    ]
    expect(await become({ accesstype: 'global' })).toEqual([everyones, its])
    expect(await become({ accesstype: 'personal' })).toEqual([['global_voicemail_mwi_updated', null, 0], its])
    await share(box, [{ user_uuid: null, rights: ['listen'] }])
    expect(await become({ accesstype: 'global' })).toEqual([everyones])
    expect(await become({ accesstype: 'personal', enabled: false })).toEqual([
      ['global_voicemail_mwi_updated', null, 0],
    ])
    expect(await become({ enabled: true })).toEqual([everyones])
    await share(box, [])
  })

  it('ends its claims when it follows its context into another tenant, and tells nobody there of those who held them', async () => {
    const child = await installation.tenant(tenant.uuid)
    const carl = await installation.account(child.uuid)
    const box = await installation.mailbox(tenant, { accesstype: 'global' })
    const id = await deposit(box)
    expect((await own(anna, `/messages/${id}/claim`, { method: 'PUT' })).status).toBe(200)
    const before = await lastEvent(box)
    await tenant.admin.call('PUT', `/api/confd/1.1/voicemails/${box.id}`, { context: child.context })
    expect(counted(await events(box, before))).toEqual([
      ['global_voicemail_mwi_updated', null, 0],
      ['global_voicemail_mwi_updated', null, 1],
    ])
    expect((await own(carl, '/mwi?voicemail_type=all')).json).toMatchObject({ new: 1 })
    expect((await own(carl, `/messages/${id}/claim`, { method: 'PUT' })).status).toBe(200)
  })

  it.each(['confd/1.1', 'auth/0.1'])('says that a member is gone whose account %s deletes', async (api) => {
    const carl = await installation.account(tenant.uuid)
    const [box, other, deleted] = await Promise.all([1, 2, 3].map(() => installation.mailbox(tenant)))
    for (const one of [box, deleted] as Voicemail[]) await share(one, [{ user_uuid: carl.uuid, rights: ['listen'] }])
    await share(other as Voicemail, [{ user_uuid: null, rights: ['listen'] }])
    await tenant.admin.call('DELETE', `/api/confd/1.1/voicemails/${deleted?.id}`)
    const last = async () => (await database.pool.query<{ id: string }>('SELECT max(id) AS id FROM event')).rows[0]?.id
    const before = await last()
    await tenant.admin.call('DELETE', `/api/${api}/users/${carl.uuid}`)
    expect(await listed(box as Voicemail)).toEqual({ total: 0, items: [] })
    const { rows } = await database.pool.query(
      `SELECT body::json -> 'data' AS data FROM event WHERE id > $1 AND name = 'voicemail_members_edited'`,
      [before],
    )
    expect(rows).toEqual([{ data: { id: box?.id } }])
    await share(other as Voicemail, [])
  })

  it('counts no message that waited for its lock while it was deleted', async () => {
    const box = await installation.mailbox(tenant)
    await deposit(box)
    const client = await database.pool.connect()
    await client.query('BEGIN')
    await client.query('SELECT FROM mailbox_summary WHERE mailbox_id = $1 FOR UPDATE', [box.id])
    const deleted = tenant.admin.call('DELETE', `/api/confd/1.1/voicemails/${box.id}`)
    await delay(300)
    const left = deposit(box).catch((error: unknown) => String(error))
    await delay(300)
    await client.query('COMMIT')
    client.release()
    await deleted
    expect(await left).toContain('404')
    expect(counted(await events(box)).at(-1)).toEqual(['user_voicemail_mwi_updated', null, 0])
  })

  it('does not tell its user zeros who loses it but is still a member', async () => {
    const carl = await installation.account(tenant.uuid)
    const box = await installation.mailbox(tenant, {}, [carl])
    await deposit(box)
    await share(box, [{ user_uuid: carl.uuid, rights: ['listen'] }])
    const before = await lastEvent(box)
    await tenant.admin.call('DELETE', `/api/confd/1.1/users/${carl.uuid}/voicemails`)
    expect(counted(await events(box, before))).toEqual([['user_voicemail_mwi_updated', carl.uuid, 1]])
  })

  it('lights the lamps of those it is shared with, and darkens them when that ends', async () => {
    const carl = await installation.account(tenant.uuid)
    const phone = await phoneOf(carl)
    const box = await installation.mailbox(tenant)
    await deposit(box)
    await share(box, [{ user_uuid: carl.uuid, rights: ['manage'] }])
    await share(box, [{ user_uuid: carl.uuid, rights: ['listen'] }])
    const lit = await phone.next(1, () => true, 'the lit lamp')
    expect(lit.body).toContain('Voice-Message: 1/0 (0/0)')
    await share(box, [{ user_uuid: anna.uuid, rights: ['listen'] }])
    await phone.next(2, ({ body }) => body.includes('Voice-Message: 0/0 (0/0)'), 'the dark lamp')
    await share(box, [{ user_uuid: null, rights: ['listen'] }])
    await phone.next(3, ({ body }) => body.includes('Voice-Message: 1/0 (0/0)'), 'lit as everyone’s')
    await share(box, [])
    await phone.next(4, ({ body }) => body.includes('Voice-Message: 0/0 (0/0)'), 'dark again')
  })
})
