import { createSocket } from 'node:dgram'
import { type Database, openDatabase } from '@lamplighter/store'
import { takeTestVhost, waitFor } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RawPhone } from './raw-phone.js'
import { type Person, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

describe('mwid', () => {
  let installation: TestInstallation
  let database: Database
  let tenant: Tenant
  let anna: Person
  let annas: Voicemail
  let shared: Voicemail
  const phones: RawPhone[] = []

  beforeAll(async () => {
    installation = await TestInstallation.start()
    database = openDatabase(installation.databaseUrl, { connections: 2 })
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    annas = await installation.mailbox(tenant, {}, [anna])
    shared = await installation.mailbox(tenant, { accesstype: 'global' })
  })
  afterAll(async () => {
    await database.close()
    await installation.stop()
  })
  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.stop()
  })

  async function newPhone(
    fields: Record<string, unknown> = {},
    password?: string,
  ): Promise<RawPhone & { uuid: string }> {
    const device = await installation.device(tenant, { user_uuid: anna.uuid, ...fields })
    const phone = new RawPhone(
      { username: device.username, password: password ?? device.password },
      installation.sipPort,
    )
    await phone.start()
    phones.push(phone)
    return Object.assign(phone, { uuid: device.uuid })
  }

  const deposit = (box: Voicemail, facts: Record<string, string> = {}) =>
    tenant.admin.deposit<{ id: string }>(box.id, wav(100), facts)
  const clear = async (box: Voicemail) => {
    await database.pool.query('DELETE FROM message WHERE mailbox_id = $1', [box.id])
    await database.pool.query(
      'UPDATE mailbox_summary SET new_count = 0, old_count = 0, urgent_new_count = 0, urgent_old_count = 0, revision = revision + 1 WHERE mailbox_id = $1',
      [box.id],
    )
  }

  it('accepts a subscription with 200, tells its state at once, in the dialog, and repeats the contact to the letter', async () => {
    const phone = await newPhone()
    const answer = await phone.subscribe({
      Event: 'message-summary;id=7',
      Contact: `<sip:x-0x55aa@${phone.address};foo=bar>`,
    })
    expect([answer.status, answer.headers.get('expires')]).toEqual([200, '600'])
    const first = await phone.next(0, () => true, 'the first NOTIFY')
    expect(first.state).toMatch(/^active;expires=(599|600)$/)
    expect(first.event).toBe('message-summary;id=7')
    expect(first.uri).toBe(`sip:x-0x55aa@${phone.address};foo=bar`)
    expect(first.body).toMatch(
      /^Messages-Waiting: no\r\nMessage-Account: sip:\*97@[\d.:]+\r\nVoice-Message: 0\/0 \(0\/0\)\r\n$/,
    )
    expect(first.headers.get('from')).toBe(phone.to)
    expect(first.cseq).toBe(1)
  })

  it.each([
    ['another event', { Event: 'presence' }, 489, 'allow-events', 'message-summary, dialog'],
    ['no event', { Event: null }, 489, 'allow-events', 'message-summary, dialog'],
    [
      'a type we do not make',
      { Accept: 'text/plain' },
      406,
      'accept',
      'application/simple-message-summary, multipart/related, application/rlmi+xml',
    ],
    ['too short an expiry', { Expires: '5' }, 423, 'min-expires', '60'],
    ['an extension we do not know', { Require: 'telepathy' }, 420, 'unsupported', 'telepathy'],
    ['no contact', { Contact: null }, 400, undefined, undefined],
    ['a contact that writes headers', { Contact: '<sip:a@127.0.0.1?Route=x>' }, 400, undefined, undefined],
    ['two contacts', { Contact: '<sip:a@127.0.0.1>, <sip:b@127.0.0.1>' }, 400, undefined, undefined],
    ['a dialog that is not there', { To: '<sip:x@127.0.0.1>;tag=gone' }, 481, undefined, undefined],
  ])('refuses %s', async (_name, lines, status, header, value) => {
    const phone = await newPhone()
    const answer = await phone.authenticated('SUBSCRIBE', lines as Record<string, string | null>)
    expect(answer.status).toBe(status)
    if (header) expect(answer.headers.get(header)).toBe(value)
  })

  it('challenges once, with MD5 unless the device says otherwise, and knows known and unknown users alike', async () => {
    const known = await newPhone()
    const unknown = new RawPhone({ username: 'nobody', password: 'x' }, installation.sipPort)
    await unknown.start()
    phones.push(unknown)
    const shape = async (phone: RawPhone) => {
      const { status, headers } = await phone.send('SUBSCRIBE')
      return [status, headers.all('www-authenticate').map((line) => line.replace(/nonce="[^"]*"/, 'nonce'))]
    }
    expect(await shape(known)).toEqual([401, ['Digest realm="lamplighter", nonce, algorithm=MD5, qop="auth"']])
    expect(await shape(unknown)).toEqual(await shape(known))
    const modern = await newPhone({ digest_algorithm: 'SHA-256' })
    expect((await shape(modern))[1]).toEqual([expect.stringContaining('algorithm=SHA-256')])
    expect((await modern.subscribe()).status).toBe(200)
    const wrong = await newPhone({}, 'wrong')
    expect((await wrong.subscribe()).status).toBe(401)
  })

  it('answers a nonce it does not know with stale=true, so that the phone tries again', async () => {
    const phone = await newPhone()
    const forged =
      'Digest username="x", realm="lamplighter", nonce="b2xk", uri="sip:x", response="0", qop=auth, nc=00000001, cnonce="a"'
    expect((await phone.send('SUBSCRIBE', { Authorization: forged })).headers.get('www-authenticate')).toContain(
      'stale=true',
    )
  })

  it('lights the phone when a message comes, and darkens it when it is read', async () => {
    await clear(annas)
    const phone = await newPhone()
    await phone.subscribe()
    await phone.next(0, () => true, 'the first NOTIFY')
    const { id } = await deposit(annas, { urgent: 'true' })
    expect((await phone.next(1, () => true, 'the lit lamp')).body).toContain('Messages-Waiting: yes\r\n')
    expect(phone.notified.at(-1)?.body).toContain('Voice-Message: 1/0 (1/0)\r\n')
    await anna.api.call('PUT', `/api/calld/1.0/users/me/voicemails/messages/${id}`, { folder_id: 2 })
    await phone.next(2, ({ body }) => body.includes('Voice-Message: 0/1 (0/1)'), 'the dark lamp')
    await anna.api.call('DELETE', `/api/calld/1.0/users/me/voicemails/messages/${id}`)
    await phone.next(3, ({ body }) => body.includes('Voice-Message: 0/0 (0/0)'), 'nothing at all')
    expect(phone.notified.map(({ cseq }) => cseq)).toEqual([1, 2, 3, 4])
  })

  it('refreshes with the full state, refuses an old CSeq, and says goodbye', async () => {
    const phone = await newPhone()
    await phone.subscribe()
    await phone.next(0, () => true, 'the first NOTIFY')
    expect((await phone.subscribe({ Expires: '120' })).headers.get('expires')).toBe('120')
    expect((await phone.next(1, () => true, 'the state again')).state).toMatch(/^active;expires=1(19|20)$/)
    phone.cseq = 0
    expect((await phone.authenticated('SUBSCRIBE')).status).toBe(500)
    phone.cseq = 100
    expect((await phone.authenticated('SUBSCRIBE', { Event: 'message-summary;id=other' })).status).toBe(489)
    expect((await phone.subscribe({ Expires: '0' })).headers.get('expires')).toBe('0')
    await phone.next(2, ({ state }) => state === 'terminated;reason=timeout', 'the last NOTIFY')
    await waitFor(async () => (await subscriptionsOf(phone.uuid)) === 0, { what: 'the row to go' })
    expect((await phone.authenticated('SUBSCRIBE')).status).toBe(481)
  })

  it('answers a poll once and keeps nothing', async () => {
    const phone = await newPhone()
    expect((await phone.subscribe({ Expires: '0' })).headers.get('expires')).toBe('0')
    expect((await phone.next(0, () => true, 'the only NOTIFY')).state).toBe('terminated;reason=timeout')
    expect(await subscriptionsOf(phone.uuid)).toBe(0)
  })

  it('resolves whom is asked for: itself, the access code, a mailbox it may watch; 403 and 404 for the rest', async () => {
    await clear(annas)
    await clear(shared)
    await deposit(shared)
    const server = `127.0.0.1:${installation.sipPort}`
    const foreign = await installation.mailbox(tenant)
    const shown = async (user: string) => {
      const phone = await newPhone()
      const { status } = await phone.subscribe({}, `sip:${user}@${server}`)
      if (status !== 200) return status
      return /Voice-Message: \S+/.exec((await phone.next(0, () => true, 'the state')).body)?.[0]
    }
    expect(await shown('*97')).toBe('Voice-Message: 1/0')
    expect(await shown('%2A98')).toBe('Voice-Message: 1/0')
    expect(await shown(annas.number)).toBe('Voice-Message: 0/0')
    expect(await shown(shared.number)).toBe('Voice-Message: 1/0')
    expect(await shown(foreign.number)).toBe(403)
    expect(await shown('31337')).toBe(404)
    const off = await newPhone({ mwi_mode: 'off' })
    expect((await off.subscribe()).status).toBe(403)
    await clear(shared)
  })

  it('shows exactly the mailboxes a device lists, and follows the list', async () => {
    const [one, two] = [await installation.mailbox(tenant), await installation.mailbox(tenant)]
    await deposit(one)
    await deposit(two)
    const phone = await newPhone({ voicemails: [one.id] })
    await phone.subscribe()
    expect((await phone.next(0, () => true, 'one mailbox')).body).toContain('Voice-Message: 1/0')
    await tenant.admin.call('PUT', `/api/confd/1.1/devices/${phone.uuid}`, { voicemails: [one.id, two.id] })
    await phone.next(1, ({ body }) => body.includes('Voice-Message: 2/0'), 'two mailboxes')
    await tenant.admin.call('PUT', `/api/confd/1.1/devices/${phone.uuid}`, { voicemails: [] })
    await phone.next(2, ({ body }) => body.includes('Voice-Message: 0/0'), 'none')
    await waitFor(async () => (await ledger(phone.uuid)).length === 0, {
      what: 'the ledger to forget mailboxes it watches no more',
    })
  })

  it('darkens a mailbox that is deleted, disabled or taken away', async () => {
    const user = await installation.account(tenant.uuid)
    const box = await installation.mailbox(tenant, {}, [user])
    await deposit(box)
    const phone = await newPhone({ user_uuid: user.uuid })
    await phone.subscribe()
    await phone.next(0, ({ body }) => body.includes('1/0'), 'lit')
    await tenant.admin.call('PUT', `/api/confd/1.1/voicemails/${box.id}`, { enabled: false })
    await phone.next(1, ({ body }) => body.includes('0/0'), 'dark while disabled')
    await tenant.admin.call('PUT', `/api/confd/1.1/voicemails/${box.id}`, { enabled: true })
    await phone.next(2, ({ body }) => body.includes('1/0'), 'lit again')
    await tenant.admin.call('DELETE', `/api/confd/1.1/users/${user.uuid}/voicemails`)
    await phone.next(3, ({ body }) => body.includes('0/0'), 'dark without its mailbox')
    await tenant.admin.call('PUT', `/api/confd/1.1/users/${user.uuid}/voicemails/${box.id}`)
    await phone.next(4, ({ body }) => body.includes('1/0'), 'lit with it')
  })

  it('ends a subscription to one mailbox with a dark lamp first, when the mailbox goes', async () => {
    const box = await installation.mailbox(tenant)
    await deposit(box)
    const phone = await newPhone({ voicemails: [box.id] })
    await phone.subscribe({}, `sip:${box.number}@127.0.0.1:${installation.sipPort}`)
    await phone.next(0, ({ body }) => body.includes('1/0'), 'lit')
    await tenant.admin.call('DELETE', `/api/confd/1.1/voicemails/${box.id}`)
    await phone.next(1, ({ body, state }) => body.includes('0/0') && state.startsWith('active'), 'dark')
    await phone.next(
      2,
      ({ body, state }) => body.includes('0/0') && state === 'terminated;reason=noresource',
      'the end',
    )
  })

  it('darkens a mailbox that goes while the phone has not yet answered its first NOTIFY', async () => {
    const box = await installation.mailbox(tenant)
    await deposit(box)
    const phone = await newPhone({ voicemails: [box.id] })
    phone.answerAfterMs = 300
    await phone.subscribe()
    await phone.next(0, ({ body }) => body.includes('1/0'), 'lit')
    await tenant.admin.call('DELETE', `/api/confd/1.1/voicemails/${box.id}`)
    await phone.next(1, ({ body }) => body.includes('0/0'), 'dark')
  })

  it('shows what changed while it was subscribing', async () => {
    const box = await installation.mailbox(tenant)
    const subscribers = await Promise.all(Array.from({ length: 10 }, () => newPhone({ voicemails: [box.id] })))
    await Promise.all(subscribers.flatMap((phone) => [phone.subscribe(), deposit(box)]))
    for (const phone of subscribers) await phone.next(0, ({ body }) => body.includes('10/0'), 'the whole count')
  })

  it('ends the subscriptions of a device that is deleted, dark', async () => {
    await clear(annas)
    await deposit(annas)
    const phone = await newPhone()
    await phone.subscribe()
    await phone.next(0, ({ body }) => body.includes('1/0'), 'lit')
    await tenant.admin.call('DELETE', `/api/confd/1.1/devices/${phone.uuid}`)
    await phone.next(1, ({ body, state }) => body.includes('0/0') && state === 'terminated;reason=rejected', 'the end')
    expect((await phone.authenticated('SUBSCRIBE')).status).toBe(481)
    await clear(annas)
  })

  it('makes a burst a few NOTIFYs, the last one right', async () => {
    const box = await installation.mailbox(tenant)
    const phone = await newPhone({ voicemails: [box.id] })
    await phone.subscribe()
    await phone.next(0, () => true, 'the first NOTIFY')
    const startedAt = performance.now()
    await Promise.all(Array.from({ length: 50 }, () => deposit(box)))
    await phone.next(1, ({ body }) => body.includes('Voice-Message: 50/0'), 'the last count')
    // One at once and five a second: six when the fifty come within a second, beside the first state.
    const atMost = 1 + Math.ceil((performance.now() - startedAt) / 200)
    expect(phone.notified.length - 1).toBeLessThanOrEqual(atMost)
    await waitFor(async () => (await ledger(phone.uuid))[0]?.acknowledged_new === 50, { what: 'the ledger' })
    expect(await ledger(phone.uuid)).toEqual([
      { mailbox_id: box.id, desired_new: 50, acknowledged_new: 50, reason: 'acknowledged', last_status: 200 },
    ])
  })

  it.each([
    [481, 'peer_refused'],
    [404, 'peer_refused'],
    [500, 'peer_refused'],
  ])('gives a phone up that answers %i, and the ledger says %s', async (status, reason) => {
    const box = await installation.mailbox(tenant)
    const phone = await newPhone({ voicemails: [box.id] })
    await phone.subscribe()
    await phone.next(0, () => true, 'the first NOTIFY')
    phone.answer = status
    await deposit(box)
    await waitFor(async () => (await subscriptionsOf(phone.uuid)) === 0, { what: 'the subscription to end' })
    await waitFor(async () => (await ledger(phone.uuid))[0]?.reason === reason, { what: 'the reason' })
    // One retry after a 500, none after the others.
    expect(phone.notified.length).toBe(status === 500 ? 3 : 2)
    await deposit(box)
    await waitFor(async () => (await ledger(phone.uuid))[0]?.reason === 'no_contact', {
      what: 'the ledger to know better',
    })
  })

  it('replaces the lost subscription of the same phone: one change is one NOTIFY', async () => {
    const box = await installation.mailbox(tenant)
    const device = await installation.device(tenant, { voicemails: [box.id] })
    const phone = new RawPhone({ username: device.username, password: device.password }, installation.sipPort)
    await phone.start()
    phones.push(phone)
    for (let times = 0; times < 5; times++) {
      phone.to = `<sip:${device.username}@127.0.0.1>`
      phone.target = `sip:${device.username}@127.0.0.1:${installation.sipPort}`
      const answer = await phone.authenticated('SUBSCRIBE', { 'Call-ID': `lost-${times}-${device.uuid}` })
      expect(answer.status).toBe(200)
    }
    await waitFor(async () => (await subscriptionsOf(device.uuid)) === 1, { what: 'the replaced rows to go' })
    await phone.next(4, () => true, 'the five first NOTIFYs')
    await deposit(box)
    await phone.next(5, ({ body }) => body.includes('1/0'), 'the change')
    expect(phone.notified).toHaveLength(6)
  })

  it('slows a phone down that floods it', async () => {
    const phone = await newPhone()
    const answers: number[] = []
    const socket = createSocket('udp4')
    socket.on('message', (bytes) => answers.push(Number(/^SIP\/2\.0 (\d+)/.exec(bytes.toString())?.[1])))
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    for (let index = 0; index < 100; index++) {
      const lines = [
        'SUBSCRIBE sip:x@127.0.0.1 SIP/2.0',
        `Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKflood${index};rport`,
        'Max-Forwards: 70',
      ]
      const rest = [
        `From: <sip:flood@127.0.0.1>;tag=1`,
        'To: <sip:flood@127.0.0.1>',
        `Call-ID: f${index}`,
        'CSeq: 1 SUBSCRIBE',
        'Contact: <sip:a@127.0.0.1>',
        'Event: message-summary',
        'User-Agent: a phone whose timer has gone mad, and whose maker likes long names',
        '',
        '',
      ]
      socket.send([...lines, ...rest].join('\r\n'), installation.sipPort, '127.0.0.1')
    }
    await waitFor(() => answers.includes(503), { what: 'a 503' })
    await waitFor(() => answers.length >= 20, { what: 'the answers of the burst' })
    expect(answers.filter((status) => status === 401).length).toBeLessThan(30)
    expect((await phone.subscribe()).status).toBe(200)
    socket.close()
  })

  it('registers contacts, lists them, and forgets them', async () => {
    const phone = await newPhone()
    const register = (lines: Record<string, string | null> = {}) =>
      phone.authenticated('REGISTER', { Event: null, ...lines }, `sip:127.0.0.1:${installation.sipPort}`)
    const first = await register()
    expect([first.status, first.headers.all('contact')]).toEqual([200, [expect.stringMatching(/;expires=(599|600)$/)]])
    expect((await register({ Expires: '5' })).status).toBe(423)
    expect((await register({ To: '<sip:somebody-else@127.0.0.1>' })).status).toBe(403)
    expect((await register({ Contact: '*', Expires: '0' })).headers.all('contact')).toEqual([])
  })

  it('answers OPTIONS, and what it does not offer, without authentication', async () => {
    const phone = await newPhone()
    const bare = { Event: null, Expires: null }
    expect((await phone.send('OPTIONS', bare)).status).toBe(200)
    expect((await phone.send('INVITE', bare)).headers.get('allow')).toContain('SUBSCRIBE')
    expect((await phone.send('DANCE', bare)).status).toBe(501)
    expect((await phone.send('OPTIONS', bare, 'tel:+15550100')).status).toBe(416)
  })

  async function subscriptionsOf(uuid: string): Promise<number> {
    const { rows } = await database.pool.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM sip_subscription WHERE device_uuid = $1',
      [uuid],
    )
    return rows[0]?.n ?? -1
  }

  async function ledger(uuid: string): Promise<
    {
      mailbox_id: number
      desired_new: number
      acknowledged_new: number | null
      reason: string
      last_status: number | null
    }[]
  > {
    const text =
      'SELECT mailbox_id, desired_new, acknowledged_new, reason, last_status FROM lamp WHERE device_uuid = $1 ORDER BY mailbox_id'
    return (await database.pool.query(text, [uuid])).rows
  }
})

