import { createLogger } from '@lamplighter/runtime'
import { type Database, openDatabase } from '@lamplighter/store'
import { TcpProxy, waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LampBench } from './lamp-support.js'
import { request, type Tenant, TestInstallation, wav } from './support.js'

describe('lamps while their counts cannot be read', () => {
  let installation: TestInstallation
  let proxy: TcpProxy
  let direct: Database
  let tenant: Tenant
  let bench: LampBench

  beforeAll(async () => {
    installation = await TestInstallation.start({}, createLogger('silent'), async (url) => {
      proxy = await TcpProxy.start(new URL(url))
      return proxy.url(new URL(url))
    })
    direct = openDatabase(installation.databaseUrl, { connections: 1 })
    tenant = await installation.tenant()
    bench = new LampBench(installation, tenant)
  })
  afterAll(async () => {
    await bench.stop()
    await direct.close()
    await installation.stop()
    await proxy.stop()
  })

  const sql = (text: string, values: unknown[] = []) => direct.pool.query(text, values)
  const metrics = async () => (await request(`${installation.url}/metrics`)).text
  const metric = async (name: string) =>
    Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\S+)$`, 'm').exec(await metrics())?.[1] ?? 0)

  it('are held and say so: in the metrics at once, in the trace when it can be written', async () => {
    const box = await installation.mailbox(tenant)
    const phone = await bench.phone({ voicemails: [box.id] })
    await phone.subscribe()
    const before = await bench.lampWhen(phone, 'the first confirmation', (lamp) => lamp.in_sync)
    await sql('ALTER TABLE mailbox_summary RENAME TO mailbox_summary_away')
    await tenant.admin.call('PUT', `/api/confd/1.1/devices/${phone.uuid}`, { name: 'renamed meanwhile' })
    await waitFor(async () => (await metric('lamplighter_lamp_hold_total')) > 0, { what: 'the count of holds' })
    expect(phone.notified.map(({ body }) => /Voice-Message: (\S+)/.exec(body)?.[1])).toEqual(['0/0'])
    await sql('ALTER TABLE mailbox_summary_away RENAME TO mailbox_summary')
    await tenant.admin.deposit(box.id, wav(100), {})
    await phone.next(1, ({ body }) => body.includes('1/0'), 'the lamp afterwards')
    // What the deposit changed may be read before its event comes, which then finds nothing to tell.
    const trace = await bench.traceWhen(before, 'the trace', (items) =>
      items.some(({ action, status, state }) => action === 'notify' && status === 200 && state.new === 1),
    )
    const held = trace.find(({ reason }) => reason === 'held_unknown_counts')
    expect(held).toMatchObject({ action: 'hold', status: null, cause: { kind: 'event', name: 'mwi_device_edited' } })
    expect(await metric('lamplighter_lamp_hold_total')).toBe(1)
  })

  it('tell how they do: what was answered, how long it took, which are wrong', async () => {
    const box = await installation.mailbox(tenant)
    const phone = await bench.phone({ voicemails: [box.id] })
    await phone.subscribe()
    await bench.lampWhen(phone, 'the first confirmation', (lamp) => lamp.in_sync)
    const before = await metric('lamplighter_lamp_converge_seconds_count')
    await tenant.admin.deposit(box.id, wav(100), {})
    await bench.lampWhen(phone, 'the confirmation', (lamp) => lamp.in_sync && lamp.desired.new === 1)
    expect(await metric('lamplighter_lamp_converge_seconds_count')).toBe(before + 1)
    expect(await metric('lamplighter_lamp_converge_seconds_bucket{le="30"}')).toBe(before + 1)
    expect(await metric('lamplighter_notify_total{class="2xx"}')).toBeGreaterThan(1)
    await installation.device(tenant, { voicemails: [box.id] })
    await waitFor(async () => (await metric('lamplighter_lamps_wrong{reason="no_contact"}')) >= 1, {
      what: 'the wrong lamp',
      timeoutMs: 40_000,
      intervalMs: 500,
    })
  }, 60_000)

  // The last one: a worker that comes back listens on another port, because the test asked for any.
  it('are told nothing while the database is away, and the truth when it is back', async () => {
    const box = await installation.mailbox(tenant)
    const phone = await bench.phone({ voicemails: [box.id] })
    await phone.subscribe()
    await bench.lampWhen(phone, 'the first confirmation', (lamp) => lamp.in_sync)
    proxy.refuse(true)
    proxy.cut()
    await waitFor(async () => (await request(`${installation.url}/health`)).status === 503, { what: 'the outage' })
    // Somebody else can reach it and changes the counts; nobody hears of it.
    await sql('UPDATE mailbox_summary SET new_count = 3, revision = revision + 1 WHERE mailbox_id = $1', [box.id])
    expect(phone.notified).toHaveLength(1)
    proxy.refuse(false)
    await phone.next(1, () => true, 'the first NOTIFY after the outage')
    expect(phone.notified[1]?.body).toContain('Voice-Message: 3/0')
    expect(await bench.lampWhen(phone, 'the confirmation', (lamp) => lamp.in_sync)).toMatchObject({
      desired: { new: 3 },
    })
  }, 90_000)
})
