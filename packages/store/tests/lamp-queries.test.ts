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

type Box = {
  enabled: boolean
  allowed: boolean
  context: number
  new: number
  old: number
  claimed: 'nobody' | 'owner' | 'another'
}
type Line = { device: number; box: number; acknowledged: [number, number] | null }
/** A gateway serves one context or all, and a line of its may be about another place than the mailbox has now. */
type Peer = { serves: number | null; on: boolean; deleted: boolean }
type PeerLine = { gateway: number; box: number; here: boolean; acknowledged: [number, number] | null }
type World = { boxes: Box[]; lists: number[][]; lines: Line[]; peers: Peer[]; peerLines: PeerLine[] }

const smallCount = fc.integer({ min: 0, max: 2 })
const index = fc.integer({ min: 0, max: 3 })
const either = fc.integer({ min: 0, max: 1 })
const world: fc.Arbitrary<World> = fc.record({
  boxes: fc.array(
    fc.record({
      enabled: fc.boolean(),
      allowed: fc.boolean(),
      context: either,
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
  peers: fc.array(fc.record({ serves: fc.option(either), on: fc.boolean(), deleted: fc.boolean() }), {
    minLength: 2,
    maxLength: 2,
  }),
  peerLines: fc.uniqueArray(
    fc.record({
      gateway: either,
      box: index,
      here: fc.boolean(),
      acknowledged: fc.option(fc.tuple(smallCount, smallCount)),
    }),
    { selector: ({ gateway, box }) => `${gateway}/${box}`, maxLength: 8 },
  ),
})

/** What one lamp must look like, computed without the statement. */
type Expected = {
  key: string
  /** Positions; -1: another kind of owner. */
  device: number
  gateway: number
  box: number
  desired: [number, number]
  inSync: boolean
  lit: boolean
  blockedBy: 'policy' | 'gateway' | null
}

describe('a list of lamps', () => {
  let disposable: TestDatabase
  let database: Database
  let tenant: TenantId
  let other: TenantId
  const [owner, another] = [randomUUID(), randomUUID()]
  const devices = Array.from({ length: 4 }, () => randomUUID() as DeviceId)
  const gateways: string[] = [randomUUID(), randomUUID()]
  const boxes: MailboxId[] = []
  const contextNames: string[] = []
  const forbidding = randomUUID()

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
    for (const label of ['x', 'y']) {
      contextNames.push((await contexts.create({ uuid: randomUUID(), label, type: 'internal' })).name)
    }
    const [context] = contextNames
    await sql(`INSERT INTO mwi_policy (uuid, tenant_uuid, name, allow_mwi) VALUES ($1, $2, 'no', false)`, [
      forbidding,
      tenant,
    ])
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
  beforeAll(async () => {
    for (const [at, uuid] of gateways.entries()) {
      await sql(
        `INSERT INTO gateway (uuid, tenant_uuid, name, profile, method, targets, address_template, from_template, mailbox_template, ari_path, contexts)
         VALUES ($1, $2, $3, 'generic', 'notify', '[]', '', '', '', '', '{}')`,
        [uuid, tenant, `gateway ${at}`],
      )
    }
  })
  afterAll(async () => {
    await database.close()
    await disposable.drop()
  })

  async function settle({ boxes: states, lists, lines, peers, peerLines }: World): Promise<void> {
    await sql('DELETE FROM lamp')
    await sql('DELETE FROM device_mailbox')
    await sql('DELETE FROM message')
    for (const [at, state] of states.entries()) {
      await sql('UPDATE mailbox SET enabled = $2, context = $3, mwi_policy_uuid = $4 WHERE id = $1', [
        boxes[at],
        state.enabled,
        contextNames[state.context],
        state.allowed ? null : forbidding,
      ])
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
    await settleGateways(states, peers, peerLines)
  }

  async function settleGateways(states: Box[], peers: Peer[], lines: PeerLine[]): Promise<void> {
    await sql('DELETE FROM gateway_lamp')
    for (const [at, { serves, on, deleted }] of peers.entries()) {
      await sql(
        'UPDATE gateway SET all_contexts = $2, contexts = $3, mwi_enabled = $4, deleted_at = $5 WHERE uuid = $1',
        [gateways[at], serves === null, serves === null ? [] : [contextNames[serves]], on, deleted ? new Date() : null],
      )
    }
    for (const { gateway, box, here, acknowledged } of lines) {
      await sql(
        `INSERT INTO gateway_lamp (uuid, tenant_uuid, gateway_uuid, mailbox_id, acknowledged_new, acknowledged_old, acknowledged_urgent_new,
           acknowledged_urgent_old, acknowledged_revision, acknowledged_at, reason, number, context)
         VALUES (lamp_uuid($2::uuid, $3::int), $1, $2::uuid, $3::int, $4, $5, $6::int, $6::int, $6::int, $7, 'acknowledged', $8, $9)`,
        [
          tenant,
          gateways[gateway],
          boxes[box],
          ...(acknowledged ?? [null, null]),
          acknowledged ? 0 : null,
          acknowledged ? new Date() : null,
          here ? String(box + 1) : 'former',
          contextNames[states[box]?.context ?? 0],
        ],
      )
    }
  }

  function expectedOf(made: World): Expected[] {
    return [...expectedOfDevices(made), ...expectedOfGateways(made)]
  }

  function expectedOfGateways({ boxes: states, peers, peerLines }: World): Expected[] {
    return peers.flatMap((peer, gateway) =>
      states.flatMap((state, box) => {
        const serves = !peer.deleted && (peer.serves === null || peer.serves === state.context)
        const line = peerLines.find((one) => one.gateway === gateway && one.box === box)
        if (!serves && !line) return []
        // Nobody uses these mailboxes as their own: whoever claims takes the message away from the lamp.
        const taken = state.new > 0 && state.claimed !== 'nobody' ? 1 : 0
        const isShown = serves && peer.on && state.enabled && state.allowed
        const desired: [number, number] = isShown ? [state.new - taken, state.old] : [0, 0]
        const isHere = line?.here || !serves
        const inSync = isHere && line?.acknowledged?.[0] === desired[0] && line.acknowledged[1] === desired[1]
        const blockedBy = serves && !state.allowed ? 'policy' : peer.on ? null : 'gateway'
        return [
          {
            key: `gateway ${gateway}/${box}`,
            device: -1,
            gateway,
            box,
            desired,
            inSync,
            lit: desired[0] > 0,
            blockedBy,
          },
        ]
      }),
    )
  }

  function expectedOfDevices({ boxes: states, lists, lines }: World): Expected[] {
    const keys = new Set([
      ...lists.flatMap((list, device) => list.map((box) => `${device}/${box}`)),
      ...lines.map(({ device, box }) => `${device}/${box}`),
    ])
    return [...keys].map((key) => {
      const [device = 0, box = 0] = key.split('/').map(Number)
      const state = states[box]
      const shown = state?.enabled && state.allowed && lists[device]?.includes(box)
      const taken = state && state.new > 0 && state.claimed === 'another' ? 1 : 0
      const desired: [number, number] = shown && state ? [state.new - taken, state.old] : [0, 0]
      const line = lines.find((one) => one.device === device && one.box === box)
      const inSync = line?.acknowledged?.[0] === desired[0] && line.acknowledged[1] === desired[1]
      return { key, device, gateway: -1, box, desired, inSync, lit: desired[0] > 0, blockedBy: null }
    })
  }

  async function asked(filter: LampFilter): Promise<{ keys: string[]; total: number; all: Map<string, Expected> }> {
    const { items, total } = await lamps().list(filter, ALL)
    const found = items.map(({ device, gateway, mailbox, desired, inSync }) => {
      const at = device ? devices.indexOf(device.uuid) : -1
      const peer = gateway ? gateways.indexOf(gateway.uuid) : -1
      const box = boxes.indexOf(mailbox.id)
      const facts = {
        device: at,
        gateway: peer,
        box,
        blockedBy: gateway?.blockedBy ?? null,
        desired: [desired.new, desired.old] as [number, number],
        inSync,
        lit: desired.new > 0,
      }
      return { key: gateway ? `gateway ${peer}/${box}` : `${at}/${box}`, ...facts }
    })
    return { keys: found.map(({ key }) => key).sort(), total, all: new Map(found.map((one) => [one.key, one])) }
  }

  it('agrees with a count by hand, by every filter and for whatever data', async () => {
    await fc.assert(
      fc.asyncProperty(
        world,
        fc.option(index),
        fc.option(index),
        fc.option(either),
        async (made, device, box, gateway) => {
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
                ...(gateway === null ? {} : { gatewayId: gateways[gateway] }),
              }
              const passing = expected.filter(
                (one) =>
                  (inSync === undefined || one.inSync === inSync) &&
                  (lit === undefined || one.lit === lit) &&
                  (device === null || one.device === device) &&
                  (box === null || one.box === box) &&
                  (gateway === null || one.gateway === gateway),
              )
              const { keys, total } = await asked(filter)
              expect([keys, total]).toEqual([passing.map(({ key }) => key).sort(), passing.length])
            }
          }
          const wrong = (await lamps().wrong()).reduce((sum, one) => sum + one.lamps, 0)
          expect(wrong).toBe(expected.filter((one) => !one.inSync && one.device >= 0).length)
        },
      ),
      { numRuns: ROUNDS },
    )
  }, 120_000)

  it('finds each lamp by the uuid it lists it with, in its own tenant only, and goes through all in parts', async () => {
    await settle({
      boxes: [1, 2, 0, 0].map((count) => ({
        enabled: true,
        allowed: true,
        context: 0,
        new: count,
        old: 0,
        claimed: 'nobody' as const,
      })),
      lists: [[0, 1], [2], [3, 0], []],
      lines: [{ device: 3, box: 1, acknowledged: [1, 0] }],
      peers: [
        { serves: null, on: true, deleted: false },
        { serves: 1, on: true, deleted: false },
      ],
      peerLines: [{ gateway: 1, box: 2, here: true, acknowledged: [1, 0] }],
    })
    const { items, total } = await lamps().list({}, ALL)
    expect([total, new Set(items.map(({ uuid }) => uuid)).size]).toEqual([11, 11])
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
      items
        .flatMap(({ device, mailbox }) => (device ? [`${device.uuid}/${mailbox.id}`] : []))
        .sort((a, b) => (a < b ? -1 : 1)),
    )
  })
})
