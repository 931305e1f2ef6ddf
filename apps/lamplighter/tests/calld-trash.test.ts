import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

type Message = { id: string; folder: { id: number } }
type Trashed = Message & { deleted_at: string; deleted_by: string | null; purge_at: string | null }
type TrashPage = { items: Trashed[]; total: number; next_cursor?: string }

describe('a deleted message', () => {
  let installation: TestInstallation
  let sql: pg.Client
  let tenant: Tenant
  let anna: Person
  let bert: Person
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
    bert = await installation.account(tenant.uuid)
    box = await installation.mailbox(tenant, {}, [anna])
    shared = await installation.mailbox(tenant, { accesstype: 'global' })
  })

  const call = (token: string) => (method: string, rest: string, body?: unknown) =>
    request(`${installation.url}/api/calld/1.0${rest}`, {
      method,
      token,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const admin = (method: string, rest: string, body?: unknown) => call(tenant.admin.token)(method, rest, body)
  const own = (method: string, rest: string, person = anna) =>
    call(person.api.token)(method, `/users/me/voicemails${rest}`)
  const byId = (message: Message, mailbox = box) => `/voicemails/${mailbox.id}/messages/${message.id}`
  const deposit = (mailbox = box, facts: Record<string, string> = {}) =>
    tenant.admin.deposit<Message>(mailbox.id, wav(100), facts)
  const counts = async (mailbox = box) => (await admin('GET', `/voicemails/${mailbox.id}/mwi`)).json
  const ownTrash = async (person = anna, query = '') => (await own('GET', `/trash${query}`, person)).json as TrashPage
  const errorOf = ({ status, json }: { status: number; json: unknown }) => [
    status,
    (json as { error_id?: string } | undefined)?.error_id,
  ]

  async function eventsSince(work: () => Promise<unknown>): Promise<string[]> {
    const last = await sql.query<{ id: string }>('SELECT coalesce(max(id), 0) AS id FROM event')
    await work()
    const said = await sql.query<{ name: string }>('SELECT name FROM event WHERE id > $1 ORDER BY id', [
      last.rows[0]?.id,
    ])
    return said.rows.map(({ name }) => name)
  }

  async function audioFiles(): Promise<number> {
    const files = await readdir(path.join(installation.directory, 'audio'), { recursive: true, withFileTypes: true })
    return files.filter((file) => file.isFile()).length
  }

  it('[C] is answered 204, then not found by any read, and repeating is 404; it counts and is listed no more', async () => {
    const message = await deposit()
    const said = await eventsSince(async () =>
      expect((await own('DELETE', `/messages/${message.id}`)).status).toBe(204),
    )
    expect(said).toEqual(['user_voicemail_message_deleted', 'user_voicemail_mwi_updated'])
    for (const [method, rest] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/recording'],
    ] as const) {
      const missing = [404, 'no-such-voicemail-message']
      expect(errorOf(await own(method, `/messages/${message.id}${rest}`))).toEqual(missing)
      expect(errorOf(await admin(method, `${byId(message)}${rest}`))).toEqual(missing)
    }
    expect(errorOf(await admin('PUT', byId(message), { folder_id: 2 }))).toEqual([404, 'no-such-voicemail-message'])
    expect(await counts()).toMatchObject({ new: 0, old: 0, messages_waiting: false })
    expect((await own('GET', '/messages')).json).toMatchObject({ items: [], total: 0 })
  })

  it('[B] lies in the trash with who deleted it and when it goes; whoever reaches the mailbox sees it there (row 28)', async () => {
    const message = await deposit(shared)
    await own('DELETE', `/messages/${message.id}`, bert)
    const { items, total } = await ownTrash(anna)
    expect(total).toBe(1)
    expect(items[0]).toMatchObject({ id: message.id, deleted_by: bert.uuid, voicemail: { id: shared.id } })
    const kept = Date.parse(items[0]?.purge_at ?? '') - Date.parse(items[0]?.deleted_at ?? '')
    expect(kept).toBe(30 * 86_400_000)
    expect((await admin('GET', `/voicemails/${shared.id}/trash`)).json).toEqual({ items, total })
    expect((await admin('GET', `/voicemails/${box.id}/trash`)).json).toEqual({ items: [], total: 0 })
    expect(errorOf(await admin('GET', '/voicemails/2000000000/trash'))).toEqual([404, 'no-such-voicemail'])
  })

  it('[B] is listed newest deletion first, by pages that go on where the last one ended', async () => {
    const messages = []
    for (let index = 0; index < 5; index++) messages.push(await deposit(index % 2 === 0 ? box : shared))
    for (const message of messages) await own('DELETE', `/messages/${message.id}`)
    const newestFirst = messages.map(({ id }) => id).reverse()
    const first = await ownTrash(anna, '?limit=2')
    const second = await ownTrash(anna, `?limit=2&cursor=${first.next_cursor}`)
    const third = await ownTrash(anna, `?limit=2&cursor=${second.next_cursor}`)
    expect([first, second, third].map(({ total }) => total)).toEqual([5, 5, 5])
    expect([first, second, third].flatMap(({ items }) => items.map(({ id }) => id))).toEqual(newestFirst)
    expect(third).not.toHaveProperty('next_cursor')
    expect((await ownTrash(anna, '?limit=2&offset=3')).items.map(({ id }) => id)).toEqual(newestFirst.slice(3))
    for (const query of ['limit=0', 'limit=1001', 'cursor=x', 'cursor=WzEsMl0', 'color=red'])
      expect(errorOf(await own('GET', `/trash?${query}`))).toEqual([400, 'invalid-data'])
  })

  it('[B] is restored to its folder with its counts, as updated and restored, never as created', async () => {
    const message = await deposit(box, { urgent: 'true' })
    await admin('PUT', byId(message), { folder_id: 4 })
    const before = (await counts()) as { version: number }
    await own('DELETE', `/messages/${message.id}`)
    const said = await eventsSince(async () =>
      expect((await own('PUT', `/messages/${message.id}/restore`)).status).toBe(204),
    )
    expect(said).toEqual([
      'user_voicemail_message_updated',
      'user_voicemail_message_restored',
      'user_voicemail_mwi_updated',
    ])
    expect(await counts()).toEqual({ ...before, version: before.version + 2 })
    expect((await own('GET', `/messages/${message.id}`)).json).toMatchObject({ id: message.id, folder: { id: 4 } })
    expect(errorOf(await own('PUT', `/messages/${message.id}/restore`))).toEqual([404, 'no-such-voicemail-message'])
  })

  it('[B] of a global mailbox is restored for the whole tenant, by any user of it and by id', async () => {
    const message = await deposit(shared)
    for (const restore of [
      () => own('PUT', `/messages/${message.id}/restore`, anna),
      () => admin('PUT', `${byId(message, shared)}/restore`),
    ]) {
      await own('DELETE', `/messages/${message.id}`, bert)
      expect(await eventsSince(restore)).toEqual([
        'global_voicemail_message_updated',
        'global_voicemail_message_restored',
        'global_voicemail_mwi_updated',
      ])
    }
  })

  it('[B] is not restored into a full mailbox: 409 voicemail-full', async () => {
    const small = await installation.mailbox(tenant, { max_messages: 1 }, [bert])
    const first = await deposit(small)
    await own('DELETE', `/messages/${first.id}`, bert)
    await deposit(small)
    expect(errorOf(await own('PUT', `/messages/${first.id}/restore`, bert))).toEqual([409, 'voicemail-full'])
    expect((await ownTrash(bert)).total).toBe(1)
  })

  it('[B] cannot be restored, purged or seen in the trash by whom the mailbox is none of his business', async () => {
    const message = await deposit()
    await own('DELETE', `/messages/${message.id}`)
    for (const [method, rest] of [
      ['PUT', '/restore'],
      ['DELETE', '?purge=true'],
    ] as const)
      expect(errorOf(await own(method, `/messages/${message.id}${rest}`, bert))).toEqual([
        404,
        'no-such-voicemail-message',
      ])
    expect(await ownTrash(bert)).toEqual({ items: [], total: 0 })
  })

  it('[B] loses its claim', async () => {
    const message = await deposit()
    const claim = `UPDATE message SET claimed_by = $1, claim_expires_at = now() + interval '1 hour' WHERE id = $2`
    await sql.query(claim, [anna.uuid, message.id])
    expect((await own('DELETE', `/messages/${message.id}`)).status).toBe(204)
    const { rows } = await sql.query('SELECT claimed_by, claim_expires_at FROM message WHERE id = $1', [message.id])
    expect(rows).toEqual([{ claimed_by: null, claim_expires_at: null }])
  })

  describe('with purge', () => {
    it('[B] is gone for good with its audio, live or from the trash; only the live one is said to be deleted', async () => {
      const [live, trashed] = [await deposit(), await deposit()]
      await own('DELETE', `/messages/${trashed.id}`)
      const files = await audioFiles()
      const said = await eventsSince(() => own('DELETE', `/messages/${live.id}?purge=true`))
      expect(said).toEqual(['user_voicemail_message_deleted', 'user_voicemail_mwi_updated'])
      expect(await eventsSince(() => admin('DELETE', `${byId(trashed)}?purge=true`))).toEqual([])
      expect(await audioFiles()).toBe(files - 2)
      expect((await ownTrash()).total).toBe(0)
      expect(errorOf(await own('PUT', `/messages/${live.id}/restore`))).toEqual([404, 'no-such-voicemail-message'])
      expect(errorOf(await own('DELETE', `/messages/${live.id}?purge=true`))).toEqual([
        404,
        'no-such-voicemail-message',
      ])
    })

    it('[B] keeps the audio while another message or a greeting names it (row 30)', async () => {
      const [original, copy, last] = [await deposit(), await deposit(), await deposit()]
      const share = 'UPDATE message SET audio_key = (SELECT audio_key FROM message WHERE id = $1) WHERE id = $2'
      await sql.query(share, [original.id, copy.id])
      const greet = `INSERT INTO greeting (mailbox_id, name, tenant_uuid, audio_key, audio_bytes, audio_sha256, duration_ms)
        SELECT mailbox_id, 'busy', tenant_uuid, audio_key, 1, '', 1 FROM message WHERE id = $1`
      await sql.query(greet, [last.id])
      const files = await audioFiles()
      await own('DELETE', `/messages/${original.id}?purge=true`)
      await own('DELETE', `/messages/${last.id}?purge=true`)
      expect(await audioFiles()).toBe(files)
      expect((await own('GET', `/messages/${copy.id}/recording`)).status).toBe(200)
      await own('DELETE', `/messages/${copy.id}?purge=true`)
      expect(await audioFiles()).toBe(files - 1)
    })

    it('[B] needs the right to purge: users of a global mailbox lack it, 403 mailbox-right-missing', async () => {
      const message = await deposit(shared)
      expect(errorOf(await own('DELETE', `/messages/${message.id}?purge=true`))).toEqual([403, 'mailbox-right-missing'])
      const member = `INSERT INTO mailbox_member (mailbox_id, tenant_uuid, user_uuid, rights) VALUES ($1, $2, $3, 17)`
      await sql.query(member, [shared.id, tenant.uuid, anna.uuid])
      expect((await own('DELETE', `/messages/${message.id}?purge=true`)).status).toBe(204)
    })

    it('[B] by mailbox id needs the purge access beside that of deleting, else 403', async () => {
      const message = await deposit()
      const token = async (...acl: string[]) => (await installation.accountWith(tenant.uuid, acl)).api.token
      const deleter = await token('calld.voicemails.*.messages.*.delete')
      const refused = await call(deleter)('DELETE', `${byId(message)}?purge=true`)
      expect(errorOf(refused)).toEqual([403, 'mailbox-right-missing'])
      expect((await call(deleter)('DELETE', byId(message))).status).toBe(204)
      const purger = await token('calld.voicemails.*.messages.*.delete', 'calld.voicemails.*.messages.*.purge')
      expect((await call(purger)('DELETE', `${byId(message)}?purge=true`)).status).toBe(204)
    })

    it.each(['?purge=maybe'])('refuses %s with 400', async (query) => {
      const message = await deposit()
      expect(errorOf(await own('DELETE', `/messages/${message.id}${query}`))).toEqual([400, 'invalid-data'])
    })

    it.each(['?purge=false', '?color=red'])('is just deleted with %s', async (query) => {
      const message = await deposit()
      expect((await own('DELETE', `/messages/${message.id}${query}`)).status).toBe(204)
      expect((await ownTrash()).total).toBe(1)
    })
  })

  describe('on hold', () => {
    it('[B] can be neither deleted nor purged, 409 message-on-hold, until it is released (feature 9)', async () => {
      const message = await deposit()
      for (let times = 0; times < 2; times++) expect((await admin('PUT', `${byId(message)}/hold`)).status).toBe(204)
      for (const query of ['', '?purge=true']) {
        expect(errorOf(await own('DELETE', `/messages/${message.id}${query}`))).toEqual([409, 'message-on-hold'])
        expect(errorOf(await admin('DELETE', `${byId(message)}${query}`))).toEqual([409, 'message-on-hold'])
      }
      for (let times = 0; times < 2; times++) expect((await admin('DELETE', `${byId(message)}/hold`)).status).toBe(204)
      expect((await own('DELETE', `/messages/${message.id}`)).status).toBe(204)
    })

    it('[B] is kept in the trash too, without a day on which it goes', async () => {
      const message = await deposit()
      await own('DELETE', `/messages/${message.id}`)
      await admin('PUT', `${byId(message)}/hold`)
      expect((await ownTrash()).items[0]).toMatchObject({ id: message.id, purge_at: null })
      expect(errorOf(await own('DELETE', `/messages/${message.id}?purge=true`))).toEqual([409, 'message-on-hold'])
      expect((await own('PUT', `/messages/${message.id}/restore`)).status).toBe(204)
    })

    it('[B] is set by mailbox id and its own access only', async () => {
      const message = await deposit()
      expect((await call(anna.api.token)('PUT', `${byId(message)}/hold`)).status).toBe(401)
      expect(errorOf(await admin('PUT', `/voicemails/${box.id}/messages/${randomUUID()}/hold`))).toEqual([
        404,
        'no-such-voicemail-message',
      ])
    })
  })
})
