import { randomUUID } from 'node:crypto'
import { type DeviceId, EMPTY_SUMMARY, type MailboxId } from '@lamplighter/domain'
import { createTestDatabase, type TestDatabase } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, type LampEntry, openDatabase, Provisioning, SipRepository } from '../src/index.js'

const MAILBOX = 7 as MailboxId

describe('lines of the lamp ledger', () => {
  const deviceId = randomUUID() as DeviceId
  let disposable: TestDatabase
  let database: Database
  let sip: SipRepository
  let line: (revision: number, acknowledged: number | null) => LampEntry

  beforeAll(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url, { connections: 2 })
    sip = new SipRepository(database.pool)
    const tenantId = await new Provisioning(database).createTenant({ name: 'master', slug: 'master' })
    await database.pool.query(
      `INSERT INTO device (uuid, tenant_uuid, sip_username, sip_realm, ha1_md5, ha1_sha256, lists_mailboxes)
       VALUES ($1, $2, 'phone', 'r', 'x', 'x', true)`,
      [deviceId, tenantId],
    )
    const at = (revision: number) => ({ summary: { ...EMPTY_SUMMARY, new: revision }, revision })
    line = (revision, acknowledged) => ({
      tenantId,
      deviceId,
      mailboxId: MAILBOX,
      watched: true,
      desired: at(revision),
      acknowledged: acknowledged === null ? null : at(acknowledged),
      reason: acknowledged === revision ? 'acknowledged' : 'pending',
      status: null,
    })
  })
  afterAll(async () => {
    await database.close()
    await disposable.drop()
  })

  async function kept() {
    const { rows } = await database.pool.query(
      'SELECT desired_new AS desired, acknowledged_new AS acknowledged, reason FROM lamp WHERE device_uuid = $1',
      [deviceId],
    )
    return rows
  }

  it('keep what was acknowledged before, and are never replaced by an older one of a worker that lost its turn', async () => {
    await sip.saveLamps([line(4, 4)])
    await sip.saveLamps([line(6, null)])
    expect(await kept()).toEqual([{ desired: 6, acknowledged: 4, reason: 'pending' }])
    await sip.saveLamps([line(6, 6)])
    await sip.saveLamps([line(5, 5)])
    expect(await kept()).toEqual([{ desired: 6, acknowledged: 6, reason: 'acknowledged' }])
  })
})
