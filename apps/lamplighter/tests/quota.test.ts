import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

type Said = { name: string; user: string | null; data: Record<string, unknown> }

describe('users.md 38, 39: a mailbox that fills up', () => {
  let installation: TestInstallation
  let sql: pg.Client
  let tenant: Tenant
  let anna: Person
  let box: Voicemail

  beforeAll(async () => {
    installation = await TestInstallation.start()
    sql = new pg.Client({ connectionString: installation.databaseUrl })
    await sql.connect()
  })
  afterAll(async () => {
    await sql.end()
    await installation.stop()
  })
  beforeEach(async () => {
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    box = await installation.mailbox(tenant, { max_messages: 5 }, [anna])
  })

  /** What is said of quotas and refusals meanwhile. */
  async function saidBy(work: () => Promise<unknown>): Promise<Said[]> {
    const last = await sql.query<{ id: string }>('SELECT coalesce(max(id), 0) AS id FROM event')
    await work()
    const { rows } = await sql.query<{ name: string; user_uuid: string | null; body: string }>(
      `SELECT name, user_uuid::text, body FROM event WHERE id > $1 AND (name LIKE '%quota_warning' OR name LIKE '%message_rejected') ORDER BY id`,
      [last.rows[0]?.id],
    )
    return rows.map(({ name, user_uuid: user, body }) => ({ name, user, data: JSON.parse(body).data }))
  }
  const percents = (said: readonly Said[]) => said.map(({ data }) => data['percent'])
  const leave = (mailbox = box, query = 'caller_id_num=5551234&caller_id_name=Zoë') =>
    request(`${installation.url}/api/calld/1.0/voicemails/${mailbox.id}/messages?${query}`, {
      method: 'POST',
      token: tenant.admin.token,
      headers: { 'content-type': 'audio/wav' },
      body: wav(100),
    })
  const leaveMany = async (count: number, mailbox = box) => {
    for (let n = 0; n < count; n++) expect((await leave(mailbox)).status).toBe(201)
  }
  const own = (method: string, rest: string) =>
    request(`${installation.url}/api/calld/1.0/users/me/voicemails${rest}`, { method, token: anna.api.token })
  const setLimit = (max_messages: number | null) =>
    tenant.admin.call('PUT', `/api/confd/1.1/voicemails/${box.id}`, { max_messages })

  it('warns once when 80 and once when 95 percent are reached, with how many there are', async () => {
    expect(await saidBy(() => leaveMany(3))).toEqual([])
    const [first] = await saidBy(() => leaveMany(1))
    expect(first).toEqual({
      name: 'user_voicemail_quota_warning',
      user: anna.uuid,
      data: {
        user_uuid: anna.uuid,
        voicemail_id: box.id,
        percent: 80,
        messages: 4,
        max_messages: 5,
        version: expect.any(Number),
      },
    })
    expect(percents(await saidBy(() => leaveMany(1)))).toEqual([95])
  })

  it('warns again only after it was left: a message goes, another one comes', async () => {
    await leaveMany(4)
    const { items } = (await own('GET', '/messages')).json as { items: { id: string }[] }
    expect(await saidBy(() => own('DELETE', `/messages/${items[0]?.id}`))).toEqual([])
    expect(percents(await saidBy(() => leaveMany(1)))).toEqual([80])
    expect(percents(await saidBy(() => own('PUT', `/messages/${items[0]?.id}/restore`)))).toEqual([95])
  })

  it('at 100 percent refuses with 409, keeps what is there, and tells who was turned away', async () => {
    await leaveMany(5)
    const said = await saidBy(async () => expect((await leave()).status).toBe(409))
    expect(said).toEqual([
      {
        name: 'user_voicemail_message_rejected',
        user: anna.uuid,
        data: {
          user_uuid: anna.uuid,
          voicemail_id: box.id,
          reason: 'full',
          caller_id_name: 'Zoë',
          caller_id_num: '5551234',
          messages: 5,
          max_messages: 5,
        },
      },
    ])
    expect((await own('GET', '/messages')).json).toMatchObject({ total: 5 })
  })

  it('a disabled mailbox tells it too; a caller without a number has none', async () => {
    await tenant.admin.call('PUT', `/api/confd/1.1/voicemails/${box.id}`, { enabled: false })
    const [rejected] = await saidBy(async () => expect((await leave(box, '')).status).toBe(409))
    expect(rejected?.data).toMatchObject({ reason: 'disabled', caller_id_name: null, caller_id_num: null })
  })

  it('a limit that is lowered below what is there warns and takes nothing away; without a limit nothing is said', async () => {
    await setLimit(null)
    expect(await saidBy(() => leaveMany(6))).toEqual([])
    expect(percents(await saidBy(() => setLimit(5)))).toEqual([80, 95])
    expect((await own('GET', '/messages')).json).toMatchObject({ total: 6 })
    expect(await saidBy(() => setLimit(4))).toEqual([])
  })

  it('a mailbox nobody listens to tells the admins; one open to everyone tells the tenant once', async () => {
    const nobodys = await installation.mailbox(tenant, { max_messages: 1 })
    const open = await installation.mailbox(tenant, { max_messages: 1, accesstype: 'global' })
    const said = await saidBy(() => leaveMany(1, nobodys).then(() => leaveMany(1, open)))
    expect(said.map(({ name, user, data }) => [name, user, data['percent']])).toEqual([
      ['user_voicemail_quota_warning', null, 80],
      ['user_voicemail_quota_warning', null, 95],
      ['global_voicemail_quota_warning', null, 80],
      ['global_voicemail_quota_warning', null, 95],
    ])
  })

  it('a copy that fills the mailbox it is forwarded to warns there', async () => {
    await leaveMany(1)
    const { items } = (await own('GET', '/messages')).json as { items: { id: string }[] }
    const target = await installation.mailbox(tenant, { max_messages: 1, accesstype: 'global' })
    const forward = () =>
      request(`${installation.url}/api/calld/1.0/users/me/voicemails/messages/${items[0]?.id}/forward`, {
        method: 'POST',
        token: anna.api.token,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ voicemail_ids: [target.id] }),
      })
    const said = await saidBy(async () => expect((await forward()).status).toBe(201))
    expect(said.map(({ data }) => [data['voicemail_id'], data['percent']])).toEqual([
      [target.id, 80],
      [target.id, 95],
    ])
  })
})
