import { type Database, openDatabase } from '@lamplighter/store'
import { freePort, waitFor } from '@lamplighter/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DevicePhone, deposit, Phones } from './sip-support.js'
import { type Tenant, TestInstallation, type Voicemail } from './support.js'

/** Bodies a phone was told, in short. */
const told = ({ notified }: DevicePhone) => notified.map(({ body }) => /Voice-Message: (\S+)/.exec(body)?.[1])

/** Between two workers the tables say what the first one could still write down, and that may not be all it did. */
describe('a worker that takes over', () => {
  let env: Record<string, string>
  let before: TestInstallation
  let after: TestInstallation | undefined
  let tenant: Tenant
  let box: Voicemail
  let phones: Phones
  let database: Database

  beforeEach(async () => {
    env = { LAMPLIGHTER_SIP_PORT: String(await freePort()) }
    before = await TestInstallation.start(env)
    after = undefined
    tenant = await before.tenant()
    box = await before.mailbox(tenant, { accesstype: 'global' })
    phones = new Phones()
    database = openDatabase(before.databaseUrl, { connections: 1 })
    await deposit(tenant, box)
  })
  afterEach(async () => {
    await database.close()
    await phones.stop()
    await (after ?? before).stop()
  })

  const sql = async (text: string, values: unknown[] = []) => (await database.pool.query(text, values)).rows

  /** Two phones that show one message: one subscribed, one only registered. */
  async function litPhones(): Promise<[subscribed: DevicePhone, registered: DevicePhone]> {
    const subscribed = await phones.of(before, tenant, { mwi_mode: 'solicited' })
    const registered = await phones.of(before, tenant, { mwi_mode: 'unsolicited' })
    await subscribed.subscribe()
    await registered.register()
    for (const phone of [subscribed, registered]) await phone.next(0, ({ body }) => body.includes('1/0'), 'lit')
    await waitFor(async () => (await sql(`SELECT 1 FROM lamp WHERE reason <> 'acknowledged'`)).length === 0, {
      what: 'the ledger',
    })
    return [subscribed, registered]
  }

  /** Ends the worker, lets something happen that no worker sees, and starts another. */
  async function takeOver(meanwhile: () => Promise<unknown>, { killed = true } = {}): Promise<void> {
    await before.lamplighter.stop()
    if (killed) await sql(`DELETE FROM worker_epoch WHERE name = 'mwid.ended'`)
    // Long ago enough that only what happens now is in doubt.
    if (killed) await sql(`UPDATE event SET published_at = published_at - interval '1 minute'`)
    await meanwhile()
    after = await before.another(env)
    tenant = { ...tenant, admin: tenant.admin.at(after.url) }
  }

  it.each([true, false])(
    'tells nobody anything where nothing happened (killed: %s)',
    {
      timeout: 60_000,
    },
    async (killed) => {
      const lit = await litPhones()
      await takeOver(async () => {}, { killed })
      await deposit(tenant, box)
      for (const phone of lit) await phone.next(1, ({ body }) => body.includes('2/0'), 'the next message')
      expect(lit.map(told)).toEqual([
        ['1/0', '2/0'],
        ['1/0', '2/0'],
      ])
    },
  )

  it('tells a phone again whose count changed and came back: it may have been told the one in between', {
    timeout: 60_000,
  }, async () => {
    const lit = await litPhones()
    await takeOver(() => sql('UPDATE mailbox_summary SET revision = revision + 2 WHERE mailbox_id = $1', [box.id]))
    for (const phone of lit) await phone.next(1, ({ body }) => body.includes('1/0'), 'the truth once more')
    expect(lit.map(told)).toEqual([
      ['1/0', '1/0'],
      ['1/0', '1/0'],
    ])
  })

  it('tells a phone again that was being told', { timeout: 60_000 }, async () => {
    const lit = await litPhones()
    await takeOver(() => sql(`UPDATE lamp SET reason = 'pending'`))
    for (const phone of lit) await phone.next(1, ({ body }) => body.includes('1/0'), 'the truth once more')
  })

  it('goes on in the newer of two dialogs of one phone, and forgets the other', { timeout: 60_000 }, async () => {
    const [phone] = await litPhones()
    const [live] = await sql('SELECT uuid::text FROM sip_subscription')
    await takeOver(() =>
      sql(
        `INSERT INTO sip_subscription SELECT (jsonb_populate_record(s, jsonb_build_object('uuid', u.uuid, 'call_id', u.uuid,
           'created_at', s.created_at - interval '1 minute'))).*
         FROM sip_subscription s, unnest(ARRAY['00000000-0000-4000-8000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff']) AS u(uuid)`,
      ),
    )
    await deposit(tenant, box)
    const next = await phone.next(1, ({ body }) => body.includes('2/0'), 'the next message')
    expect(next.headers.get('call-id')).toBe(phone.callId)
    await waitFor(async () => (await sql('SELECT 1 FROM sip_subscription')).length === 1, { what: 'the others to go' })
    expect(await sql('SELECT uuid::text FROM sip_subscription')).toEqual([live])
  })
})
