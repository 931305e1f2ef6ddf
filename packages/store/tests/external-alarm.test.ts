import { randomUUID } from 'node:crypto'
import type { MailboxId, MwiSourceId, TenantId } from '@lamplighter/domain'
import { createTestDatabase, explainPrepared, type TestDatabase } from '@lamplighter/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Database, feedMailbox, openDatabase, Provisioning, Store } from '../src/index.js'
import { onlyTenant } from '../src/scope.js'

const STATUS = { state: 'stopped', lastStatus: 403, lastReason: 'refused', expiresAt: null, target: 'up:5060' }

describe('external mailboxes that are not heard of', () => {
  let disposable: TestDatabase
  let database: Database
  let store: Store
  let tenant: TenantId
  let context: string
  let number = 100
  let lines: object[] = []

  beforeAll(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url, { connections: 6 })
    store = new Store(database, randomUUID(), () => {})
    tenant = await new Provisioning(database).createTenant({ name: 'master', slug: 'master' })
    const { contexts } = store.configuration(onlyTenant(tenant))
    context = (await contexts.create({ uuid: randomUUID(), label: 'x', type: 'internal' })).name
  })
  afterAll(async () => {
    await database.close()
    await disposable.drop()
  })
  beforeEach(async () => {
    lines = []
    await sql('DELETE FROM mailbox')
    await sql('DELETE FROM event')
  })

  const sql = async <Row = Record<string, unknown>>(text: string, values: unknown[] = []) =>
    (await database.pool.query(text, values)).rows as Row[]
  const ago = (sec: number) => new Date(Date.now() - sec * 1000)

  async function external(fields: { kind?: string; heardAt?: Date; staleAt?: Date | null } = {}): Promise<MailboxId> {
    const { kind = 'notify', heardAt = ago(120), staleAt = ago(60) } = fields
    number++
    const [row] = await sql<{ id: MailboxId }>(
      `INSERT INTO mailbox (tenant_uuid, name, number, context, external, external_heard_at, external_stale_at)
       VALUES ($1, 'box', $2, $3, $4, $5, $6) RETURNING id`,
      [tenant, String(number), context, kind, heardAt, staleAt],
    )
    const id = row?.id ?? (0 as MailboxId)
    await sql('INSERT INTO mailbox_summary (mailbox_id) VALUES ($1)', [id])
    return id
  }
  const silent = (limit = 100) => store.changeSources((alarm) => alarm.silent(new Date(), limit))
  const lose = (id: MailboxId, at: Date, status: object = {}) =>
    store.changeSources((alarm) => alarm.stands(randomUUID() as MwiSourceId, id, { ...STATUS, ...status }, at))
  const hear = (id: MailboxId, source: 'notify' | 'subscribe' = 'notify', staleAt: Date | null = null) => {
    const counts = { new: 1, old: 0, urgentNew: 0, urgentOld: 0 }
    const log = { info: (about: object, line: string) => lines.push({ ...about, line }) }
    return feedMailbox(store, onlyTenant(tenant), id, { source, counts, at: new Date(), staleAt }, log)
  }
  /** What was said of a mailbox, in order. */
  const said = async (id: MailboxId) =>
    (
      await sql<{ name: string }>(
        `SELECT name FROM event WHERE name LIKE 'mwi_source_%' AND (body::jsonb -> 'data' ->> 'voicemail_id')::int = $1 ORDER BY id`,
        [id],
      )
    ).map(({ name }) => name)

  it('are said once by several that look at once, and once when they are heard of again', async () => {
    const boxes = await Promise.all(Array.from({ length: 20 }, () => external()))
    const fresh = await external({ staleAt: new Date(Date.now() + 60_000) })
    const forever = await external({ staleAt: null })
    const found = (await Promise.all([silent(), silent(), silent(), silent()])).flat()
    expect(found.map(({ mailboxId }) => mailboxId).sort()).toEqual([...boxes].sort())
    expect(await silent()).toEqual([])
    expect(await store.external.lost()).toEqual([{ source: 'notify', mailboxes: 20 }])
    const [box = fresh] = boxes
    expect([await hear(box), await hear(box)]).toEqual([true, true])
    expect(lines).toEqual([{ mailboxId: box, tenantId: tenant, line: 'an external mailbox is heard of again' }])
    expect(await said(box)).toEqual(['mwi_source_lost', 'mwi_source_recovered'])
    expect([await said(fresh), await said(forever)]).toEqual([[], []])
    expect(await store.external.lost()).toEqual([{ source: 'notify', mailboxes: 19 }])
  })

  it('are so many in one look at most, the oldest first', async () => {
    const [second, first] = [await external({ staleAt: ago(10) }), await external({ staleAt: ago(20) })]
    expect((await silent(1)).map(({ mailboxId }) => mailboxId)).toEqual([first])
    expect((await silent(1)).map(({ mailboxId }) => mailboxId)).toEqual([second])
  })

  it('are lost and recovered by turns, whatever happens at one moment', async () => {
    const box = await external()
    for (let round = 0; round < 25; round++) await Promise.all([silent(), hear(box, 'notify', ago(1)), silent()])
    await silent()
    const names = await said(box)
    expect(names.length).toBeGreaterThan(2)
    expect(names).toEqual(names.map((_, index) => (index % 2 === 0 ? 'mwi_source_lost' : 'mwi_source_recovered')))
    const [row] = await sql<{ lost: boolean }>('SELECT external_lost_at IS NOT NULL AS lost FROM mailbox')
    expect(row?.lost).toBe(names.at(-1) === 'mwi_source_lost')
  })

  it('are lost once by a subscription that is refused, also when nothing was ever heard', async () => {
    const box = await external({ kind: 'subscribe', staleAt: new Date(Date.now() + 60_000) })
    const never = await external({ kind: 'subscribe' })
    await sql('UPDATE mailbox SET external_heard_at = NULL, external_stale_at = NULL WHERE id = $1', [never])
    for (const id of [box, never]) {
      expect(await lose(id, new Date(), { state: 'active' })).toEqual([])
      const lost = { mailboxId: id, tenantId: tenant, reason: 'waiting', lastStatus: 503, lastReason: 'answered 503' }
      const waiting = { state: 'waiting', lastStatus: 503, lastReason: 'answered 503' }
      expect(await lose(id, new Date(), waiting)).toEqual([expect.objectContaining(lost)])
      expect(await lose(id, new Date())).toEqual([])
    }
    expect(await silent()).toEqual([])
    const stale = await sql('SELECT external_stale_at <= now() AS stale FROM mailbox')
    expect(stale).toEqual([{ stale: true }, { stale: true }])
    await hear(never, 'subscribe')
    expect(lines).toEqual([expect.objectContaining({ mailboxId: never })])
  })

  it('are not lost by the late word of a worker whose turn is over, and not in the trash', async () => {
    const box = await external({ kind: 'subscribe', heardAt: ago(1), staleAt: null })
    expect(await lose(box, ago(2))).toEqual([])
    const deleted = await external()
    await sql('UPDATE mailbox SET deleted_at = now() WHERE id = $1', [deleted])
    expect(await silent()).toEqual([])
    await sql('UPDATE mailbox SET deleted_at = NULL WHERE id = $1', [deleted])
    expect((await silent()).map(({ mailboxId }) => mailboxId)).toEqual([deleted])
  })

  it('are found by an index, among many that are not due and many that are said already', async () => {
    await sql(
      `INSERT INTO mailbox (tenant_uuid, name, number, context, external, external_stale_at, external_lost_at)
       SELECT $1, 'box', (100000 + n)::text, $2, 'notify', now() + CASE WHEN n % 2 = 0 THEN 1 ELSE -1 END * interval '1 hour',
         CASE WHEN n % 2 = 1 THEN now() END FROM generate_series(1, 4000) n`,
      [tenant, context],
    )
    await sql('ANALYZE mailbox')
    const one = openDatabase(disposable.url, { connections: 1 })
    const other = new Store(one, randomUUID(), () => {})
    await other.changeSources((alarm) => alarm.silent(new Date(), 100))
    await other.external.lost()
    const { rows } = await one.pool.query<{ name: string; statement: string }>(
      `SELECT name, statement FROM pg_prepared_statements WHERE name LIKE 'external.%' ORDER BY name`,
    )
    await one.close()
    expect(rows.map(({ name }) => name)).toEqual(['external.lost', 'external.silent'])
    const values: Record<string, unknown[]> = { 'external.silent': [new Date().toISOString(), 100] }
    for (const { name, statement } of rows) {
      const text = statement.replace(/^PREPARE .* AS /, '')
      const plan = await explainPrepared(database.pool, { text, values: values[name] ?? [] })
      expect([name, plan.sequentialScans.includes('mailbox')]).toEqual([name, false])
    }
  })
})
