import { randomUUID } from 'node:crypto'
import { type DeviceId, EMPTY_SUMMARY, type MailboxId, RECONCILE, type TenantId } from '@lamplighter/domain'
import { createTestDatabase, explainPrepared, recordStatements, type TestDatabase } from '@lamplighter/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Database, type LampDecision, openDatabase, Provisioning, SipRepository } from '../src/index.js'
import { TraceSweep } from '../src/lamp-trace-sweep.js'
import { pgSql } from '../src/sql.js'

const MAILBOX = 7 as MailboxId
const STATE = { summary: EMPTY_SUMMARY, revision: 1 }

describe('traces of lamps that are no more', () => {
  let disposable: TestDatabase
  let database: Database
  let sip: SipRepository
  let tenantId: TenantId
  let lastId = 0

  beforeAll(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url, { connections: 3 })
    sip = new SipRepository(database.pool)
    tenantId = await new Provisioning(database).createTenant({ name: 'master', slug: 'master' })
  })
  afterAll(async () => {
    await database.close()
    await disposable.drop()
  })
  beforeEach(async () => {
    await database.pool.query('DELETE FROM device')
    await database.pool.query('DELETE FROM gateway')
    await database.pool.query('DELETE FROM lamp_trace')
  })

  /** A device whose lamp was decided about so often. */
  async function litDevice(decisions = 2): Promise<DeviceId> {
    const uuid = randomUUID() as DeviceId
    await database.pool.query(
      `INSERT INTO device (uuid, tenant_uuid, sip_username, sip_realm, ha1_md5, ha1_sha256, lists_mailboxes)
       VALUES ($1, $2, $3, 'r', 'x', 'x', true)`,
      [uuid, tenantId, uuid],
    )
    const line = { tenantId, deviceId: uuid, mailboxId: MAILBOX, watched: true, status: null } as const
    await sip.saveLamps([{ ...line, desired: STATE, acknowledged: STATE, reason: 'acknowledged' }])
    await sip.saveDecisions(Array.from({ length: decisions }, () => decisionOf(uuid)))
    return uuid
  }

  function decisionOf(ownerId: DeviceId): LampDecision {
    lastId++
    const about = { id: lastId, atMs: Date.now(), ownerId, mailboxId: MAILBOX, cause: RECONCILE, ...STATE }
    return { ...about, action: 'notify', status: 200, reason: 'acknowledged' }
  }

  /** The device is deleted at the moment a decision about its lamp is written. */
  async function orphan(): Promise<void> {
    const device = await litDevice()
    const client = await database.pool.connect()
    await client.query('BEGIN')
    await client.query('DELETE FROM device WHERE uuid = $1', [device])
    await sip.saveDecisions([decisionOf(device)])
    await client.query('COMMIT')
    client.release()
  }

  async function gatewayLamp(): Promise<void> {
    const uuid = randomUUID() as DeviceId
    await database.pool.query(
      `INSERT INTO gateway (uuid, tenant_uuid, name, profile, method, targets, address_template, from_template, mailbox_template, ari_path)
       VALUES ($1, $2, 'pbx', 'generic', 'notify', '[]', '', '', '', '')`,
      [uuid, tenantId],
    )
    await database.pool.query(
      `INSERT INTO gateway_lamp (uuid, tenant_uuid, gateway_uuid, mailbox_id, reason, number, context)
       VALUES (lamp_uuid($1, $2), $3, $1, $2, 'acknowledged', '7', 'x')`,
      [uuid, MAILBOX, tenantId],
    )
    await sip.saveDecisions([decisionOf(uuid)])
  }

  const traces = async () => {
    const { rows } = await database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM lamp_trace')
    return rows[0]?.n
  }

  it('go, also one that was written while its device was deleted; those of devices and gateways stay', async () => {
    await litDevice()
    await gatewayLamp()
    await orphan()
    expect(await traces()).toBe(4)
    await sip.sweepTraces()
    expect(await traces()).toBe(3)
    await sip.sweepTraces()
    expect(await traces()).toBe(3)
  })

  it('are found a few at a time, going round', async () => {
    const sweep = new TraceSweep(2)
    const look = async (times: number) => {
      for (let time = 0; time < times; time++) await sweep.next(pgSql(database.pool))
    }
    for (let times = 0; times < 4; times++) await litDevice(1)
    for (let times = 0; times < 4; times++) await orphan()
    await look(1)
    expect(await traces()).toBeGreaterThanOrEqual(6)
    await look(3)
    expect(await traces()).toBe(4)
    await orphan()
    // One look that finds the end, and three for five traces.
    await look(4)
    expect(await traces()).toBe(4)
  })

  it('are looked for by keys alone, among many', async () => {
    await database.pool.query(
      `INSERT INTO device (uuid, tenant_uuid, sip_username, sip_realm, ha1_md5, ha1_sha256, lists_mailboxes)
       SELECT gen_random_uuid(), $1, 'many' || n, 'r', 'x', 'x', true FROM generate_series(1, 5000) n`,
      [tenantId],
    )
    await database.pool.query(
      `INSERT INTO lamp (uuid, tenant_uuid, device_uuid, mailbox_id, reason)
       SELECT lamp_uuid(uuid, 7), tenant_uuid, uuid, 7, 'acknowledged' FROM device`,
    )
    await database.pool.query(
      `INSERT INTO lamp_trace (lamp_uuid, id, at, cause, new_count, old_count, urgent_new_count, urgent_old_count, revision, action, reason)
       SELECT uuid, n, now(), 'event', 0, 0, 0, 0, 1, 'notify', 'acknowledged' FROM lamp, generate_series(1, 20) n`,
    )
    await database.pool.query('ANALYZE lamp, lamp_trace')
    const { pool, sent } = recordStatements(database.pool)
    await new SipRepository(pool).sweepTraces()
    const plans = await Promise.all(sent.map((statement) => explainPrepared(database.pool, statement)))
    expect(plans.map(({ sequentialScans }) => sequentialScans)).toEqual([[]])
  })
})
