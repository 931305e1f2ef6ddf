import { randomUUID } from 'node:crypto'
import type { LampTraceView, LampView } from '@lamplighter/contracts'
import { waitFor } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readCommand } from '../src/arguments.js'
import { runLamps } from '../src/lamps-command.js'
import type { LampList } from './lamp-support.js'
import { SipPeer, type Told } from './sip-peer.js'
import { type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const CALLD = '/api/calld/1.0'
const CONFD = '/api/confd/1.1'

describe('lamps of gateways in the ledger over REST', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let peer: SipPeer
  const peers: SipPeer[] = []

  beforeAll(async () => {
    installation = await TestInstallation.start()
  })
  afterAll(() => installation.stop())
  afterEach(async () => {
    for (const one of peers.splice(0)) await one.stop()
  })

  /** A tenant of its own with a gateway, whose peer takes everything. */
  async function start(fields: object = {}): Promise<string> {
    tenant = await installation.tenant()
    peer = new SipPeer()
    await peer.start()
    peers.push(peer)
    const body = { name: 'pbx', targets: [peer.target], ping_every_s: 1, ...fields }
    return (await tenant.admin.call<{ uuid: string }>('POST', `${CONFD}/gateways`, body)).uuid
  }
  const get = <Answer>(path: string) => tenant.admin.call<Answer>('GET', CALLD + path)
  const put = (path: string, body?: object) => tenant.admin.call('PUT', path, body)
  const leave = (box: Voicemail) => tenant.admin.deposit<{ id: string }>(box.id, wav(100), {})
  const shows = (box: Voicemail, counts: string) => (one: Told) =>
    one.uri.startsWith(`sip:${box.number}@`) && one.body.includes(`Voice-Message: ${counts} (`)
  const lampWhen = (gateway: string, box: Voicemail, what: string, fits: (lamp: LampView) => boolean) =>
    waitFor(
      async () => {
        const { items, total } = await get<LampList>(`/lamps?gateway=${gateway}&mailbox=${box.id}`)
        if (total !== 1 || !items[0]) throw new Error(`${total} lamps`)
        return fits(items[0]) ? items[0] : undefined
      },
      { what },
    )
  const lampBecause = (gateway: string, box: Voicemail, reason: string) =>
    lampWhen(gateway, box, reason, (lamp) => lamp.reason === reason)

  it('a lamp lit, in the list, by its uuid, with what made it so', async () => {
    const gateway = await start()
    const box = await installation.mailbox(tenant, { name: 'Reception' })
    await lampBecause(gateway, box, 'acknowledged')
    await leave(box)
    const lamp = await lampWhen(gateway, box, 'lit', (one) => one.in_sync && one.desired.lit)
    const lit = { new: 1, old: 0, urgent_new: 0, urgent_old: 0, lit: true, revision: lamp.desired.revision }
    expect(lamp).toMatchObject({
      tenant_uuid: tenant.uuid,
      device: null,
      gateway: { uuid: gateway, name: 'pbx' },
      voicemail: { id: box.id, number: box.number, name: 'Reception' },
      desired: lit,
      acknowledged: lit,
      reason: 'acknowledged',
      last_status: 200,
      contact: null,
      transport: null,
    })
    expect(await get(`/lamps/${lamp.uuid}`)).toEqual(lamp)
    const { items } = await get<LampTraceView>(`/lamps/${lamp.uuid}/trace`)
    expect(items[0]).toMatchObject({ state: lit, action: 'notify', status: 200, reason: 'acknowledged' })
    expect(items[0]?.cause).toMatchObject({ kind: 'event', event_id: expect.any(String) })
  })

  it('a lamp the gateway was never told of, and that refuses', async () => {
    const gateway = await start()
    peer.answer = 489
    const box = await installation.mailbox(tenant)
    await leave(box)
    const lamp = await lampBecause(gateway, box, 'peer_refused')
    expect(lamp).toMatchObject({ desired: { new: 1 }, acknowledged: null, in_sync: false, last_status: 489 })
    const unknown = { name: 'unknown', targets: [peer.target], ping_every_s: 0, contexts: [] }
    const other = await tenant.admin.call<{ uuid: string }>('POST', `${CONFD}/gateways`, unknown)
    expect(await get(`/lamps?gateway=${other.uuid}`)).toEqual({ items: [], total: 0 })
  })

  it('a lamp a policy blocks, one its gateway blocks, and both lit again', async () => {
    const gateway = await start()
    const box = await installation.mailbox(tenant)
    await leave(box)
    await lampWhen(gateway, box, 'lit', (one) => one.in_sync && one.desired.lit)
    const fields = { name: randomUUID(), allow_mwi: false }
    const policy = await tenant.admin.call<{ uuid: string }>('POST', `${CONFD}/mwi-policies`, fields)
    await put(`${CONFD}/voicemails/${box.id}`, { mwi_policy_uuid: policy.uuid })
    const dark = { desired: { new: 0, lit: false }, acknowledged: { new: 0 }, in_sync: true }
    expect(await lampBecause(gateway, box, 'blocked_by_policy')).toMatchObject(dark)
    await put(`${CONFD}/voicemails/${box.id}`, { mwi_policy_uuid: null })
    await lampWhen(gateway, box, 'lit again', (one) => one.in_sync && one.desired.lit)
    await put(`${CONFD}/gateways/${gateway}`, { mwi_enabled: false })
    expect(await lampBecause(gateway, box, 'blocked_by_gateway')).toMatchObject(dark)
    await put(`${CONFD}/gateways/${gateway}`, { mwi_enabled: true })
    await lampWhen(gateway, box, 'lit again', (one) => one.in_sync && one.reason === 'acknowledged' && one.desired.lit)
  })

  it('is told again: one lamp, those of the gateway, and of the tenant those that pass', async () => {
    const gateway = await start()
    const [dark, box] = [await installation.mailbox(tenant), await installation.mailbox(tenant)]
    await leave(box)
    await lampBecause(gateway, dark, 'acknowledged')
    const lamp = await lampWhen(gateway, box, 'lit', (one) => one.in_sync && one.desired.lit)
    const again = async (path: string, wanted: readonly Voicemail[]) => {
      const had = peer.told.length
      await put(CALLD + path)
      await waitFor(() => peer.told.length >= had + wanted.length, { what: path })
      const numbers = peer.told.slice(had).map(({ uri }) => /^sip:(.+)@/.exec(uri)?.[1])
      expect(numbers.sort()).toEqual(wanted.map(({ number }) => number).sort())
    }
    await again(`/lamps/${lamp.uuid}/reassert`, [box])
    expect(shows(box, '1/0')(peer.told.at(-1) as Told)).toBe(true)
    await again(`/lamps/reassert?gateway=${gateway}`, [dark, box])
    await again('/lamps/reassert?lit=true', [box])
    await again('/lamps/reassert?lit=false&in_sync=true', [dark])
    await again('/lamps/reassert?in_sync=true', [dark, box])
    const trace = await waitFor(
      async () => {
        const { items } = await get<LampTraceView>(`/lamps/${lamp.uuid}/trace`)
        return items[0]?.status === 200 && items.length >= 5 ? items : undefined
      },
      { what: 'the trace' },
    )
    expect(trace[0]?.cause).toMatchObject({ kind: 'reassert', name: 'lamp_reassert_requested' })
    // What is not asked for is told to nobody: the next thing the gateway hears is the change.
    const had = peer.told.length
    await put(`${CALLD}/lamps/reassert?in_sync=false`)
    await leave(dark)
    await peer.next(had, shows(dark, '1/0'), 'the change')
    expect(peer.told).toHaveLength(had + 1)
  })

  it('belongs to its tenant: another can neither see it nor have it told again', async () => {
    const gateway = await start()
    const box = await installation.mailbox(tenant)
    const lamp = await lampBecause(gateway, box, 'acknowledged')
    const stranger = await installation.tenant()
    for (const end of ['', '/trace'])
      await expect(stranger.admin.call('GET', `${CALLD}/lamps/${lamp.uuid}${end}`)).rejects.toMatchObject({
        status: 404,
      })
    await expect(stranger.admin.call('PUT', `${CALLD}/lamps/${lamp.uuid}/reassert`)).rejects.toMatchObject({
      status: 404,
    })
    for (const query of [`gateway=${gateway}`, `mailbox=${box.id}`, `gateway=${gateway}&mailbox=${box.id}`]) {
      expect(await stranger.admin.call('GET', `${CALLD}/lamps?${query}`)).toEqual({ items: [], total: 0 })
    }
    const had = peer.told.length
    await stranger.admin.call('PUT', `${CALLD}/lamps/reassert?mailbox=${box.id}`)
    await stranger.admin.call('PUT', `${CALLD}/lamps/reassert?mailbox=${box.id}&gateway=${gateway}`)
    await leave(box)
    await peer.next(had, shows(box, '1/0'), 'the change')
    expect(peer.told).toHaveLength(had + 1)
  })

  it('is no lamp of a user, is on the command line, and goes with its trace', async () => {
    const gateway = await start()
    const user = await installation.account(tenant.uuid)
    const box = await installation.mailbox(tenant, {}, [user])
    const lamp = await lampBecause(gateway, box, 'acknowledged')
    expect(await user.api.call('GET', `${CALLD}/users/me/lamps`)).toEqual({ items: [], total: 0 })
    // It has no gateway: 500 came of asking for one.
    await expect(user.api.call('GET', `${CALLD}/users/me/lamps?gateway=${lamp.uuid}`)).resolves.toEqual({
      items: [],
      total: 0,
    })
    await expect(user.api.call('GET', `${CALLD}/users/me/lamps/${lamp.uuid}`)).rejects.toMatchObject({ status: 404 })
    const typed = ['lamps', 'list', '--url', installation.url, '--token', tenant.admin.token, '--gateway', gateway]
    const command = readCommand(typed)
    if (command.name !== 'lamps') throw new Error(`it was read as ${command.name}`)
    const lines: string[] = []
    await runLamps(command, (line) => lines.push(line))
    expect(lines).toEqual([['OFF', 'right', 'acknowledged', '0/0', box.number, 'pbx', lamp.uuid].join('\t')])
    await put(`${CONFD}/gateways/${gateway}`, { contexts: [] })
    await waitFor(async () => (await get<LampList>(`/lamps?gateway=${gateway}`)).total === 0, { what: 'no lamp' })
    await expect(get(`/lamps/${lamp.uuid}/trace`)).rejects.toMatchObject({ status: 404 })
  })
})
