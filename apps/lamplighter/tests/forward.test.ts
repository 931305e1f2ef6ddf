import { randomUUID } from 'node:crypto'
import { type Database, openDatabase } from '@lamplighter/store'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

type Message = { id: string; caller_id_num: string; timestamp: number; note: string | null; voicemail: { id: number } }
type Answer = { status: number; json: unknown; headers: Headers }

describe('forwarding a message', () => {
  let installation: TestInstallation
  let database: Database
  let tenant: Tenant
  let anna: Person
  let from: Voicemail
  let first: Voicemail
  let second: Voicemail
  let id: string

  beforeAll(async () => {
    installation = await TestInstallation.start()
    database = openDatabase(installation.databaseUrl, { connections: 2 })
    tenant = await installation.tenant()
  })
  afterAll(async () => {
    await database.close()
    await installation.stop()
  })
  beforeEach(async () => {
    anna = await installation.account(tenant.uuid)
    from = await installation.mailbox(tenant, {}, [anna])
    first = await installation.mailbox(tenant, { max_messages: 2 }, [await installation.account(tenant.uuid)])
    second = await installation.mailbox(tenant)
    id = (await deposit(from, { caller_id_num: '42', timestamp: '1700000000', urgent: 'true' })).id
  })

  const deposit = (box: Voicemail, facts: Record<string, string> = {}) =>
    tenant.admin.deposit<{ id: string }>(box.id, wav(100), facts)
  const calld = (token: string | undefined, method: string, path: string, body?: unknown, headers = {}) =>
    request(`${installation.url}/api/calld/1.0${path}`, {
      method,
      token,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const forward = (body: unknown, headers: Record<string, string> = {}) =>
    calld(anna.api.token, 'POST', `/users/me/voicemails/messages/${id}/forward`, body, headers)
  const to = (...boxes: Voicemail[]) => ({ voicemail_ids: boxes.map((box) => box.id) })
  const admin = (method: string, path: string, body?: unknown) => calld(tenant.admin.token, method, path, body)
  const items = ({ json }: Answer) => (json as { items: Message[] }).items
  const failure = ({ status, json }: Answer) => [status, (json as { error_id?: string }).error_id]
  const counts = async (box: Voicemail) => (await admin('GET', `/voicemails/${box.id}/mwi`)).json
  const recording = async (box: Voicemail, message: string) => {
    const url = `${installation.url}/api/calld/1.0/voicemails/${box.id}/messages/${message}/recording`
    const response = await fetch(url, { headers: { 'x-auth-token': tenant.admin.token } })
    return Buffer.from(await response.arrayBuffer())
  }

  it('copies it to other mailboxes: new ids, the same caller, time and priority, unread, said to be created', async () => {
    const { rows } = await database.pool.query<{ id: number }>('SELECT coalesce(max(id), 0)::int AS id FROM event')
    const answer = await forward({ ...to(first, second), note: 'for you' })
    expect([answer.status, (answer.json as { total: number }).total]).toEqual([201, 2])
    expect(items(answer).map((one) => one.voicemail.id)).toEqual([first.id, second.id])
    for (const copy of items(answer)) {
      expect(copy.id).not.toBe(id)
      expect(copy).toMatchObject({ caller_id_num: '42', timestamp: 1_700_000_000, folder: { id: 3 }, note: 'for you' })
    }
    // The first mailbox has a user, whose association was its first revision.
    expect(await counts(first)).toMatchObject({ new: 1, urgent_new: 1, version: 2 })
    expect(await counts(second)).toMatchObject({ new: 1, urgent_new: 1, version: 1 })
    expect(await counts(from)).toMatchObject({ new: 1, old: 0 })
    const events = await database.pool.query<{ name: string; mailbox_id: number }>(
      'SELECT name, mailbox_id FROM event WHERE id > $1 AND mailbox_id = ANY ($2) ORDER BY id',
      [rows[0]?.id, [from.id, first.id, second.id]],
    )
    expect(events.rows).toEqual([
      { name: 'user_voicemail_message_created', mailbox_id: first.id },
      { name: 'user_voicemail_mwi_updated', mailbox_id: first.id },
      { name: 'user_voicemail_mwi_updated', mailbox_id: second.id },
    ])
  })

  it('shares the audio, and deleting the original for good harms no copy (users.md 30)', async () => {
    const copies = items(await forward(to(first, second)))
    const keys = await database.pool.query('SELECT DISTINCT audio_key FROM message WHERE id = ANY ($1::uuid[])', [
      [id, ...copies.map((copy) => copy.id)],
    ])
    expect(keys.rowCount).toBe(1)
    expect((await admin('DELETE', `/voicemails/${from.id}/messages/${id}?purge=true`)).status).toBe(204)
    for (const copy of copies) {
      const box = copy.voicemail.id === first.id ? first : second
      expect((await recording(box, copy.id)).equals(Buffer.from(wav(100)))).toBe(true)
    }
  })

  it('without keeping it moves the original to the trash, after the copies are made', async () => {
    const answer = await forward({ ...to(first), keep: false })
    expect(answer.status).toBe(201)
    expect((await admin('GET', `/voicemails/${from.id}/messages/${id}`)).status).toBe(404)
    const trash = (await admin('GET', `/voicemails/${from.id}/trash`)).json as { items: Message[] }
    expect(trash.items.map((one) => one.id)).toEqual([id])
    expect((await recording(first, items(answer)[0]?.id ?? '')).length).toBe(244)
  })

  it('happens once per Idempotency-Key, also when the original is in the trash by then', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const body = { ...to(first), keep: false }
    const [one, other] = [await forward(body, headers), await forward(body, headers)]
    expect([one.status, other.status, other.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true'])
    expect(items(other)).toEqual(items(one))
    expect(await counts(first)).toMatchObject({ new: 1 })
    expect(failure(await forward(to(second), headers))).toEqual([409, 'idempotency-key-conflict'])
  })

  it('at once with one key and in parallel makes one set of copies', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const answers = await Promise.all(Array.from({ length: 5 }, () => forward(to(first, second), headers)))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
    expect(new Set(answers.map((answer) => JSON.stringify(items(answer)))).size).toBe(1)
    expect([await counts(first), await counts(second)]).toMatchObject([{ new: 1 }, { new: 1 }])
  })

  it('shares its Idempotency-Key with no other user: who may not listen learns nothing by it', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const stranger = await installation.account(tenant.uuid)
    const path = `/users/me/voicemails/messages/${id}/forward`
    expect((await forward(to(first), headers)).status).toBe(201)
    const answer = await calld(stranger.api.token, 'POST', path, to(first), headers)
    expect(failure(answer)).toEqual([404, 'no-such-voicemail-message'])
    expect((await forward(to(first), headers)).headers.get('idempotency-replayed')).toBe('true')
  })

  it('crosswise between mailboxes never deadlocks', async () => {
    const back = (await deposit(second)).id
    const crossing = Array.from({ length: 20 }, (_, at) =>
      at % 2 === 0
        ? admin('POST', `/voicemails/${from.id}/messages/${id}/forward`, to(second))
        : admin('POST', `/voicemails/${second.id}/messages/${back}/forward`, to(from)),
    )
    expect(new Set((await Promise.all(crossing)).map(({ status }) => status))).toEqual(new Set([201]))
    expect(await counts(from)).toMatchObject({ new: 11 })
  })

  it('is all or nothing: a full or disabled mailbox, or one that is not there, gets nobody a copy', async () => {
    await deposit(first)
    await deposit(first)
    expect(failure(await forward(to(second, first)))).toEqual([409, 'voicemail-full'])
    const disabled = await installation.mailbox(tenant, { enabled: false })
    expect(failure(await forward(to(second, disabled)))).toEqual([409, 'voicemail-disabled'])
    const foreign = await installation.mailbox(await installation.tenant())
    for (const box of [foreign, { ...foreign, id: 2_000_000_000 }]) {
      expect(failure(await forward(to(second, box)))).toEqual([404, 'no-such-voicemail'])
    }
    expect(await counts(second)).toMatchObject({ new: 0, version: 0 })
  })

  it('is refused while it is private, and with keep false while it is on hold', async () => {
    await calld(anna.api.token, 'PUT', `/users/me/voicemails/messages/${id}/flags`, { private: true })
    expect(failure(await forward(to(first)))).toEqual([400, 'message-private'])
    await calld(anna.api.token, 'PUT', `/users/me/voicemails/messages/${id}/flags`, { private: false })
    await admin('PUT', `/voicemails/${from.id}/messages/${id}/hold`)
    expect(failure(await forward({ ...to(first), keep: false }))).toEqual([409, 'message-on-hold'])
    expect(await counts(first)).toMatchObject({ new: 0 })
    expect((await forward(to(first))).status).toBe(201)
  })

  it('needs the right to listen, and to delete when it is not kept', async () => {
    const bob = await installation.account(tenant.uuid)
    const share = (rights: string[]) =>
      tenant.admin.call('PUT', `/api/confd/1.1/voicemails/${from.id}/members/${bob.uuid}`, { rights })
    const try_ = async (body: object) =>
      failure(await calld(bob.api.token, 'POST', `/users/me/voicemails/messages/${id}/forward`, body))
    expect(await try_(to(first))).toEqual([404, 'no-such-voicemail-message'])
    await share(['manage', 'delete', 'greet', 'purge'])
    expect(await try_(to(first))).toEqual([403, 'mailbox-right-missing'])
    await share(['listen', 'manage'])
    expect(await try_({ ...to(first), keep: false })).toEqual([403, 'mailbox-right-missing'])
    expect((await try_(to(first)))[0]).toBe(201)
  })

  it.each([
    {},
    { voicemail_ids: [] },
    { voicemail_ids: [1, 1] },
    { voicemail_ids: [0] },
    { voicemail_ids: [2_147_483_648] },
    { voicemail_ids: Array.from({ length: 21 }, (_, at) => at + 1) },
    { voicemail_ids: [1], keep: 'no' },
    { voicemail_ids: [1], note: 'x'.repeat(2001) },
    { voicemail_ids: [1], to: 2 },
  ])('is refused with 400 for %j', async (body) => {
    expect(failure(await forward(body))).toEqual([400, 'invalid-data'])
    expect(failure(await forward(to(from)))).toEqual([400, 'invalid-data'])
  })
})
