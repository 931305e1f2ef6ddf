import { type Database, openDatabase } from '@lamplighter/store'
import { waitFor } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { LampBench, type LampList } from './lamp-support.js'
import { type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const CALLD = '/api/calld/1.0'

describe('the lamp ledger over REST', () => {
  let installation: TestInstallation
  let database: Database
  let tenant: Tenant
  let bench: LampBench

  beforeAll(async () => {
    installation = await TestInstallation.start()
    database = openDatabase(installation.databaseUrl, { connections: 2 })
    tenant = await installation.tenant()
    bench = new LampBench(installation, tenant)
  })
  afterAll(async () => {
    await database.close()
    await installation.stop()
  })
  afterEach(() => bench.stop())

  const deposit = async ({ id }: Voicemail) => (await tenant.admin.deposit<{ id: string }>(id, wav(100), {})).id
  const lit = { new: 1, old: 0, urgent_new: 0, urgent_old: 0, lit: true }

  it('shows a lamp of a device that was never there, with the uuid it will keep', async () => {
    const box = await installation.mailbox(tenant, { name: 'Reception' })
    await deposit(box)
    const phone = await bench.phone({ voicemails: [box.id], name: 'front desk' })
    const before = await bench.lampOf(phone)
    expect(before).toMatchObject({
      tenant_uuid: tenant.uuid,
      device: { uuid: phone.uuid, name: 'front desk' },
      gateway: null,
      voicemail: { id: box.id, number: box.number, name: 'Reception' },
      desired: lit,
      acknowledged: null,
      in_sync: false,
      reason: 'no_contact',
      contact: null,
      expires_at: null,
    })
    await phone.authenticated('REGISTER', { Event: null }, `sip:127.0.0.1:${installation.sipPort}`)
    const told = await bench.lampWhen(phone, 'being told where it registered', (lamp) => lamp.in_sync)
    expect(told).toMatchObject({ uuid: before.uuid, reason: 'acknowledged', transport: 'UDP' })
    await phone.subscribe()
    const after = await bench.lampWhen(
      phone,
      'the confirmation',
      (lamp) => lamp.in_sync && lamp.reason === 'acknowledged',
    )
    expect(after).toMatchObject({
      uuid: before.uuid,
      desired: lit,
      acknowledged: { ...lit, revision: after.desired.revision },
      reason: 'acknowledged',
      last_status: 200,
      contact: expect.stringContaining(phone.address),
      transport: 'UDP',
    })
    expect(await tenant.admin.call('GET', `${CALLD}/lamps/${before.uuid}`)).toMatchObject({
      uuid: before.uuid,
      desired: lit,
    })
  })

  it('tells what made a lamp go on and off: events that are in the log, with counts, revision and the answer', async () => {
    const box = await installation.mailbox(tenant)
    const phone = await bench.phone({ voicemails: [box.id] })
    await bench.lampWhen(phone, 'the device to be known', ({ reason }) => reason === 'no_contact')
    await phone.subscribe()
    await phone.next(0, () => true, 'the first NOTIFY')
    const message = await deposit(box)
    await phone.next(1, ({ body }) => body.includes('1/0'), 'lit')
    await tenant.admin.call('PUT', `${CALLD}/voicemails/${box.id}/messages/${message}`, { folder_id: 2 })
    await phone.next(2, ({ body }) => body.includes('0/1'), 'read elsewhere')
    await tenant.admin.call('DELETE', `${CALLD}/voicemails/${box.id}/messages/${message}`)
    await phone.next(3, ({ body }) => body.includes('0/0'), 'deleted')
    const lamp = await bench.lampWhen(phone, 'the last confirmation', (one) => one.in_sync)
    const trace = await bench.traceWhen(lamp, 'the trace', (all) => {
      const { status, state } = all[0] ?? {}
      return all.length >= 5 && status === 200 && state?.new === 0 && state.old === 0
    })
    const seen = trace.map(({ cause, state, action, status, reason }) => [
      cause.kind,
      cause.name,
      `${state.new}/${state.old}`,
      action,
      status,
      reason,
    ])
    const event = ['event', 'user_voicemail_mwi_updated'] as const
    expect(seen).toEqual([
      [...event, '0/0', 'notify', 200, 'acknowledged'],
      [...event, '0/1', 'notify', 200, 'acknowledged'],
      [...event, '1/0', 'notify', 200, 'acknowledged'],
      ['request', 'SUBSCRIBE', '0/0', 'notify', 200, 'acknowledged'],
      ['event', 'mwi_device_created', '0/0', 'hold', null, 'no_contact'],
    ])
    expect(trace[0]?.state.revision).toBe(lamp.desired.revision)
    const ids = trace.flatMap(({ cause }) => cause.event_id ?? [])
    const { rows } = await database.pool.query(
      'SELECT mailbox_id FROM event WHERE event_id = ANY ($1::uuid[]) ORDER BY id DESC',
      [ids],
    )
    expect(rows).toEqual([...Array(3).fill({ mailbox_id: box.id }), { mailbox_id: null }])
  })

  it('keeps the last twenty decisions of a lamp', async () => {
    const box = await installation.mailbox(tenant)
    const phone = await bench.phone({ voicemails: [box.id] })
    await phone.subscribe()
    const lamp = await bench.lampWhen(phone, 'the first confirmation', (one) => one.in_sync)
    for (let times = 1; times <= 25; times++) {
      await tenant.admin.call('PUT', `${CALLD}/lamps/${lamp.uuid}/reassert`)
      await phone.next(times, () => true, 'a NOTIFY')
    }
    const { rows: asked } = await database.pool.query<{ event_id: string }>(
      `SELECT event_id FROM event WHERE name = 'lamp_reassert_requested' ORDER BY id DESC LIMIT 1`,
    )
    const trace = await bench.traceWhen(
      lamp,
      'the last decision',
      ([newest]) => newest?.cause.event_id === asked[0]?.event_id && newest?.status === 200,
    )
    expect(trace).toHaveLength(20)
    const times = trace.map(({ at }) => at)
    expect(times).toEqual([...times].sort().reverse())
    const { rows } = await database.pool.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM lamp_trace WHERE lamp_uuid = $1',
      [lamp.uuid],
    )
    // It is cut back now and then, not with every decision.
    expect(rows[0]?.n).toBeLessThan(28)
    await tenant.admin.call('DELETE', `/api/confd/1.1/devices/${phone.uuid}`)
    const left = await database.pool.query('SELECT 1 FROM lamp_trace WHERE lamp_uuid = $1', [lamp.uuid])
    expect(left.rows).toEqual([])
  })

  it.each([
    [489, 'peer_refused', 489],
    ['silence', 'unreachable', 408],
  ] as const)(
    'says of a phone that answers %s: %s',
    async (answer, reason, status) => {
      const box = await installation.mailbox(tenant)
      const phone = await bench.phone({ voicemails: [box.id] })
      await phone.subscribe()
      await bench.lampWhen(phone, 'the first confirmation', (lamp) => lamp.in_sync)
      phone.answer = answer
      await deposit(box)
      const late = await waitFor(
        async () => {
          const lamp = await bench.lampOf(phone)
          return lamp.reason === reason ? lamp : undefined
        },
        { what: `the reason ${reason}`, timeoutMs: 60_000 },
      )
      expect(late).toMatchObject({
        desired: lit,
        in_sync: false,
        last_status: status,
        acknowledged: { new: 0, lit: false },
      })
      // Silence ends nothing: the phone does not know that it was not heard.
      const ends = answer === 'silence' ? [] : [{ action: 'end', status, reason }]
      const notify = { action: 'notify', status, reason, cause: { kind: 'event' }, state: { new: 1 } }
      expect((await bench.traceOf(late)).slice(0, ends.length + 1)).toMatchObject([...ends, notify])
      phone.answer = 200
      const refresh = await phone.subscribe()
      expect(refresh.status).toBe(answer === 'silence' ? 200 : 481)
      if (refresh.status === 200)
        await bench.lampWhen(phone, 'the confirmation', (lamp) => lamp.in_sync && lamp.desired.lit)
    },
    90_000,
  )

  it('says of a phone that asks to be told later: retrying', async () => {
    const box = await installation.mailbox(tenant)
    const phone = await bench.phone({ voicemails: [box.id] })
    await phone.subscribe()
    await bench.lampWhen(phone, 'the first confirmation', (lamp) => lamp.in_sync)
    phone.answer = 503
    phone.answerLines = [['Retry-After', '30']]
    await deposit(box)
    const lamp = await bench.lampWhen(phone, 'the reason', ({ reason }) => reason === 'retrying')
    expect(lamp).toMatchObject({ in_sync: false, last_status: 503 })
  })

  it('is filtered by device, mailbox, truth and light, ordered and cut', async () => {
    const other = await installation.tenant()
    const here = new LampBench(installation, other)
    const boxes = [await installation.mailbox(other), await installation.mailbox(other)] as const
    const device = (name: string, voicemails: number[]) =>
      installation.device(other, { sip_username: `${name}${other.context}`, voicemails })
    const both = await device('a', [boxes[0].id, boxes[1].id])
    const one = await device('b', [boxes[0].id])
    await other.admin.deposit(boxes[0].id, wav(100), {})
    const places = async (query: Record<string, unknown>) => {
      const { items, total } = await here.list(query, other.admin)
      const names = new Map([
        [both.uuid, 'both'],
        [one.uuid, 'one'],
      ])
      const shown = items.map(
        (lamp) => `${names.get(lamp.device?.uuid ?? '')} ${boxes.findIndex(({ id }) => id === lamp.voicemail.id)}`,
      )
      return [total, ...shown]
    }
    expect(await places({})).toEqual([3, 'both 0', 'both 1', 'one 0'])
    expect(await places({ device: both.uuid })).toEqual([2, 'both 0', 'both 1'])
    expect(await places({ mailbox: boxes[0].id })).toEqual([2, 'both 0', 'one 0'])
    expect(await places({ mailbox: boxes[1].id, device: both.uuid })).toEqual([1, 'both 1'])
    expect(await places({ lit: true })).toEqual([2, 'both 0', 'one 0'])
    expect(await places({ lit: false, in_sync: false })).toEqual([1, 'both 1'])
    expect(await places({ in_sync: true })).toEqual([0])
    expect(await places({ gateway: both.uuid })).toEqual([0])
    expect(await places({ order: 'mailbox', direction: 'desc', limit: 2 })).toEqual([3, 'both 1', 'both 0'])
    expect(await places({ offset: 2 })).toEqual([3, 'one 0'])
    expect(await places({ offset: 9 })).toEqual([3])
    expect((await here.list({}, tenant.admin)).items.filter(({ tenant_uuid }) => tenant_uuid === other.uuid)).toEqual(
      [],
    )
    await expect(here.list({ device: 'x' }, other.admin)).rejects.toMatchObject({ status: 400 })
  })

  it('sees in a user only the lamps of their own devices', async () => {
    const anna = await installation.account(tenant.uuid)
    const bob = await installation.account(tenant.uuid)
    const box = await installation.mailbox(tenant)
    const phone = await bench.phone({ voicemails: [box.id], user_uuid: anna.uuid })
    const own = await anna.api.call<LampList>('GET', `${CALLD}/users/me/lamps`)
    expect(own).toMatchObject({ total: 1, items: [{ device: { uuid: phone.uuid }, voicemail: { id: box.id } }] })
    const path = `${CALLD}/users/me/lamps/${own.items[0]?.uuid}`
    expect(await anna.api.call('GET', path)).toMatchObject({ uuid: own.items[0]?.uuid, voicemail: { id: box.id } })
    expect(await anna.api.call('GET', `${path}/trace`)).toMatchObject({ items: expect.any(Array) })
    expect(await bob.api.call<LampList>('GET', `${CALLD}/users/me/lamps`)).toEqual({ items: [], total: 0 })
    for (const end of ['', '/trace'])
      await expect(bob.api.call('GET', path + end)).rejects.toMatchObject({ status: 404 })
    await expect(bob.api.call('PUT', `${path}/reassert`)).rejects.toMatchObject({ status: 404 })
    await anna.api.call('PUT', `${path}/reassert`)
  })

  it.each([
    ['a lamp', (lamp: string) => `/lamps/${lamp}/reassert`],
    ['a mailbox', (_lamp: string, box: number) => `/voicemails/${box}/lamps/reassert`],
    ['a device', (_lamp: string, _box: number, device: string) => `/devices/${device}/lamps/reassert`],
    ['the tenant', () => '/lamps/reassert?in_sync=true'],
  ])('tells %s again although it is in sync, in order and on the record', async (_what, path) => {
    const box = await installation.mailbox(tenant)
    await deposit(box)
    const phone = await bench.phone({ voicemails: [box.id] })
    await phone.subscribe()
    const lamp = await bench.lampWhen(phone, 'the first confirmation', (one) => one.in_sync)
    const had = phone.notified.length
    await tenant.admin.call('PUT', CALLD + path(lamp.uuid, box.id, phone.uuid))
    const again = await phone.next(had, () => true, 'the reassertion')
    expect(again.body).toContain('Voice-Message: 1/0')
    const [decision] = await waitFor(
      async () => {
        const trace = await bench.traceOf(lamp)
        return trace[0]?.cause.kind === 'reassert' && trace[0].status === 200 ? trace : undefined
      },
      { what: 'the trace of it' },
    )
    const { rows } = await database.pool.query('SELECT name FROM event WHERE event_id = $1', [decision?.cause.event_id])
    expect(rows).toEqual([{ name: 'lamp_reassert_requested' }])
    const audit = await tenant.admin.call<{ items: unknown[] }>('GET', `${CALLD}/audit?action=lamp.reasserted&limit=1`)
    expect(audit.items).toHaveLength(1)
  })

  it('limits how often a tenant can ask for that', async () => {
    const limited = await installation.another({ LAMPLIGHTER_RATE_LIMITS: 'reassert=1/2', LAMPLIGHTER_SIP_PORT: '0' })
    const admin = tenant.admin.at(limited.url)
    for (let times = 0; times < 2; times++) await admin.call('PUT', `${CALLD}/lamps/reassert?lit=true`)
    await expect(admin.call('PUT', `${CALLD}/lamps/reassert?lit=true`)).rejects.toMatchObject({ status: 429 })
    await admin.call('GET', `${CALLD}/lamps`)
    await limited.lamplighter.stop()
  })
})

describe('the reconciliation', () => {
  it('takes away the trace that a lamp left behind', async () => {
    const installation = await TestInstallation.start({ LAMPLIGHTER_SIP_RECONCILE_SEC: '1' })
    const database = openDatabase(installation.databaseUrl, { connections: 1 })
    await database.pool.query(
      `INSERT INTO lamp_trace (lamp_uuid, id, at, cause, new_count, old_count, urgent_new_count, urgent_old_count, revision, action, reason)
       VALUES (gen_random_uuid(), 1, now(), 'event', 0, 0, 0, 0, 1, 'notify', 'acknowledged')`,
    )
    const left = async () => (await database.pool.query('SELECT 1 FROM lamp_trace')).rowCount
    await waitFor(async () => (await left()) === 0, { what: 'a look at the traces' })
    await database.close()
    await installation.stop()
  })
})