describe('a second process on the same database', () => {
  it('stands by, serves its APIs, and takes the phones over when the first one ends', async () => {
    const amqp = { AMQP_URL: (await takeTestVhost()).url }
    const first = await TestInstallation.start(amqp)
    const tenant = await first.tenant()
    const box = await first.mailbox(tenant, { accesstype: 'global' })
    const port = first.sipPort
    const phone = new RawPhone(await first.device(tenant), port)
    await phone.start()
    await phone.subscribe()
    await phone.next(0, () => true, 'the first NOTIFY')
    const second = await first.another({ ...amqp, LAMPLIGHTER_SIP_PORT: String(port) })
    expect(second.lamplighter.sipPorts?.UDP).toBeUndefined()
    await tenant.admin.at(second.url).deposit(box.id, wav(100), {})
    await phone.next(1, ({ body }) => body.includes('1/0'), 'the lamp lit by the other process')
    await first.lamplighter.stop()
    await tenant.admin.at(second.url).deposit(box.id, wav(100), {})
    await phone.next(2, ({ body }) => body.includes('2/0'), 'the lamp after the take-over')
    await phone.stop()
    await second.stop()
  })
})

describe('a SIP worker that takes over', () => {
  it('goes on in the same dialogs with a higher CSeq, and tells only what changed meanwhile', async () => {
    const installation = await TestInstallation.start()
    const tenant = await installation.tenant()
    const box = await installation.mailbox(tenant, { accesstype: 'global' })
    const devices = await Promise.all([installation.device(tenant), installation.device(tenant)])
    const port = installation.sipPort
    const phones = devices.map((device) => new RawPhone(device, port))
    for (const phone of phones) {
      await phone.start()
      await phone.subscribe()
      await phone.next(0, () => true, 'the first NOTIFY')
    }
    await tenant.admin.deposit(box.id, wav(100), {})
    for (const phone of phones) await phone.next(1, ({ body }) => body.includes('1/0'), 'lit')
    const again = await installation.restart({ LAMPLIGHTER_SIP_PORT: String(port) })
    await tenant.admin.at(again.url).deposit(box.id, wav(100), {})
    for (const phone of phones) {
      const last = await phone.next(2, () => true, 'the change after the take-over')
      expect(last.body).toContain('Voice-Message: 2/0')
      expect(last.cseq).toBe(65_536 + 1)
      expect((await phone.subscribe()).status).toBe(200)
      await phone.stop()
    }
    await again.stop()
  })
})
