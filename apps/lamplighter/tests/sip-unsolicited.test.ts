import { type Database, openDatabase } from '@lamplighter/store'
import { Baresip, reasonWithout, runSipp, waitFor } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RawPhone } from './raw-phone.js'
import { type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const withoutBaresip = await reasonWithout('baresip')
const withoutSipp = await reasonWithout('sipp')

describe('a device that is told without having subscribed', () => {
  let installation: TestInstallation
  let database: Database
  let tenant: Tenant
  const phones: RawPhone[] = []

  beforeAll(async () => {
    installation = await TestInstallation.start()
    database = openDatabase(installation.databaseUrl, { connections: 2 })
    tenant = await installation.tenant()
  })
  afterAll(async () => {
    await database.close()
    await installation.stop()
  })
  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.stop()
  })

  type Device = { uuid: string; username: string; password: string }

  async function started(device: Device, port = installation.sipPort): Promise<RawPhone> {
    const phone = new RawPhone(device, port)
    await phone.start()
    phones.push(phone)
    return phone
  }

  /** A mailbox, a device that watches it, and its phone. */
  async function watching(fields: Record<string, unknown> = {}) {
    const box = await installation.mailbox(tenant)
    const device = await installation.device(tenant, { voicemails: [box.id], ...fields })
    return { box, device, phone: await started(device) }
  }

  const deposit = (box: Voicemail) => tenant.admin.deposit<{ id: string }>(box.id, wav(100), {})
  const read = (box: Voicemail, id: string) =>
    tenant.admin.call('PUT', `/api/calld/1.0/voicemails/${box.id}/messages/${id}`, { folder_id: 2 })
  const lit = (count: number) => ({ body: `Voice-Message: ${count}/0` })
  const shows = (wanted: { body: string }) => (one: { body: string }) => one.body.includes(wanted.body)

  async function ledger({
    uuid,
  }: Device): Promise<{ acknowledged_new: number | null; reason: string; last_status: number | null }[]> {
    const text = 'SELECT acknowledged_new, reason, last_status FROM lamp WHERE device_uuid = $1 ORDER BY mailbox_id'
    return (await database.pool.query(text, [uuid])).rows
  }
  const ledgerSays = (device: Device, expected: object) =>
    waitFor(
      async () => {
        const [line] = await ledger(device)
        return line && Object.entries(expected).every(([key, value]) => line[key as 'reason'] === value)
      },
      { what: `the ledger to say ${JSON.stringify(expected)}` },
    )
  /** Ends when everything that was asked for so far has been told: a witness that registers later is told too. */
  async function quiet(): Promise<void> {
    const { box, phone } = await watching()
    await phone.register()
    await phone.next(0, () => true, 'the witness')
    await deposit(box)
    await phone.next(1, () => true, 'the witness lit')
  }

  it('row 1: is told within two seconds of its REGISTER, out of any dialog, and not at the next one', async () => {
    const { box, device, phone } = await watching()
    await deposit(box)
    const beganAt = performance.now()
    const answer = await phone.register({ Contact: `<sip:x-0x55aa@${phone.address};foo=bar>` })
    expect([answer.status, answer.headers.get('contact')]).toEqual([
      200,
      expect.stringMatching(/^<sip:x-0x55aa@[\d.:]+;foo=bar>;expires=3600$/),
    ])
    const first = await phone.next(0, () => true, 'the state')
    expect(performance.now() - beganAt).toBeLessThan(2000)
    expect(first.body).toMatch(
      /^Messages-Waiting: yes\r\nMessage-Account: sip:\*97@[\d.:]+\r\nVoice-Message: 1\/0 \(0\/0\)\r\n$/,
    )
    expect([first.uri, first.state, first.event, first.cseq]).toEqual([
      `sip:x-0x55aa@${phone.address};foo=bar`,
      'terminated',
      'message-summary',
      1,
    ])
    expect(first.headers.get('to')).toBe(`<sip:${device.username}@127.0.0.1:${installation.sipPort}>`)
    await ledgerSays(device, { reason: 'acknowledged', acknowledged_new: 1, last_status: 200 })
    await phone.register({ Contact: `<sip:x-0x55aa@${phone.address};foo=bar>` })
    await quiet()
    expect(phone.notified).toHaveLength(1)
  })

  it('is told every change, and again when it starts anew', async () => {
    const { box, phone } = await watching()
    await phone.register()
    await phone.next(0, shows(lit(0)), 'dark')
    const { id } = await deposit(box)
    await phone.next(1, shows(lit(1)), 'lit')
    await read(box, id)
    await phone.next(2, ({ body }) => body.includes('Voice-Message: 0/1'), 'read')
    phone.registerCallId = 'another start'
    await phone.register()
    await phone.next(3, ({ body }) => body.includes('Voice-Message: 0/1'), 'the state after its start')
    expect(new Set(phone.notified.map(({ headers }) => headers.get('call-id'))).size).toBe(4)
  })

  it('row 5: is told by a mailbox that was made after it registered', async () => {
    const device = await installation.device(tenant, { voicemails: [] })
    const phone = await started(device)
    await phone.register()
    const box = await installation.mailbox(tenant)
    await tenant.admin.call('PUT', `/api/confd/1.1/devices/${device.uuid}`, { voicemails: [box.id] })
    await phone.next(0, shows(lit(0)), 'the new mailbox')
    await deposit(box)
    await phone.next(1, shows(lit(1)), 'lit')
  })

  it('row 13: has one NOTIFY per change while it also subscribes, and is told here again when that ends', async () => {
    const { box, device, phone } = await watching()
    await phone.register()
    await phone.next(0, shows(lit(0)), 'the state')
    await phone.subscribe()
    await phone.next(1, ({ state }) => state.startsWith('active'), 'the state by subscription')
    for (const count of [1, 2, 3]) {
      await deposit(box)
      await phone.next(1 + count, shows(lit(count)), `${count} by subscription`)
      await phone.register()
    }
    await quiet()
    expect(phone.notified.slice(2).map(({ state }) => state.split(';')[0])).toEqual(['active', 'active', 'active'])
    await phone.subscribe({ Expires: '0' })
    await phone.next(5, ({ state }) => state === 'terminated;reason=timeout', 'the end')
    await deposit(box)
    await phone.next(6, (one) => shows(lit(4))(one) && one.state === 'terminated', 'the next change, unsolicited')
    await ledgerSays(device, { reason: 'acknowledged', acknowledged_new: 4 })
    expect(phone.notified).toHaveLength(7)
  })

  it('tells a second phone of the same account where only the first one subscribed', async () => {
    const { box, device, phone } = await watching()
    const second = await started(device)
    await Promise.all([phone.register(), second.register()])
    await phone.subscribe()
    await phone.next(0, ({ state }) => state.startsWith('active'), 'its subscription')
    await second.next(0, () => true, 'the state')
    await deposit(box)
    await phone.next(1, (one) => shows(lit(1))(one) && one.state.startsWith('active'), 'lit by subscription')
    await second.next(1, (one) => shows(lit(1))(one) && one.state === 'terminated', 'lit, unsolicited')
  })

  it.each([
    ['auto', 200, 200],
    ['solicited', 200, 200],
    ['unsolicited', 200, 403],
    ['off', 200, 403],
  ])('rows 13 and 16: in mode %s REGISTER is %i and SUBSCRIBE %i', async (mode, registered, subscribed) => {
    const { box, device, phone } = await watching({ mwi_mode: mode })
    await deposit(box)
    expect((await phone.register()).status).toBe(registered)
    await quiet()
    const unsolicited = mode === 'auto' || mode === 'unsolicited' ? 1 : 0
    expect(phone.notified).toHaveLength(unsolicited)
    expect((await phone.subscribe()).status).toBe(subscribed)
    if (subscribed === 200) await phone.next(unsolicited, ({ state }) => state.startsWith('active'), 'its subscription')
    await deposit(box)
    await quiet()
    expect(phone.notified.at(-1)?.body.includes('2/0') ?? false).toBe(mode !== 'off')
    await ledgerSays(device, { reason: mode === 'off' ? 'switched_off' : 'acknowledged' })
  })

  it.each([
    ['auto', 'no_contact'],
    ['unsolicited', 'no_contact'],
    ['solicited', 'no_subscription'],
  ])('row 9: in mode %s the ledger says %s of a device that is nowhere', async (mode, reason) => {
    const { box, device } = await watching({ mwi_mode: mode })
    await deposit(box)
    await ledgerSays(device, { reason, acknowledged_new: null })
  })

  it('follows a change of its mode: dark when it is switched off, lit again when it is switched on', async () => {
    const { box, device, phone } = await watching()
    const mode = (mwi_mode: string) => tenant.admin.call('PUT', `/api/confd/1.1/devices/${device.uuid}`, { mwi_mode })
    await deposit(box)
    await phone.register()
    await phone.next(0, shows(lit(1)), 'lit')
    await mode('off')
    await phone.next(1, shows(lit(0)), 'dark')
    await deposit(box)
    await mode('unsolicited')
    await phone.next(2, shows(lit(2)), 'lit again')
    await mode('auto')
    await phone.subscribe()
    await phone.next(3, ({ state }) => state.startsWith('active'), 'its subscription')
    await mode('unsolicited')
    await phone.next(4, ({ state }) => state === 'terminated;reason=rejected', 'the end of its subscription')
    await phone.next(5, (one) => shows(lit(2))(one) && one.state === 'terminated', 'lit, unsolicited')
  })

  it.each([405, 481, 489, 501])(
    'rows 16 and 17: is asked once when it answers %i, whatever changes',
    async (status) => {
      const { box, device, phone } = await watching()
      phone.answer = status
      await phone.register()
      await ledgerSays(device, { reason: 'peer_refused', last_status: status })
      for (const _ of [1, 2, 3]) {
        await deposit(box)
        await phone.register()
      }
      phone.registerCallId = 'another start'
      await phone.register({ Expires: '0' })
      await phone.register()
      await quiet()
      expect(phone.notified).toHaveLength(1)
      await phone.subscribe()
      phone.answer = 200
      await phone.next(1, (one) => shows(lit(3))(one) && one.state.startsWith('active'), 'its subscription')
    },
  )

  it('row 20: is told nothing without a mailbox, and "no" once when its mailbox is taken away', async () => {
    const none = await started(await installation.device(tenant, { voicemails: [] }))
    await none.register()
    const { box, device, phone } = await watching()
    await deposit(box)
    await phone.register()
    await phone.next(0, shows(lit(1)), 'lit')
    await ledgerSays(device, { reason: 'acknowledged', acknowledged_new: 1 })
    await tenant.admin.call('PUT', `/api/confd/1.1/devices/${device.uuid}`, { voicemails: [] })
    await phone.next(1, ({ body }) => body.startsWith('Messages-Waiting: no'), 'dark')
    await waitFor(async () => (await ledger(device)).length === 0, { what: 'the ledger to forget it' })
    phone.registerCallId = 'another start'
    await phone.register()
    await quiet()
    expect([none.notified.length, phone.notified.length]).toEqual([0, 2])
  })

  it.each(['deleted', 'unregistered'])('is not told any more when it is %s', async (how) => {
    const { box, device, phone } = await watching()
    await deposit(box)
    await phone.register()
    await phone.next(0, shows(lit(1)), 'lit')
    if (how === 'deleted') {
      await tenant.admin.call('DELETE', `/api/confd/1.1/devices/${device.uuid}`)
      await phone.next(1, shows(lit(0)), 'dark')
    } else {
      expect((await phone.register({ Contact: '*', Expires: '0' })).headers.get('contact')).toBeUndefined()
      await deposit(box)
      await ledgerSays(device, { reason: 'no_contact' })
    }
    await quiet()
    expect(phone.notified).toHaveLength(how === 'deleted' ? 2 : 1)
  })

  it('is in sync only when every contact that takes it has acknowledged', async () => {
    const { box, device, phone } = await watching()
    const [slow, refusing] = [await started(device), await started(device)]
    refusing.answer = 489
    slow.answer = 503
    await Promise.all([phone, slow, refusing].map((one) => one.register()))
    await deposit(box)
    await phone.next(0, shows(lit(1)), 'lit')
    await ledgerSays(device, { reason: 'retrying', last_status: 503 })
    slow.answer = 200
    slow.registerCallId = 'another start'
    await slow.register()
    await ledgerSays(device, { reason: 'acknowledged', acknowledged_new: 1 })
  })

  it('makes a burst a few NOTIFYs, the last one right', async () => {
    const { box, device, phone } = await watching()
    await phone.register()
    await phone.next(0, () => true, 'the state')
    const startedAt = performance.now()
    await Promise.all(Array.from({ length: 50 }, () => deposit(box)))
    await phone.next(1, shows(lit(50)), 'the last count')
    // One at once and five a second: six when the fifty come within a second, beside the first state.
    const atMost = 1 + Math.ceil((performance.now() - startedAt) / 200)
    expect(phone.notified.length - 1).toBeLessThanOrEqual(atMost)
    await ledgerSays(device, { reason: 'acknowledged', acknowledged_new: 50 })
  })

  it('is told again, what it did not answer to, as soon as it registers', async () => {
    const { box, device, phone } = await watching()
    phone.answer = 480
    await deposit(box)
    await phone.register()
    await ledgerSays(device, { reason: 'unreachable', last_status: 480 })
    phone.answer = 200
    await phone.register()
    await phone.next(1, shows(lit(1)), 'lit')
    await ledgerSays(device, { reason: 'acknowledged' })
  })

  it.skipIf(withoutBaresip)('baresip answers 481, is not asked again, subscribes and is lit', async () => {
    const { box, device } = await watching()
    const phone = await Baresip.start({ server: `127.0.0.1:${installation.sipPort}`, ...device })
    await phone.lampAfter(0, ({ lit }) => !lit, 'its first NOTIFY')
    await deposit(box)
    await phone.lampAfter(1, ({ lit, new: unread }) => lit && unread === 1, 'lit')
    const text = 'SELECT last_status, refused_until > now() AS refused FROM sip_contact WHERE device_uuid = $1'
    expect((await database.pool.query(text, [device.uuid])).rows).toEqual([{ last_status: 481, refused: true }])
    await phone.stop()
  })

  it.skipIf(withoutSipp)(
    'sipp: twenty phones are lit though a tenth of what goes either way is lost',
    async () => {
      const box = await installation.mailbox(tenant)
      const users = await Promise.all(
        Array.from({ length: 20 }, () =>
          installation.device(tenant, { voicemails: [box.id], mwi_mode: 'unsolicited' }),
        ),
      )
      const server = `127.0.0.1:${installation.sipPort}`
      const running = runSipp({ scenario: 'register', outOfCall: 'unsolicited', server, users })
      const told = (unread: number) => async () => {
        const text = `SELECT count(*)::int AS n FROM lamp WHERE mailbox_id = $1 AND acknowledged_new = $2 AND reason = 'acknowledged'`
        return (await database.pool.query<{ n: number }>(text, [box.id, unread])).rows[0]?.n === 20
      }
      await waitFor(told(0), { what: 'all to be told at their REGISTER', timeoutMs: 25_000 })
      await deposit(box)
      await waitFor(told(1), { what: 'all to be told of the message', timeoutMs: 25_000 })
      const { log } = await running
      for (const { username } of users)
        expect(log).toMatch(new RegExp(`sip:${username}@\\S+ Messages-Waiting: yes Voice-Message: 1/0 \\(0/0\\)`))
    },
    90_000,
  )

  it('goes the way of its Path, and repeats it in the answer', async () => {
    const { box, phone: proxy } = await watching()
    const { device, phone } = await watching({ voicemails: [box.id] })
    const path = `<sip:edge@${proxy.address};lr>, <sip:core.test;lr>`
    const answer = await phone.register({ Path: path, Supported: 'path' })
    expect([answer.status, answer.headers.get('path')]).toEqual([200, path])
    const notify = await proxy.next(0, () => true, 'the state, at the proxy')
    expect(notify.uri).toBe(`sip:${device.username}@${phone.address}`)
    expect(notify.headers.all('route')).toEqual(path.split(', '))
  })

  it('keeps the flows of outbound apart, and says so', async () => {
    const { phone } = await watching()
    const contact = (reg: number) => `<sip:a@${phone.address};ob>;+sip.instance="<urn:uuid:0>";reg-id=${reg}`
    const first = await phone.register({ Contact: contact(1), Supported: 'path, outbound' })
    expect([first.headers.get('require'), first.headers.get('flow-timer')]).toEqual(['outbound', '120'])
    const second = await phone.register({ Contact: contact(2), Require: 'outbound', 'Call-ID': 'second' })
    expect(second.headers.all('contact').map((line) => /reg-id=\d/.exec(line)?.[0])).toEqual(['reg-id=1', 'reg-id=2'])
    const plain = await phone.register({
      Contact: contact(1),
      Supported: 'replaces, a, padding, so, that, answers, fit',
    })
    expect([plain.status, plain.headers.get('require')]).toEqual([200, undefined])
  })

  it.each([
    ['a contact that writes headers', { Contact: '<sip:a@127.0.0.1?Route=x>' }, 400, undefined],
    ['too short an expiry', { Expires: '59' }, 423, ['min-expires', '60']],
    ['an extension we do not know', { Require: 'gruu' }, 420, ['unsupported', 'gruu']],
    [
      'a flow nobody keeps',
      {
        Via: 'SIP/2.0/UDP far;branch=z9hG4bKfar',
        Supported: 'outbound',
        Contact: '<sip:a@127.0.0.1>;+sip.instance="<x>";reg-id=1',
      },
      439,
      undefined,
    ],
    ['the name of somebody else', { To: '<sip:somebody@127.0.0.1>' }, 403, undefined],
  ])('refuses %s', async (_what, lines, status, header) => {
    const { phone } = await watching()
    const answer = await phone.register(lines)
    expect(answer.status).toBe(status)
    if (header) expect(answer.headers.get(header[0] ?? '')).toBe(header[1])
  })

  it('may not register where its tenant has another registrar, and may subscribe', async () => {
    const other = await installation.tenant()
    const phone = await started(await installation.device(other))
    await other.admin.call('PUT', '/api/confd/1.1/voicemails/settings', { sip_registrar: false })
    expect([(await phone.register()).status, (await phone.subscribe()).status]).toEqual([403, 200])
  })
})

