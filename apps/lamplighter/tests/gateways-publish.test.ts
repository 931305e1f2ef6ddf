import { randomUUID } from 'node:crypto'
import { type LampReport, SoftPhone } from '@lamplighter/sip'
import { KamailioPresence, reasonWithout, waitFor } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type PeerAnswer, SipPeer, type Told } from './sip-peer.js'
import { type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const CONFD = '/api/confd/1.1'
const withoutKamailio = await reasonWithout('kamailio')

/** What Asterisk 22 answered to NOTIFYs into `incoming_mwi_mailbox` (asterisk.md 3). */
function asteriskNotify({ headers, body }: Told): PeerAnswer {
  if (headers.get('contact') === undefined) return 400
  if (headers.get('to')?.includes(';tag=')) return 481
  if (!/^application\/simple-message-summary(;|$)/i.test(headers.get('content-type') ?? '') || body === '') return 501
  return /^voice-message: ?\d+\/\d+/im.test(body) ? 200 : 404
}

/** What it answered to PUBLISH of asterisk-mwi (asterisk.md 3b); its states live this long, and are told by etags. */
function asteriskPublish(expiresSec: number) {
  let etag = 0
  const live = new Set<string>()
  return ({ headers, body }: Told): PeerAnswer => {
    if (headers.get('event') !== 'asterisk-mwi') return 489
    const known = headers.get('sip-if-match')
    if (known !== undefined && !live.delete(known)) return 412
    if (headers.get('expires') !== '0') {
      const { type, uniqueid, eid } = JSON.parse(body) as Record<string, unknown>
      if (headers.get('content-type') !== 'application/json' || type !== 'mailboxstate' || !uniqueid || !eid) return 500
      live.add(String(etag))
    }
    const lines = [['SIP-ETag', String(etag++)] as const, ['Expires', String(expiresSec)] as const]
    return { status: 200, lines }
  }
}

describe('a gateway that is told by more than Exchange’s NOTIFY', () => {
  let installation: TestInstallation
  let tenant: Tenant
  const peers: SipPeer[] = []

  beforeAll(async () => {
    installation = await TestInstallation.start()
  })
  afterAll(() => installation.stop())
  afterEach(async () => {
    for (const peer of peers.splice(0)) await peer.stop()
  })

  async function newPeer(): Promise<SipPeer> {
    const peer = new SipPeer()
    await peer.start()
    peers.push(peer)
    return peer
  }

  async function behind(fields: object): Promise<{ box: Voicemail; uuid: string }> {
    tenant = await installation.tenant()
    const box = await installation.mailbox(tenant)
    const body = { name: randomUUID(), ping_every_s: 1, ...fields }
    const { uuid } = await tenant.admin.call<{ uuid: string }>('POST', `${CONFD}/gateways`, body)
    return { box, uuid }
  }
  const leave = (box: Voicemail) => tenant.admin.deposit<{ id: string }>(box.id, wav(100), {})

  it('Asterisk takes its NOTIFYs, and finds the mailbox by the user of From', async () => {
    const peer = await newPeer()
    const answered: PeerAnswer[] = []
    peer.login = { username: 'vmplat', password: 'hush-hush' }
    peer.answer = (told) => {
      answered.push(asteriskNotify(told))
      return answered.at(-1) ?? 200
    }
    const login = { username: 'vmplat', secret: 'hush-hush' }
    const { box } = await behind({ profile: 'asterisk', targets: [peer.target], ...login })
    await peer.next(0, ({ body }) => body.includes('0/0'), 'the state')
    await leave(box)
    const lit = await peer.next(1, ({ body }) => body.includes('1/0'), 'lit')
    expect(lit.headers.get('from')).toContain(`<sip:${box.number}@`)
    expect(answered.every((one) => one === 200)).toBe(true)
  })

  it('Asterisk takes its PUBLISHes: changed and refreshed by etag, anew when it forgot, and taken away', async () => {
    const peer = await newPeer()
    peer.answer = asteriskPublish(4)
    const { box, uuid } = await behind({
      profile: 'asterisk',
      method: 'publish',
      targets: [peer.target],
      mailbox_template: '{number}@default',
    })
    const state = ({ body }: Told) => JSON.parse(body || '{}') as { uniqueid?: string; new?: number }
    const first = await peer.next(0, (told) => state(told).new === 0, 'the state')
    expect([state(first).uniqueid, first.headers.get('sip-if-match')]).toEqual([`${box.number}@default`, undefined])
    await leave(box)
    const changed = await peer.next(1, (told) => state(told).new === 1, 'the change')
    expect(changed.headers.get('sip-if-match')).toBe('0')
    const count = peer.told.length
    const refreshed = await peer.next(count, (told) => state(told).new === 1, 'the refresh before it runs out')
    expect(refreshed.headers.get('sip-if-match')).toBeDefined()
    // It restarts and forgets: 412, then the same state anew.
    peer.answer = asteriskPublish(4)
    const before = peer.told.length
    await peer.next(before, ({ headers }) => headers.get('sip-if-match') === undefined, 'the state anew')
    await tenant.admin.call('DELETE', `${CONFD}/gateways/${uuid}`)
    await peer.next(before, (told) => state(told).new === 0, 'dark')
    await peer.next(before, ({ headers }) => headers.get('expires') === '0', 'taken away')
  })

  it.skipIf(withoutKamailio)(
    `Kamailio’s presence server takes PUBLISH and tells its own phones${withoutKamailio ? ` [skipped: ${withoutKamailio}]` : ''}`,
    async () => {
      const kamailio = await KamailioPresence.start()
      const target = { host: '127.0.0.1', port: kamailio.port, transport: 'udp' }
      const { box } = await behind({ method: 'publish', targets: [target] })
      const lamps: LampReport[] = []
      const account = { username: 'watcher', password: 'x', server: { host: '127.0.0.1', port: kamailio.port } }
      const phone = new SoftPhone(account, { onLamp: (lamp) => lamps.push(lamp) })
      await phone.start()
      await phone.subscribe(box.number)
      const { id } = await leave(box)
      await waitFor(() => lamps.some(({ counts }) => counts?.new === 1), { what: 'lit by Kamailio' })
      await tenant.admin.call('PUT', `/api/calld/1.0/voicemails/${box.id}/messages/${id}`, { folder_id: 2 })
      await waitFor(() => lamps.at(-1)?.counts?.old === 1, { what: 'darkened by Kamailio' })
      expect(lamps.at(-1)).toMatchObject({ waiting: false, counts: { new: 0, old: 1 } })
      await phone.stop()
      await kamailio.stop()
    },
  )
})
