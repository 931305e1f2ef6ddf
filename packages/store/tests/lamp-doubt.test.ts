import { randomUUID } from 'node:crypto'
import type { DeviceId, TenantId } from '@lamplighter/domain'
import { createTestDatabase, type TestDatabase } from '@lamplighter/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase, Provisioning, SipRepository, Store } from '../src/index.js'
import { onlyTenant } from '../src/scope.js'

const NAMES = ['counts', 'device_edited', 'policy_edited', 'mailbox_edited']

/** One device that acknowledged everything, long ago, and another that has nothing to do with it. */
describe('devices of which the ledger may not know what they show', () => {
  const device = randomUUID() as DeviceId
  const bystander = randomUUID() as DeviceId
  const policy = randomUUID()
  let disposable: TestDatabase
  let database: Database
  let sip: SipRepository
  let tenant: TenantId
  let box: number

  const sql = async <Row = Record<string, unknown>>(text: string, values: unknown[] = []) =>
    (await database.pool.query(text, values)).rows as Row[]

  beforeAll(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url, { connections: 2 })
    sip = new SipRepository(database.pool)
    tenant = await new Provisioning(database).createTenant({ name: 'master', slug: 'master' })
    const { contexts } = new Store(database, randomUUID(), () => {}).configuration(onlyTenant(tenant))
    const { name } = await contexts.create({ uuid: randomUUID(), label: 'x', type: 'internal' })
    await sql(`INSERT INTO mwi_policy (uuid, tenant_uuid, name) VALUES ($1, $2, 'p')`, [policy, tenant])
    const boxes = await sql<{ id: number }>(
      `INSERT INTO mailbox (tenant_uuid, name, number, context, mwi_policy_uuid)
       VALUES ($1, 'box', '1', $2, $3), ($1, 'other', '2', $2, NULL) RETURNING id`,
      [tenant, name, policy],
    )
    const [first, second] = boxes.map(({ id }) => id)
    box = first ?? 0
    for (const [uuid, id] of [
      [device, first],
      [bystander, second],
    ]) {
      await sql(
        `INSERT INTO device (uuid, tenant_uuid, sip_username, sip_realm, ha1_md5, ha1_sha256, lists_mailboxes)
         VALUES ($1::uuid, $2, $1::text, 'r', 'x', 'x', true)`,
        [uuid, tenant],
      )
      await sql('INSERT INTO device_mailbox (device_uuid, mailbox_id, tenant_uuid) VALUES ($1, $2, $3)', [
        uuid,
        id,
        tenant,
      ])
      await sql('INSERT INTO mailbox_summary (mailbox_id, revision) VALUES ($1, 5)', [id])
      await sql(
        `INSERT INTO lamp (uuid, tenant_uuid, device_uuid, mailbox_id, desired_revision, reason)
         VALUES (lamp_uuid($1::uuid, $2), $3, $1::uuid, $2, 5, 'acknowledged')`,
        [uuid, id, tenant],
      )
    }
  })
  afterAll(async () => {
    await database.close()
    await disposable.drop()
  })
  beforeEach(async () => {
    await sql('DELETE FROM event')
    await sql('DELETE FROM sip_subscription')
    await sql('UPDATE mailbox_summary SET revision = 5')
    await sql(
      `UPDATE lamp SET reason = 'acknowledged', desired_new = 0, acknowledged_revision = 5, acknowledged_new = 0, acknowledged_old = 0,
         acknowledged_urgent_new = 0, acknowledged_urgent_old = 0, acknowledged_at = now(), updated_at = now()`,
    )
  })

  const doubtful = async () => [...(await sip.doubtfulDevices(NAMES))]
  const subscribe = (refreshed: string) =>
    sql(
      `INSERT INTO sip_subscription (uuid, tenant_uuid, device_uuid, call_id, local_tag, remote_tag, dialog, transport, remote_host,
         remote_port, remote_cseq, epoch, expires_at, refreshed_at)
       VALUES ($1, $2, $3, 'c', 'l', 'r', '{}', 'UDP', 'h', 1, 1, 1, now() + interval '1 hour', now() + $4::interval)`,
      [randomUUID(), tenant, device, refreshed],
    )
  const event = (name: string, ago: string | null, { data = {}, mailbox = null as number | null } = {}) =>
    sql(
      `INSERT INTO event (event_id, name, tenant_uuid, routing_key, mailbox_id, headers, body, published_at)
       VALUES ($1, $2, $3, 'k', $4, '{}', $5, now() - $6::interval)`,
      [randomUUID(), name, tenant, mailbox, JSON.stringify({ name, data }), ago],
    )

  it('are none where everything was acknowledged at the revision it has, and written down after the last event', async () => {
    await subscribe('-1 minute')
    await event('counts', '10 seconds', { mailbox: box })
    await event('unheard_of', null, { mailbox: box })
    expect(await doubtful()).toEqual([])
  })

  it('are only those that were being told, when the worker before ended with everything written down', async () => {
    const epoch = await sip.raiseEpoch('mwid')
    await sip.endEpoch(epoch)
    await sip.raiseEpoch('mwid')
    await subscribe('1 second')
    await event('counts', null, { mailbox: box })
    await sql('UPDATE mailbox_summary SET revision = 7')
    expect(await doubtful()).toEqual([])
    await sql(`UPDATE lamp SET reason = 'retrying' WHERE mailbox_id = $1`, [box])
    expect(await doubtful()).toEqual([device])
    await sip.raiseEpoch('mwid')
    expect((await doubtful()).sort()).toEqual([device, bystander].sort())
  })

  it.each([
    ['was being told', `UPDATE lamp SET reason = 'pending' WHERE mailbox_id = $1`],
    ['did not answer', `UPDATE lamp SET reason = 'unreachable' WHERE mailbox_id = $1`],
    ['watches what changed since', 'UPDATE mailbox_summary SET revision = 7 WHERE mailbox_id = $1'],
  ])('are those whose lamp %s', async (_how, change) => {
    await sql(change, [box])
    expect(await doubtful()).toEqual([device])
  })

  it.each(['1 second', null])('are those that an event is about which came %s before the last line', async (ago) => {
    const cases = [
      ['counts', { mailbox: box }],
      ['device_edited', { data: { device_uuid: device } }],
      ['policy_edited', { data: { mwi_policy_uuid: policy } }],
      ['mailbox_edited', { data: { id: box } }],
    ] as const
    for (const [name, about] of cases) {
      await sql('DELETE FROM event')
      await event(name, ago, about)
      expect(await doubtful(), name).toEqual([device])
    }
  })

  it('are those that subscribed and acknowledged nothing since', async () => {
    await subscribe('1 second')
    expect(await doubtful()).toEqual([device])
  })
})
