import { randomUUID } from 'node:crypto'
import { type DeviceId, EMPTY_SUMMARY, type MailboxId, type TenantId } from '@lamplighter/domain'
import {
  createTestDatabase,
  explainPrepared,
  type PlanFacts,
  recordStatements,
  type TestDatabase,
} from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, onlyTenant, openDatabase, Provisioning, SipRepository, Store } from '../src/index.js'

const DESKS = 3000
/** These have no list of their own and watch every global mailbox. */
const WATCHING_ALL = ['desk1', 'desk2', 'desk3']
const TABLES = ['device', 'device_mailbox', 'mailbox', 'mailbox_summary', 'mailbox_user', 'mailbox_member', 'lamp']

describe(`statements of a change and its lamps, in a tenant of ${DESKS} desks with a global mailbox each`, () => {
  let disposable: TestDatabase
  let database: Database
  let tenantId: TenantId
  let desk: { device: DeviceId; mailbox: MailboxId }

  beforeAll(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url, { connections: 2 })
    tenantId = await new Provisioning(database).createTenant({ name: 'master', slug: 'master' })
    const { contexts } = new Store(database, randomUUID(), () => {}).configuration(onlyTenant(tenantId))
    const { name } = await contexts.create({ uuid: randomUUID(), label: 'desks', type: 'internal' })
    // As after an import: the statistics know nothing of it yet.
    for (const table of TABLES) await sql(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`)
    await sql(
      `INSERT INTO mailbox (tenant_uuid, name, number, accesstype, exclusive_global, context)
       SELECT $1, 'desk', (1000 + n)::text, 'global', false, $2 FROM generate_series(1, ${DESKS}) n`,
      [tenantId, name],
    )
    await sql('INSERT INTO mailbox_summary (mailbox_id) SELECT id FROM mailbox')
    await sql(
      `INSERT INTO device (uuid, tenant_uuid, sip_username, sip_realm, ha1_md5, ha1_sha256, lists_mailboxes)
       SELECT gen_random_uuid(), $1, 'desk' || n, 'r', 'x', 'x', true FROM generate_series(1, ${DESKS}) n`,
      [tenantId],
    )
    await sql(`INSERT INTO device_mailbox (device_uuid, mailbox_id, tenant_uuid)
      SELECT d.uuid, m.id, d.tenant_uuid FROM device d JOIN mailbox m ON d.sip_username = 'desk' || (m.number::int - 1000)`)
    await setLists(WATCHING_ALL, false)
    const [listed] = await sql<{ device: DeviceId; mailbox: MailboxId }>(
      `SELECT device_uuid::text AS device, mailbox_id AS mailbox FROM device_mailbox JOIN device d ON d.uuid = device_uuid WHERE d.lists_mailboxes LIMIT 1`,
    )
    if (!listed) throw new Error('no desk')
    desk = listed
  }, 60_000)
  afterAll(async () => {
    await database.close()
    await disposable.drop()
  })

  const sql = async <Row = Record<string, unknown>>(text: string, values: unknown[] = []) =>
    (await database.pool.query(text, values)).rows as Row[]

  const setLists = (desks: readonly string[], lists: boolean) =>
    sql('UPDATE device SET lists_mailboxes = $2 WHERE sip_username = ANY ($1)', [desks, lists])

  /** What the one statement does that is sent over the pool. */
  async function explained(send: (sip: SipRepository) => Promise<unknown>): Promise<PlanFacts> {
    const { pool, sent } = recordStatements(database.pool)
    await send(new SipRepository(pool))
    const [statement, ...more] = sent
    if (!statement || more.length > 0) throw new Error(`${sent.length} statements were sent`)
    return explainPrepared(database.pool, statement)
  }
  const looked = () => explained((sip) => sip.watched([], [desk.mailbox]))
  const saved = () => {
    const state = { summary: EMPTY_SUMMARY, revision: 1 }
    const lamp = { tenantId, deviceId: desk.device, mailboxId: desk.mailbox, watched: true }
    return explained((sip) =>
      sip.saveLamps([{ ...lamp, desired: state, acknowledged: state, reason: 'acknowledged', status: 200 }]),
    )
  }
  /** What a deposit reads under the mailbox's lock. */
  async function audience(): Promise<PlanFacts> {
    const one = openDatabase(disposable.url, { connections: 1 })
    await new Store(one, randomUUID(), () => {}).changeMessages(onlyTenant(tenantId), async ({ summaries }) => {
      await summaries.lock(desk.mailbox)
    })
    const { rows } = await one.pool.query<{ statement: string }>(
      `SELECT statement FROM pg_prepared_statements WHERE name = 'summary.audiences'`,
    )
    await one.close()
    return explainPrepared(database.pool, { text: rows[0]?.statement ?? '', values: [[desk.mailbox]] })
  }

  it('read of the mailboxes only those that a desk lists, before there are statistics', async () => {
    await setLists(WATCHING_ALL, true)
    const { rowsRead } = await looked()
    await setLists(WATCHING_ALL, false)
    // As one that changed, as one of the desk's list, and for its counts.
    expect([rowsRead['mailbox'], rowsRead['mailbox_summary'], rowsRead['device_mailbox']]).toEqual([3, 1, 2])
  })

  for (const known of [false, true]) {
    it(`look up by key ${known ? 'when the statistics are there' : 'before there are statistics'}`, async () => {
      if (known) await sql('ANALYZE')
      const { rowsRead, sequentialScans } = await looked()
      expect(sequentialScans).not.toContain('device')
      // The desk's own, and those that watch everything: as possible watchers, and each for what it watches.
      expect(rowsRead['device']).toBe(1 + 2 * WATCHING_ALL.length)
      expect((await saved()).rowsRead['device']).toBe(1)
      const { rowsRead: read } = await audience()
      expect([read['mailbox'], read['mailbox_summary']]).toEqual([1, 1])
    })
  }
})
