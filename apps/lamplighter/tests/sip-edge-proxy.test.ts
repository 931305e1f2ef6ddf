import { Baresip, type EdgePassed, KamailioEdge, reasonWithout, waitFor } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RawPhone } from './raw-phone.js'
import { deposit } from './sip-support.js'
import { type Tenant, TestInstallation, type Voicemail } from './support.js'

const withoutKamailio = await reasonWithout('kamailio')
const withoutBaresip = await reasonWithout('baresip')
/** Where nobody answers, as a phone behind NAT says of itself. */
const NOWHERE = '10.255.255.1:5060'

/** Phones that know only a real Kamailio, which knows the worker: the way back is its Record-Route and its Path. */
describe.skipIf(withoutKamailio).each(['udp', 'tcp'] as const)(
  `behind Kamailio as the proxy, to us over %s${withoutKamailio ? ` [skipped: ${withoutKamailio}]` : ''}`,
  (transport) => {
    let installation: TestInstallation
    let edge: KamailioEdge
    let tenant: Tenant
    const phones: RawPhone[] = []

    beforeAll(async () => {
      installation = await TestInstallation.start()
      tenant = await installation.tenant()
      const port = installation.lamplighter.sipPorts?.[transport === 'udp' ? 'UDP' : 'TCP'] ?? 0
      edge = await KamailioEdge.start({ port, transport })
    })
    afterAll(async () => {
      await edge.stop()
      await installation.stop()
    })
    afterEach(async () => {
      for (const phone of phones.splice(0)) await phone.stop()
    })

    const passed = (method: string, fits: (one: EdgePassed) => boolean = () => true) =>
      edge.passed.filter((one) => one.method === method && fits(one))

    async function phoneAt(voicemails: Voicemail[], device?: { username: string; password: string }) {
      const login = device ?? (await installation.device(tenant, { voicemails: voicemails.map(({ id }) => id) }))
      const phone = new RawPhone(login, edge.port)
      await phone.start()
      phones.push(phone)
      return { phone, login }
    }

    it('a subscription is told by the Record-Route, and refreshed by it', async () => {
      const box = await installation.mailbox(tenant)
      const { phone, login } = await phoneAt([box])
      const answer = await phone.subscribe({ Contact: `<sip:${login.username}@${NOWHERE}>` })
      const routes = answer.headers.all('record-route').flatMap((line) => line.split(/,\s*/))
      // Between two transports it names itself twice, once for each side.
      expect([answer.status, routes.length]).toEqual([200, transport === 'udp' ? 1 : 2])
      await phone.next(0, ({ body }) => body.includes('Messages-Waiting: no'), 'the state')
      await deposit(tenant, box)
      await phone.next(1, ({ body }) => body.includes('Voice-Message: 1/0'), 'the lamp lit')
      const [notify] = passed('NOTIFY', ({ callId }) => callId === phone.callId)
      // The Contact as the proxy rewrote it, to the letter: its alias is where the phone really is.
      const [, port] = phone.address.split(':')
      expect(notify).toMatchObject({ uri: `sip:${login.username}@${NOWHERE};alias=127.0.0.1~${port}~1`, transport })
      const route = [...routes].reverse().join(', ')
      const refreshed = await phone.subscribe({ Route: route, Contact: `<sip:${login.username}@${NOWHERE}>` })
      expect(refreshed.status).toBe(200)
      const again = await phone.next(
        2,
        ({ body }) => body.includes('Voice-Message: 1/0'),
        'the state after the refresh',
      )
      expect(again.state).toMatch(/^active;/)
      const ended = await phone.subscribe({ Route: route, Expires: '0', Contact: `<sip:${login.username}@${NOWHERE}>` })
      expect(ended.status).toBe(200)
      await phone.next(3, ({ state }) => state === 'terminated;reason=timeout', 'the last NOTIFY')
    })

    it('who only registers is told by the Path, wherever the phone says it is', async () => {
      const box = await installation.mailbox(tenant)
      await deposit(tenant, box)
      const { phone, login } = await phoneAt([box])
      const answer = await phone.register({ Contact: `<sip:${login.username}@${NOWHERE}>`, Supported: 'path' })
      expect([answer.status, answer.headers.get('path')]).toEqual([200, expect.stringMatching(/^<sip:edge@127.*;lr/)])
      const first = await phone.next(0, ({ body }) => body.includes('Voice-Message: 1/0'), 'the state')
      expect([first.uri, first.state]).toEqual([`sip:${login.username}@${NOWHERE}`, 'terminated'])
      await deposit(tenant, box)
      await phone.next(1, ({ body }) => body.includes('Voice-Message: 2/0'), 'the change')
      const taken = passed('NOTIFY', ({ uri }) => uri === `sip:${login.username}@${NOWHERE}`)
      expect(taken.map((one) => one.transport)).toEqual([transport, transport])
    })

    it('of two phones of one account at the proxy one subscribes and the other does not: both are told, each once', async () => {
      const box = await installation.mailbox(tenant)
      const { phone: subscribed, login } = await phoneAt([box])
      const { phone: registered } = await phoneAt([box], login)
      const instance = (of: RawPhone, id: string) =>
        `<sip:${login.username}@${of.address}>;+sip.instance="<urn:x:${id}>"`
      for (const [phone, id] of [
        [subscribed, 'a'],
        [registered, 'b'],
      ] as const)
        expect((await phone.register({ Contact: instance(phone, id), 'Call-ID': id })).status).toBe(200)
      for (const phone of [subscribed, registered]) await phone.next(0, () => true, 'the state')
      expect((await subscribed.subscribe({ Contact: instance(subscribed, 'a') })).status).toBe(200)
      await subscribed.next(1, ({ state }) => state.startsWith('active'), 'the state in the dialog')
      await deposit(tenant, box)
      const lit = ({ body }: { body: string }) => body.includes('Voice-Message: 1/0')
      await registered.next(1, lit, 'the lamp of the one that only registered')
      await subscribed.next(2, lit, 'the lamp of the one that subscribed')
      expect([subscribed, registered].map(({ notified }) => notified.filter(lit).length)).toEqual([1, 1])
    })

    it.skipIf(withoutBaresip)(
      `baresip: lit and darkened${withoutBaresip ? ` [skipped: ${withoutBaresip}]` : ''}`,
      async () => {
        const box = await installation.mailbox(tenant)
        const device = await installation.device(tenant, { voicemails: [box.id] })
        const phone = await Baresip.start({ server: `127.0.0.1:${edge.port}`, ...device })
        await phone.lampAfter(0, ({ lit }) => !lit, 'its first NOTIFY')
        const { id } = await deposit(tenant, box)
        await phone.lampAfter(1, ({ lit, new: unread }) => lit && unread === 1, 'the deposit lights it')
        const seen = phone.lamps.length
        await tenant.admin.call('DELETE', `/api/calld/1.0/voicemails/${box.id}/messages/${id}`)
        await phone.lampAfter(seen, ({ lit }) => !lit, 'the deletion darkens it')
        const asked = passed('SUBSCRIBE').at(-1)?.callId
        await waitFor(() => passed('NOTIFY', ({ callId }) => callId === asked).length >= 3, { what: 'its way' })
        await phone.stop()
      },
      60_000,
    )
  },
)
