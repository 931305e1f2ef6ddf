import { randomUUID } from 'node:crypto'
import type { DeviceId, MailboxId, TenantId } from '@lamplighter/domain'
import { createTestDatabase, type TestDatabase } from '@lamplighter/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../src/database.js'
import { type LampPlace, LampQueries } from '../src/lamp-queries.js'
import type { LampFilter } from '../src/lamp-sql.js'
import { Provisioning } from '../src/provisioning.js'
import { onlyTenant, tenantSubtree } from '../src/scope.js'
import { pgSql } from '../src/sql.js'
import { Store } from '../src/store.js'

/** How often a random little world is made and asked everything. */
const ROUNDS = 40
const ALL = { order: 'device', direction: 'asc', limit: 1000, offset: 0 } as const

type Box = { enabled: boolean; new: number; old: number; claimed: 'nobody' | 'owner' | 'another' }
type Line = { device: number; box: number; acknowledged: [number, number] | null }
type World = { boxes: Box[]; lists: number[][]; lines: Line[] }

const smallCount = fc.integer({ min: 0, max: 2 })
const index = fc.integer({ min: 0, max: 3 })
const world: fc.Arbitrary<World> = fc.record({
  boxes: fc.array(
    fc.record({
      enabled: fc.boolean(),
      new: smallCount,
      old: smallCount,
      claimed: fc.constantFrom('nobody' as const, 'owner' as const, 'another' as const),
    }),
    { minLength: 4, maxLength: 4 },
  ),
  // What each of four devices lists.
  lists: fc.array(fc.uniqueArray(index, { maxLength: 4 }), { minLength: 4, maxLength: 4 }),
  lines: fc.uniqueArray(
    fc.record({ device: index, box: index, acknowledged: fc.option(fc.tuple(smallCount, smallCount)) }),
    { selector: ({ device, box }) => `${device}/${box}`, maxLength: 16 },
  ),
})

/** What one lamp must look like, computed without the statement. */
type Expected = { key: string; device: number; box: number; desired: [number, number]; inSync: boolean; lit: boolean }