describe('a SIP worker that takes contacts over', () => {
  it('tells what changed meanwhile and was not acknowledged, nothing else, and does not ask who refused', async () => {
    const installation = await TestInstallation.start()
    const tenant = await installation.tenant()
    const [same, changed] = [await installation.mailbox(tenant), await installation.mailbox(tenant)]
    const boxes = [same, changed, changed]
    const devices = await Promise.all(boxes.map(({ id }) => installation.device(tenant, { voicemails: [id] })))
    const port = installation.sipPort
    const phones = devices.map((device) => new RawPhone(device, port))
    const [told, untold, refusing] = phones as [RawPhone, RawPhone, RawPhone]
    refusing.answer = 489
    for (const phone of phones) {
      await phone.start()
      await phone.register()
      await phone.next(0, () => true, 'the state')
    }
    untold.answer = 503
    await tenant.admin.deposit(changed.id, wav(100), {})
    await untold.next(1, ({ body }) => body.includes('1/0'), 'the refused change')
    const again = await installation.restart({ LAMPLIGHTER_SIP_PORT: String(port) })
    untold.answer = 200
    await untold.next(2, ({ body }) => body.includes('1/0'), 'the change after the take-over')
    await tenant.admin.at(again.url).deposit(changed.id, wav(100), {})
    await untold.next(3, ({ body }) => body.includes('2/0'), 'the next change')
    expect([told.notified.length, untold.notified.length, refusing.notified.length]).toEqual([1, 4, 1])
    for (const phone of phones) await phone.stop()
    await again.stop()
  })
})
