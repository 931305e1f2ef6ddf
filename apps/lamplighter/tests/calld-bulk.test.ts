import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

type Message = { id: string }
type BulkAnswer = { items: { id: string; status: number; error_id?: string }[] }

describe('many messages at once', () => {
  let installation: TestInstallation
  let sql: pg.Client
  let tenant: Tenant
  let anna: Person
  let box: Voicemail
  let shared: Voicemail

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
    box = await installation.mailbox(tenant, {}, [anna])
    shared = await installation.mailbox(tenant, { accesstype: 'global' })
  })

  const bulk = async (token: string, place: string, body: unknown) => {
    const url = `${installation.url}/api/calld/1.0/${place}/messages/bulk`
    const { status, json } = await request(url, { method: 'POST', token, body: JSON.stringify(body) })
    return { status, json: json as BulkAnswer & { error_id?: string } }
  }
  const own = (body: unknown, person = anna) => bulk(person.api.token, 'users/me/voicemails', body)
  const byId = (body: unknown, mailbox = box, token = tenant.admin.token) =>
    bulk(token, `voicemails/${mailbox.id}`, body)
  const hold = ({ id }: Message) =>
    request(`${installation.url}/api/calld/1.0/voicemails/${box.id}/messages/${id}/hold`, {
      method: 'PUT',
      token: tenant.admin.token,
    })
  const counts = (mailbox = box) =>
    tenant.admin.call<{ new: number; old: number; version: number }>(
      'GET',
      `/api/calld/1.0/voicemails/${mailbox.id}/mwi`,
    )
  const idsOf = (messages: readonly Message[]) => messages.map(({ id }) => id)

  async function deposits(count: number, mailbox = box): Promise<Message[]> {
    const messages: Message[] = []
    for (let index = 0; index < count; index++) messages.push(await tenant.admin.deposit(mailbox.id, wav(10), {}))
    return messages
  }

  async function eventsSince(work: () => Promise<unknown>): Promise<{ name: string; mailbox_id: number }[]> {
    const last = await sql.query<{ id: string }>('SELECT coalesce(max(id), 0) AS id FROM event')
    await work()
    const since = 'SELECT name, mailbox_id FROM event WHERE id > $1 ORDER BY id'
    return (await sql.query<{ name: string; mailbox_id: number }>(since, [last.rows[0]?.id])).rows
  }

  it('[B] are moved over all mailboxes in reach: an event per message, one count and one revision per mailbox', async () => {
    const [mine, ours] = [await deposits(3), await deposits(2, shared)]
    const before = [await counts(), await counts(shared)]
    const ids = idsOf([...mine, ...ours])
    const said = await eventsSince(async () => {
      const { status, json } = await own({ action: 'move', ids, folder_id: 2 })
      expect([status, json]).toEqual([200, { items: ids.map((id) => ({ id, status: 204 })) }])
    })
    const names = (mailbox: Voicemail) => said.filter((one) => one.mailbox_id === mailbox.id).map(({ name }) => name)
    const updated = ['user_voicemail_message_updated', 'global_voicemail_message_updated'] as const
    expect(names(box)).toEqual([updated[0], updated[0], updated[0], 'user_voicemail_mwi_updated'])
    expect(names(shared)).toEqual([updated[1], updated[1], 'global_voicemail_mwi_updated'])
    expect(await counts()).toMatchObject({ new: 0, old: 3, version: (before[0]?.version ?? 0) + 1 })
    expect(await counts(shared)).toMatchObject({ new: 0, old: 2, version: (before[1]?.version ?? 0) + 1 })
    expect(await eventsSince(() => own({ action: 'move', ids, folder_id: 2 }))).toEqual([])
  })

  it('[B] are deleted and restored, one call for 200 (row 45), and each id gets its own answer in the order asked', async () => {
    const many = await deposits(200)
    const unknown = randomUUID()
    await hold(many[0] as Message)
    const ids = ['not-a-uuid', ...idsOf(many), unknown]
    const deleted = await byId({ action: 'delete', ids })
    expect(deleted.json.items.map(({ id }) => id)).toEqual(ids)
    expect(deleted.json.items.filter(({ status }) => status !== 204)).toEqual([
      { id: 'not-a-uuid', status: 404, error_id: 'no-such-voicemail-message' },
      { id: many[0]?.id, status: 409, error_id: 'message-on-hold' },
      { id: unknown, status: 404, error_id: 'no-such-voicemail-message' },
    ])
    expect(await counts()).toMatchObject({ new: 1, old: 0 })
    const restored = await own({ action: 'restore', ids: idsOf(many) })
    expect(restored.json.items.filter(({ status }) => status === 204)).toHaveLength(199)
    expect(await counts()).toMatchObject({ new: 200, old: 0 })
  })

  it('[B] are restored as far as the mailbox has room, in the order asked', async () => {
    const messages = await deposits(3)
    await own({ action: 'delete', ids: idsOf(messages) })
    await tenant.admin.call('PUT', `/api/confd/1.1/voicemails/${box.id}`, { max_messages: 2 })
    const ids = idsOf(messages).reverse()
    const { json } = await own({ action: 'restore', ids })
    expect(json.items.map(({ status, error_id }) => error_id ?? status)).toEqual([204, 204, 'voicemail-full'])
  })

  it('[B] are answered as each request alone would be: foreign ones 404, without the right 403, without the access 401', async () => {
    const [mine] = await deposits(1)
    const [ours] = await deposits(1, shared)
    const bert = await installation.account(tenant.uuid)
    const listenOnly = await installation.mailbox(tenant, {})
    const [theirs] = await deposits(1, listenOnly)
    const member = 'INSERT INTO mailbox_member (mailbox_id, tenant_uuid, user_uuid, rights) VALUES ($1, $2, $3, 1)'
    await sql.query(member, [listenOnly.id, tenant.uuid, bert.uuid])
    const ids = idsOf([mine, ours, theirs] as Message[])
    const { json } = await own({ action: 'delete', ids }, bert)
    expect(json.items.map(({ error_id }) => error_id)).toEqual([
      'no-such-voicemail-message',
      undefined,
      'mailbox-right-missing',
    ])
    const clerk = await installation.accountWith(tenant.uuid, [
      'calld.voicemails.#',
      `!calld.voicemails.${box.id}.messages.${mine?.id}.delete`,
    ])
    const refused = await byId({ action: 'delete', ids: [mine?.id] }, box, clerk.api.token)
    expect(refused.json.items).toEqual([{ id: mine?.id, status: 401, error_id: 'unauthorized' }])
    expect((await byId({ action: 'delete', ids: [ours?.id] })).json.items[0]?.status).toBe(404)
  })

  it('[B] may be named twice and in capitals: each is one', async () => {
    const [message] = await deposits(1)
    const capitals = message?.id.toUpperCase()
    const { json } = await own({ action: 'delete', ids: [message?.id, capitals] })
    expect(json.items).toEqual([{ id: capitals, status: 204 }])
  })

  it.each([
    [{ action: 'delete', ids: [] }, 400, 'invalid-data'],
    [{ action: 'delete', ids: Array.from({ length: 501 }, () => randomUUID()) }, 400, 'invalid-data'],
    [{ action: 'delete', ids: ['a_b'] }, 400, 'invalid-data'],
    [{ action: 'delete', ids: [1] }, 400, 'invalid-data'],
    [{ action: 'delete', ids: ['a'], folder_id: 2 }, 400, 'invalid-data'],
    [{ action: 'move', ids: ['a'] }, 400, 'invalid-data'],
    [{ action: 'move', ids: ['a'], folder_id: 7 }, 404, 'no-such-voicemail-folder'],
    [{ action: 'purge', ids: ['a'] }, 400, 'invalid-data'],
    [{ ids: ['a'] }, 400, 'invalid-data'],
  ])('are refused when the request is wrong: %#', async (body, status, errorId) => {
    for (const answer of [await own(body), await byId(body)])
      expect([answer.status, answer.json.error_id]).toEqual([status, errorId])
  })

  it('of a mailbox that is not there are 404 no-such-voicemail', async () => {
    const { status, json } = await byId({ action: 'delete', ids: ['a'] }, { ...box, id: 2_000_000_000 })
    expect([status, json.error_id]).toEqual([404, 'no-such-voicemail'])
  })
})