describe('a list of lamps', () => {
  let disposable: TestDatabase
  let database: Database
  let tenant: TenantId
  let other: TenantId
  const [owner, another] = [randomUUID(), randomUUID()]
  const devices = Array.from({ length: 4 }, () => randomUUID() as DeviceId)
  const boxes: MailboxId[] = []

  const sql = <Row extends object>(text: string, values: unknown[] = []) =>
    database.pool.query<Row>(text, values).then(({ rows }) => rows)
  const lamps = (scope = onlyTenant(tenant)) => new LampQueries(pgSql(database.pool), scope)

  beforeAll(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url, { connections: 4 })
    const provisioning = new Provisioning(database)
    const root = await provisioning.createTenant({ name: 'master', slug: 'master' })
    tenant = await provisioning.createTenant({ name: 'here', slug: 'here', parent: root })
    other = await provisioning.createTenant({ name: 'there', slug: 'there', parent: root })
    for (const uuid of [owner, another]) {
      await sql(`INSERT INTO "user" (uuid, tenant_uuid, firstname) VALUES ($1, $2, 'A')`, [uuid, tenant])
    }
    const store = new Store(database, randomUUID(), () => {})
    const { contexts } = store.configuration(onlyTenant(tenant))
    const context = (await contexts.create({ uuid: randomUUID(), label: 'x', type: 'internal' })).name
    for (const number of ['1', '2', '3', '4']) {
      const [row] = await sql<{ id: MailboxId }>(
        `INSERT INTO mailbox (tenant_uuid, name, number, context, accesstype) VALUES ($1, 'box', $2, $3, 'personal') RETURNING id`,
        [tenant, number, context],
      )
      if (!row) throw new Error('no mailbox')
      boxes.push(row.id)
      await sql('INSERT INTO mailbox_summary (mailbox_id) VALUES ($1) ON CONFLICT DO NOTHING', [row.id])
    }
    for (const uuid of devices) {
      await sql(
        `INSERT INTO device (uuid, tenant_uuid, user_uuid, sip_username, sip_realm, ha1_md5, ha1_sha256, lists_mailboxes)
         VALUES ($1, $2, $3, $4, 'r', 'x', 'x', true)`,
        [uuid, tenant, owner, uuid],
      )
    }
  })
  afterAll(async () => {
    await database.close()
    await disposable.drop()
  })

  async function settle({ boxes: states, lists, lines }: World): Promise<void> {
    await sql('DELETE FROM lamp')
    await sql('DELETE FROM device_mailbox')
    await sql('DELETE FROM message')
    for (const [at, state] of states.entries()) {
      await sql('UPDATE mailbox SET enabled = $2 WHERE id = $1', [boxes[at], state.enabled])
      await sql('UPDATE mailbox_summary SET new_count = $2, old_count = $3 WHERE mailbox_id = $1', [
        boxes[at],
        state.new,
        state.old,
      ])
      if (state.claimed === 'nobody' || state.new === 0) continue
      await sql(
        `INSERT INTO message (id, mailbox_id, tenant_uuid, folder_id, left_at, duration_ms, audio_key, audio_bytes, claimed_by, claim_expires_at)
         VALUES ($1, $2, $3, 1, 0, 1, 'a', 1, $4, now() + interval '1 hour')`,
        [randomUUID(), boxes[at], tenant, state.claimed === 'owner' ? owner : another],
      )
    }
    for (const [at, list] of lists.entries()) {
      for (const box of list) {
        await sql('INSERT INTO device_mailbox (device_uuid, mailbox_id, tenant_uuid) VALUES ($1, $2, $3)', [
          devices[at],
          boxes[box],
          tenant,
        ])
      }
    }
    for (const { device, box, acknowledged } of lines) {
      const [shownNew, shownOld] = acknowledged ?? [null, null]
      await sql(
        `INSERT INTO lamp (uuid, tenant_uuid, device_uuid, mailbox_id, acknowledged_new, acknowledged_old, acknowledged_urgent_new,
           acknowledged_urgent_old, acknowledged_revision, acknowledged_at, reason)
         VALUES (lamp_uuid($2::uuid, $3::int), $1, $2::uuid, $3::int, $4, $5, $6::int, $6::int, $6::int, $7, 'acknowledged')`,
        [
          tenant,
          devices[device],
          boxes[box],
          shownNew,
          shownOld,
          acknowledged ? 0 : null,
          acknowledged ? new Date() : null,
        ],
      )
    }
  }

  function expectedOf({ boxes: states, lists, lines }: World): Expected[] {
    const keys = new Set([
      ...lists.flatMap((list, device) => list.map((box) => `${device}/${box}`)),
      ...lines.map(({ device, box }) => `${device}/${box}`),
    ])
    return [...keys].map((key) => {
      const [device = 0, box = 0] = key.split('/').map(Number)
      const state = states[box]
      const shown = state?.enabled && lists[device]?.includes(box)
      const taken = state && state.new > 0 && state.claimed === 'another' ? 1 : 0
      const desired: [number, number] = shown && state ? [state.new - taken, state.old] : [0, 0]
      const line = lines.find((one) => one.device === device && one.box === box)
      const inSync = line?.acknowledged?.[0] === desired[0] && line.acknowledged[1] === desired[1]
      return { key, device, box, desired, inSync, lit: desired[0] > 0 }
    })
  }

  async function asked(filter: LampFilter): Promise<{ keys: string[]; total: number; all: Map<string, Expected> }> {
    const { items, total } = await lamps().list(filter, ALL)
    const found = items.map(({ device, mailbox, desired, inSync }) => {
      const [at, box] = [devices.indexOf(device.uuid), boxes.indexOf(mailbox.id)]
      const facts = {
        device: at,
        box,
        desired: [desired.new, desired.old] as [number, number],
        inSync,
        lit: desired.new > 0,
      }
      return { key: `${at}/${box}`, ...facts }
    })
    return { keys: found.map(({ key }) => key).sort(), total, all: new Map(found.map((one) => [one.key, one])) }
  }

  it('agrees with a count by hand, by every filter and for whatever data', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.option(index), fc.option(index), async (made, device, box) => {
        await settle(made)
        const expected = expectedOf(made)
        const everything = await asked({})
        for (const one of expected) expect(everything.all.get(one.key)).toEqual(one)
        expect(everything.keys).toEqual(expected.map(({ key }) => key).sort())
        for (const inSync of [undefined, true, false]) {
          for (const lit of [undefined, true, false]) {
            const filter: LampFilter = {
              ...(inSync === undefined ? {} : { inSync }),
              ...(lit === undefined ? {} : { lit }),
              ...(device === null ? {} : { deviceId: devices[device] }),
              ...(box === null ? {} : { mailboxId: boxes[box] }),
            }
            const passing = expected.filter(
              (one) =>
                (inSync === undefined || one.inSync === inSync) &&
                (lit === undefined || one.lit === lit) &&
                (device === null || one.device === device) &&
                (box === null || one.box === box),
            )
            const { keys, total } = await asked(filter)
            expect([keys, total]).toEqual([passing.map(({ key }) => key).sort(), passing.length])
          }
        }
        const wrong = (await lamps().wrong()).reduce((sum, one) => sum + one.lamps, 0)
        expect(wrong).toBe(expected.filter(({ inSync }) => !inSync).length)
      }),
      { numRuns: ROUNDS },
    )
  }, 120_000)

  it('finds each lamp by the uuid it lists it with, in its own tenant only, and goes through all in parts', async () => {
    await settle({
      boxes: [1, 2, 0, 0].map((count) => ({ enabled: true, new: count, old: 0, claimed: 'nobody' as const })),
      lists: [[0, 1], [2], [3, 0], []],
      lines: [{ device: 3, box: 1, acknowledged: [1, 0] }],
    })
    const { items, total } = await lamps().list({}, ALL)
    expect([total, new Set(items.map(({ uuid }) => uuid)).size]).toEqual([6, 6])
    for (const lamp of items) {
      expect(await lamps().find(lamp.uuid)).toEqual(lamp)
      expect(await lamps(tenantSubtree(tenant)).find(lamp.uuid)).toEqual(lamp)
      expect(await lamps(onlyTenant(other)).find(lamp.uuid)).toBeUndefined()
      expect(await lamps(tenantSubtree(other)).find(lamp.uuid)).toBeUndefined()
    }
    const seen: string[] = []
    let after: LampPlace | undefined
    do {
      const part = await lamps().places({}, after, 2)
      seen.push(...part.map(({ deviceId, mailboxId }) => `${deviceId}/${mailboxId}`))
      after = part.at(-1)
    } while (after)
    expect(seen).toEqual(
      items.map(({ device, mailbox }) => `${device.uuid}/${mailbox.id}`).sort((a, b) => (a < b ? -1 : 1)),
    )
  })
})
