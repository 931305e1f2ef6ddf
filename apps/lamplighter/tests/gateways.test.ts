import { randomUUID } from 'node:crypto'
import { type Database, openDatabase } from '@lamplighter/store'
import { waitFor } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { SipPeer, type Told } from './sip-peer.js'
import { type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const CONFD = '/api/confd/1.1'

describe('a gateway', () => {
  let installation: TestInstallation
  let database: Database
  const peers: SipPeer[] = []

  beforeAll(async () => {
    installation = await TestInstallation.start()
    database = openDatabase(installation.databaseUrl, { connections: 2 })
  })
  afterAll(async () => {
    await database.close()
    await installation.stop()
  })
  afterEach(async () => {
    for (const peer of peers.splice(0)) await peer.stop()
  })

  async function newPeer(transport: 'udp' | 'tcp' = 'udp'): Promise<SipPeer> {
    const peer = new SipPeer(transport)
    await peer.start()
    peers.push(peer)
    return peer
  }

  const gateway = async (tenant: Tenant, targets: readonly SipPeer[], fields: object = {}) =>
    (
      await tenant.admin.call<{ uuid: string }>('POST', `${CONFD}/gateways`, {
        name: randomUUID(),
        targets: targets.map(({ target }) => target),
        ping_every_s: 1,
        ...fields,
      })
    ).uuid
  const put = (tenant: Tenant, path: string, body: object = {}) => tenant.admin.call('PUT', CONFD + path, body)
  const leave = (tenant: Tenant, box: Voicemail) => tenant.admin.deposit<{ id: string }>(box.id, wav(100), {})
  const shows = (box: Voicemail, counts: string) => (one: Told) =>
    one.uri.startsWith(`sip:${box.number}@`) && one.body.includes(`Voice-Message: ${counts} (`)
  const lamp = async (uuid: string, box: Voicemail) =>
    (
      await database.pool.query('SELECT * FROM gateway_lamp WHERE gateway_uuid = $1 AND mailbox_id = $2', [
        uuid,
        box.id,
      ])
    ).rows[0] as Record<string, unknown> | undefined
  const reason = (uuid: string, box: Voicemail, wanted: string) =>
    waitFor(async () => (await lamp(uuid, box))?.['reason'] === wanted, { what: wanted })

  it('is told of every mailbox it serves as Exchange does, and of every change', async () => {
    const tenant = await installation.tenant()
    const box = await installation.mailbox(tenant)
    const peer = await newPeer()
    const uuid = await gateway(tenant, [peer], { profile: 'exchange' })
    const first = await peer.next(0, shows(box, '0/0'), 'the state at the beginning')
    expect(first.uri).toBe(`sip:${box.number}@127.0.0.1:${peer.target.port}`)
    expect(first.headers.get('to')).toBe(`<${first.uri}>`)
    expect(first.headers.get('from')).toMatch(/^<sip:voicemail@127\.0\.0\.1:\d+>;tag=[0-9a-f]{16}$/)
    expect(first.headers.get('contact')).toMatch(/^<sip:voicemail@127\.0\.0\.1:\d+>$/)
    expect([first.headers.get('event'), first.headers.get('subscription-state'), first.headers.get('cseq')]).toEqual([
      'message-summary',
      'terminated',
      '1 NOTIFY',
    ])
    const message = await leave(tenant, box)
    await peer.next(1, shows(box, '1/0'), 'lit')
    await waitFor(async () => (await lamp(uuid, box))?.['acknowledged_new'] === 1, { what: 'the ledger' })
    expect(await lamp(uuid, box)).toMatchObject({
      reason: 'acknowledged',
      desired_new: 1,
      last_status: 200,
      target: `127.0.0.1:${peer.target.port}`,
    })
    await tenant.admin.call('PUT', `/api/calld/1.0/voicemails/${box.id}/messages/${message.id}`, { folder_id: 2 })
    await peer.next(2, shows(box, '0/1'), 'dark, one old message')
    const callIds = peer.told.map(({ headers }) => headers.get('call-id'))
    expect(new Set(callIds).size).toBe(peer.told.length)
  })

  it('knows a mailbox under an address of its own: dark where it was, lit where it is, and back', async () => {
    const tenant = await installation.tenant()
    const [box, other] = [await installation.mailbox(tenant), await installation.mailbox(tenant)]
    const peer = await newPeer()
    const uuid = await gateway(tenant, [peer])
    await leave(tenant, box)
    await leave(tenant, other)
    await peer.next(0, shows(box, '1/0'), 'lit by the template')
    await reason(uuid, box, 'acknowledged')
    const path = `/gateways/${uuid}/voicemails/${box.id}`
    const front = ({ uri, body }: Told) => uri === `sip:front-${box.number}@pbx.example` && body.includes('1/0')
    const from = peer.told.length
    await put(tenant, path, { address_template: 'sip:front-{number}@pbx.example' })
    await peer.next(from, shows(box, '0/0'), 'dark where it was')
    const lit = await peer.next(from, front, 'lit where it is')
    expect(lit.headers.get('to')).toBe(`<${lit.uri}>`)
    await waitFor(async () => (await lamp(uuid, box))?.['address'] === 'sip:front-{number}@pbx.example', {
      what: 'the ledger to know where',
    })
    const again = peer.told.length
    await tenant.admin.call('PUT', `${CONFD}/gateways/${uuid}/reassert`)
    await peer.next(again, front, 'told again where it is')
    const back = peer.told.length
    await tenant.admin.call('DELETE', CONFD + path)
    await peer.next(back, ({ uri, body }) => uri.startsWith('sip:front-') && body.includes('0/0'), 'dark there')
    await peer.next(back, shows(box, '1/0'), 'lit by the template again')
    expect(peer.told.slice(from).filter(shows(other, '0/0'))).toEqual([])
  })

  it('over TCP is told on one connection', async () => {
    const tenant = await installation.tenant()
    const box = await installation.mailbox(tenant)
    const peer = await newPeer('tcp')
    await gateway(tenant, [peer])
    const { headers } = await peer.next(0, shows(box, '0/0'), 'the state')
    expect(headers.get('via')).toContain('SIP/2.0/TCP')
    expect(headers.get('contact')).toContain(';transport=tcp>')
  })

  it('answers a challenge once, with a higher CSeq in the same call', async () => {
    const tenant = await installation.tenant()
    const box = await installation.mailbox(tenant)
    const peer = await newPeer()
    peer.login = { username: 'lamps', password: 'hush-hush' }
    await gateway(tenant, [peer], { username: 'lamps', secret: 'hush-hush' })
    const { headers } = await peer.next(0, shows(box, '0/0'), 'the state, authenticated')
    expect(headers.get('cseq')).toBe('2 NOTIFY')
    const wrong = await gateway(tenant, [peer], { username: 'lamps', secret: 'wrong' })
    await reason(wrong, box, 'peer_refused')
    expect((await lamp(wrong, box))?.['last_status']).toBe(401)
  })

  it('fails over to the next target in the same moment, and back', async () => {
    const tenant = await installation.tenant()
    const box = await installation.mailbox(tenant)
    const [first, second] = [await newPeer(), await newPeer()]
    first.answer = 480
    await gateway(tenant, [first, second])
    await second.next(0, shows(box, '0/0'), 'the second target')
    expect(first.told).toHaveLength(1)
    first.answer = 200
    await leave(tenant, box)
    await first.next(1, shows(box, '1/0'), 'the first target again')
    expect(second.told).toHaveLength(1)
  })

  it('that refuses for good is not asked again until something changes', async () => {
    const tenant = await installation.tenant()
    const box = await installation.mailbox(tenant)
    const peer = await newPeer()
    peer.answer = 489
    const uuid = await gateway(tenant, [peer])
    await reason(uuid, box, 'peer_refused')
    expect(peer.told).toHaveLength(1)
    peer.answer = 200
    await leave(tenant, box)
    await peer.next(1, shows(box, '1/0'), 'the next change')
    await reason(uuid, box, 'acknowledged')
  })

  it('that does not know an extension is no fault: 480 is tried again, quietly', async () => {
    const tenant = await installation.tenant()
    const box = await installation.mailbox(tenant)
    const peer = await newPeer()
    peer.answer = 480
    const uuid = await gateway(tenant, [peer], { retry_for_s: 0 })
    await reason(uuid, box, 'no_contact')
  })

  it('that restarts is told everything again, what waits first', async () => {
    const tenant = await installation.tenant()
    const boxes = await Promise.all(Array.from({ length: 4 }, () => installation.mailbox(tenant)))
    const [lit] = boxes.slice(2)
    if (!lit) throw new Error('no mailbox')
    await leave(tenant, lit)
    const peer = await newPeer()
    await gateway(tenant, [peer])
    await waitFor(() => peer.told.length === 4, { what: 'all four' })
    await peer.away(3)
    await waitFor(() => peer.told.length >= 8, { what: 'all four again', timeoutMs: 45_000 })
    expect(shows(lit, '1/0')(peer.told[4] as Told)).toBe(true)
  }, 90_000)

  it('is asked to be told again over REST: all of it, or one mailbox of the tenant', async () => {
    const tenant = await installation.tenant()
    const boxes = [await installation.mailbox(tenant), await installation.mailbox(tenant)]
    const peer = await newPeer()
    const uuid = await gateway(tenant, [peer])
    await waitFor(() => peer.told.length === 2, { what: 'both' })
    for (const box of boxes) await reason(uuid, box, 'acknowledged')
    await put(tenant, `/gateways/${uuid}/reassert`)
    await waitFor(() => peer.told.length === 4, { what: 'both again' })
    await tenant.admin.call('PUT', `/api/calld/1.0/voicemails/${boxes[0]?.id}/lamps/reassert`)
    await waitFor(() => peer.told.length === 5, { what: 'one again' })
    expect(peer.told[4]?.uri).toContain(`sip:${boxes[0]?.number}@`)
  })

  it('shows nothing of a mailbox whose policy forbids it, or while it is off, and says which', async () => {
    const tenant = await installation.tenant()
    const box = await installation.mailbox(tenant)
    await leave(tenant, box)
    const peer = await newPeer()
    const uuid = await gateway(tenant, [peer])
    await peer.next(0, shows(box, '1/0'), 'lit')
    const policy = await tenant.admin.call<{ uuid: string }>('POST', `${CONFD}/mwi-policies`, {
      name: 'x',
      allow_mwi: false,
    })
    await put(tenant, `/voicemails/${box.id}`, { mwi_policy_uuid: policy.uuid })
    await peer.next(1, shows(box, '0/0'), 'dark by policy')
    await reason(uuid, box, 'blocked_by_policy')
    await put(tenant, `/mwi-policies/${policy.uuid}`, { allow_mwi: true })
    await peer.next(2, shows(box, '1/0'), 'lit again')
    await put(tenant, `/gateways/${uuid}`, { mwi_enabled: false })
    await peer.next(3, shows(box, '0/0'), 'dark by the gateway')
    await reason(uuid, box, 'blocked_by_gateway')
    const count = peer.told.length
    await leave(tenant, box)
    await put(tenant, `/gateways/${uuid}`, { mwi_enabled: true })
    await peer.next(count, shows(box, '2/0'), 'lit by the gateway')
    expect(peer.told).toHaveLength(count + 1)
  })

  it('goes dark where a mailbox was: another number, another context, deleted; and when the gateway is deleted', async () => {
    const tenant = await installation.tenant()
    const box = await installation.mailbox(tenant)
    await leave(tenant, box)
    const peer = await newPeer()
    const uuid = await gateway(tenant, [peer], { contexts: [tenant.context] })
    await peer.next(0, shows(box, '1/0'), 'lit')
    const moved = { ...box, number: installation.nextNumber() }
    await put(tenant, `/voicemails/${box.id}`, { number: moved.number })
    await peer.next(1, shows(box, '0/0'), 'dark under the old number')
    await peer.next(2, shows(moved, '1/0'), 'lit under the new one')
    await put(tenant, `/gateways/${uuid}`, { contexts: [] })
    await peer.next(3, shows(moved, '0/0'), 'dark outside its contexts')
    await waitFor(async () => (await lamp(uuid, box)) === undefined, { what: 'no lamp' })
    await put(tenant, `/gateways/${uuid}`, { contexts: null })
    await peer.next(4, shows(moved, '1/0'), 'lit again')
    await tenant.admin.call('DELETE', `${CONFD}/gateways/${uuid}`)
    await peer.next(5, shows(moved, '0/0'), 'dark with the gateway')
    await waitFor(
      async () => (await database.pool.query('SELECT 1 FROM gateway WHERE uuid = $1', [uuid])).rows.length === 0,
      { what: 'the gateway to be forgotten' },
    )
  })

  it('is told of a burst by few requests, the last of which is right', async () => {
    const tenant = await installation.tenant()
    const box = await installation.mailbox(tenant)
    const peer = await newPeer()
    await gateway(tenant, [peer])
    await peer.next(0, shows(box, '0/0'), 'the state')
    const began = performance.now()
    await Promise.all(Array.from({ length: 30 }, () => leave(tenant, box)))
    await peer.next(1, shows(box, '30/0'), 'the last count')
    const seconds = (performance.now() - began) / 1000
    expect(peer.told.length - 1).toBeLessThanOrEqual(Math.ceil(seconds) * 6)
  })
})
