import { openDatabase, Store } from '@lamplighter/store'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConfdAnswer, type ConfdCall, confdOf, Ear } from './confd-support.js'
import { RawPhone } from './raw-phone.js'
import { type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

type Deleted = Voicemail & { deleted_at: string; purge_at: string }
const DAY_MS = 24 * 60 * 60 * 1000

describe('[B] the trash of mailboxes', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let call: ConfdCall
  let ear: Ear

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
    call = confdOf(installation, tenant.admin)
    ear = await Ear.open(installation, tenant.admin)
  })
  afterAll(async () => {
    ear.close()
    await installation.stop()
  })

  const refused = ({ status, json }: ConfdAnswer, text: string, expected = 400) =>
    expect([status, json]).toEqual([expected, [expect.stringContaining(text)]])
  const remove = (id: number) => call('DELETE', `/voicemails/${id}`)
  const restore = (id: number, body?: unknown) => call('PUT', `/voicemails/${id}/restore`, body)
  const trash = async (query = '') =>
    (await call('GET', `/voicemails/trash${query}`)).json as { total: number; items: Deleted[] }
  const counts = (id: number) => tenant.admin.call('GET', `/api/calld/1.0/voicemails/${id}/mwi`)
  /** A deleted mailbox with one new message. */
  async function deleted(fields: Record<string, unknown> = {}): Promise<Voicemail> {
    const mailbox = await installation.mailbox(tenant, fields)
    await tenant.admin.deposit(mailbox.id, wav(), {})
    await remove(mailbox.id)
    return mailbox
  }

  it('holds what was deleted, the latest first, as it was, with deleted_at and purge_at', async () => {
    const own = await installation.tenant()
    const mine = confdOf(installation, own.admin)
    const [one, two] = [await installation.mailbox(own, { email: 'a@b' }), await installation.mailbox(own)]
    for (const { id } of [one, two]) await mine('DELETE', `/voicemails/${id}`)
    const { total, items } = (await mine('GET', '/voicemails/trash')).json as { total: number; items: Deleted[] }
    expect([total, items.map(({ id }) => id)]).toEqual([2, [two.id, one.id]])
    expect(items[1]).toEqual({ ...one, deleted_at: expect.any(String), purge_at: expect.any(String) })
    const [first] = items
    expect(Date.parse(first?.purge_at ?? '') - Date.parse(first?.deleted_at ?? '')).toBe(30 * DAY_MS)
    const cut = (await mine('GET', '/voicemails/trash?limit=1&offset=1')).json as { total: number; items: Deleted[] }
    expect([cut.total, cut.items.map(({ id }) => id)]).toEqual([2, [one.id]])
  })

  it('is the tenant’s own: a stranger neither sees nor restores, a parent does both', async () => {
    const { id } = await deleted()
    const stranger = confdOf(installation, (await installation.tenant()).admin)
    expect((await stranger('GET', '/voicemails/trash')).json).toEqual({ total: 0, items: [] })
    refused(await stranger('PUT', `/voicemails/${id}/restore`, {}), 'Voicemail was not found', 404)
    const master = confdOf(installation, await installation.master())
    const { items } = (await master('GET', '/voicemails/trash?recurse=true')).json as { items: Deleted[] }
    expect(items.map((one) => one.id)).toContain(id)
    expect((await master('PUT', `/voicemails/${id}/restore`)).status).toBe(204)
  })

  it('takes a mailbox out of every list and every count at once, and frees its number', async () => {
    const user = await installation.account(tenant.uuid)
    const context = (await tenant.admin.call<{ name: string }>('POST', '/api/confd/1.1/contexts', { label: 'g' })).name
    const { id, number } = await installation.mailbox(tenant, { accesstype: 'global', context })
    await tenant.admin.deposit(id, wav(), {})
    const reached = () => user.api.call<{ total: number }>('GET', '/api/calld/1.0/users/me/voicemails/messages')
    expect((await reached()).total).toBe(1)
    const events = await ear.during(() => remove(id))
    expect(events).toEqual([
      ['voicemail_deleted', { id }],
      ['global_voicemail_mwi_updated', expect.objectContaining({ voicemail_id: id, new: 0, old: 0, version: 2 })],
    ])
    expect((await reached()).total).toBe(0)
    expect((await call('GET', `/voicemails?number=${number}`)).json).toMatchObject({ total: 0 })
    await expect(tenant.admin.deposit(id, wav(), {})).rejects.toThrow('404')
    await installation.mailbox(tenant, { number, context, accesstype: 'global' })
  })

  it('gives a mailbox back with its messages, counts and lamps; voicemail_created, then restored', async () => {
    const mailbox = await deleted({ email: 'a@b' })
    const { id } = mailbox
    const events = await ear.during(() => restore(id))
    expect(events).toEqual([
      ['voicemail_created', { id }],
      ['voicemail_restored', { id }],
      ['user_voicemail_mwi_updated', expect.objectContaining({ voicemail_id: id, new: 1, version: 3 })],
    ])
    expect((await call('GET', `/voicemails/${id}`)).json).toEqual(mailbox)
    expect(await counts(id)).toMatchObject({ new: 1, messages_waiting: true, version: 3 })
    refused(await restore(id), 'Voicemail was not found', 404)
  })

  it('gives it another place when the old one is taken, else 400', async () => {
    const { id, number } = await deleted()
    await installation.mailbox(tenant, { number })
    refused(await restore(id), 'Voicemail already exists')
    refused(await restore(id, { number: 'x' }), 'number')
    refused(await restore(id, { context: 'nowhere' }), 'Context was not found')
    const other = installation.nextNumber()
    expect((await restore(id, { number: other })).status).toBe(204)
    expect((await call('GET', `/voicemails/${id}`)).json).toMatchObject({ number: other })
  })

  it('does not give it to another tenant, though the caller sees both', async () => {
    const { id } = await deleted()
    const below = await installation.tenant(tenant.uuid)
    refused(await restore(id, { context: below.context }), 'different tenants')
  })

  it('is where devices lose sight of a mailbox and see it again', async () => {
    const mailbox = await installation.mailbox(tenant)
    const { uuid } = await installation.device(tenant, { voicemails: [mailbox.id] })
    const watched = async () => ((await call('GET', `/devices/${uuid}`)).json as { voicemails: number[] }).voicemails
    await remove(mailbox.id)
    expect(await watched()).toEqual([])
    refused(await call('POST', '/devices', { voicemails: [mailbox.id] }), 'Voicemail was not found')
    await restore(mailbox.id)
    expect(await watched()).toEqual([mailbox.id])
  })

  it('F-05: puts the lamp of a real phone out at once, and lights it again on restoration', async () => {
    const mailbox = await installation.mailbox(tenant)
    await tenant.admin.deposit(mailbox.id, wav(), {})
    const phone = new RawPhone(await installation.device(tenant, { voicemails: [mailbox.id] }), installation.sipPort)
    await phone.start()
    const shows = (waiting: 'yes' | 'no', from: number) =>
      phone.next(from, ({ body }) => body.startsWith(`Messages-Waiting: ${waiting}`), `a lamp: ${waiting}`)
    try {
      expect((await phone.subscribe()).status).toBe(200)
      await shows('yes', 0)
      const lit = phone.notified.length
      await remove(mailbox.id)
      await shows('no', lit)
      const dark = phone.notified.length
      await restore(mailbox.id)
      await shows('yes', dark)
    } finally {
      await phone.stop()
    }
  })

  it('of twenty simultaneous restorations of two mailboxes with one number one wins', async () => {
    const one = await deleted()
    const two = await deleted({ number: one.number })
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => restore(i % 2 ? one.id : two.id)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 204)).toHaveLength(1)
    expect(statuses.filter((status) => ![204, 400, 404].includes(status))).toEqual([])
  })

  describe('housekeeping', () => {
    let store: Store
    let client: pg.Client
    let close: () => Promise<void>
    const inDays = (days: number) => new Date(Date.now() + days * DAY_MS)
    const has = async (id: number) => (await trash()).items.some((one) => one.id === id)
    const messagesOf = async (id: number) =>
      (await client.query('SELECT 1 FROM message WHERE mailbox_id = $1', [id])).rowCount

    beforeAll(async () => {
      const database = openDatabase(installation.databaseUrl)
      store = new Store(database, installation.lamplighter.originUuid, () => {})
      client = new pg.Client({ connectionString: installation.databaseUrl })
      await client.connect()
      close = async () => {
        await client.end()
        await database.close()
      }
    })
    afterAll(() => close())

    it('deletes for good after the tenant’s trash_days, with the messages, and not before', async () => {
      const { id } = await deleted()
      await store.purgeMailboxes(inDays(29.9))
      expect([await has(id), await messagesOf(id)]).toEqual([true, 1])
      await store.purgeMailboxes(inDays(30.1))
      expect([await has(id), await messagesOf(id)]).toEqual([false, 0])
      refused(await restore(id), 'Voicemail was not found', 404)
    })

    it('leaves a mailbox alone while one of its messages is on hold', async () => {
      const { id } = await deleted()
      await client.query('UPDATE message SET hold = true WHERE mailbox_id = $1', [id])
      await store.purgeMailboxes(inDays(100))
      expect(await has(id)).toBe(true)
      await client.query('UPDATE message SET hold = false WHERE mailbox_id = $1', [id])
      await store.purgeMailboxes(inDays(100))
      expect(await has(id)).toBe(false)
    })

    it('leaves live mailboxes alone, and may run anywhere at once', async () => {
      const live = await installation.mailbox(tenant)
      const gone: Voicemail[] = []
      for (let i = 0; i < 21; i++) gone.push(await deleted())
      await Promise.all([1, 2, 3].map(() => store.purgeMailboxes(inDays(100))))
      expect((await trash()).items.map(({ id }) => id).filter((id) => gone.some((one) => one.id === id))).toEqual([])
      expect((await call('GET', `/voicemails/${live.id}`)).status).toBe(200)
    })
  })
})
