import { takeTestVhost } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BusEar } from './bus-ear.js'
import { RawPhone } from './raw-phone.js'
import { type Tenant, TestInstallation, type Voicemail } from './support.js'

const CONFD = '/api/confd/1.1'
const CALLD = '/api/calld/1.0'
const TYPE = 'application/simple-message-summary'

describe('a NOTIFY from elsewhere', () => {
  let installation: TestInstallation
  let env: Record<string, string>
  let ear: BusEar
  let tenant: Tenant
  let box: Voicemail
  let peer: RawPhone
  const phones: RawPhone[] = []

  beforeAll(async () => {
    env = { AMQP_URL: (await takeTestVhost()).url }
    installation = await TestInstallation.start(env)
    tenant = await installation.tenant()
    box = await external()
    await source({ username: 'vmplat', secret: 'platform-secret', voicemail_id: box.id, stale_after_s: 60 })
    ear = await BusEar.open(env['AMQP_URL'] ?? '', (sip_username) =>
      tenant.admin.call('POST', `${CONFD}/devices`, { sip_username }),
    )
  })
  afterAll(async () => {
    await ear.close()
    await installation.stop()
  })
  beforeEach(async () => {
    peer = await sender('vmplat', 'platform-secret')
  })
  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.stop()
  })

  const admin = () => tenant.admin.at(installation.url)
  const external = () => installation.mailbox(tenant, { external: { source: 'notify' } })
  const source = (fields: object) =>
    tenant.admin.call<{ uuid: string }>('POST', `${CONFD}/mwi-sources`, { name: 'peer', kind: 'notify', ...fields })
  const counts = async (mailbox: Voicemail) => {
    const {
      new: unread,
      old,
      urgent_new,
    } = await admin().call<Record<string, number>>('GET', `${CALLD}/voicemails/${mailbox.id}/mwi`)
    return [unread, old, urgent_new]
  }

  async function sender(username: string, password: string): Promise<RawPhone> {
    const phone = new RawPhone({ username, password }, installation.sipPort)
    await phone.start()
    phones.push(phone)
    return phone
  }

  /** An unsolicited NOTIFY as Asterisk sends one, in which a test changes what it is about. */
  async function notify(
    body: string,
    { from = peer, lines = {}, user }: { from?: RawPhone; lines?: Record<string, string | null>; user?: string } = {},
  ): Promise<number> {
    const uri = `sip:${user === undefined ? '' : `${user}@`}127.0.0.1:${installation.sipPort}`
    const usual = { 'Content-Type': TYPE, 'Subscription-State': 'terminated', Expires: null, To: `<${uri}>` }
    return (await from.authenticated('NOTIFY', { ...usual, ...lines }, uri, body)).status
  }
  const voice = (text: string) => `Messages-Waiting: yes\r\nVoice-Message: ${text}\r\n`

  it('sets the counts of its mailbox, lights a phone, says it on the bus and shows in the lists', async () => {
    const device = await installation.device(tenant, { voicemails: [box.id] })
    const phone = new RawPhone(device, installation.sipPort)
    phones.push(phone)
    await phone.start()
    await phone.subscribe()
    await phone.next(0, ({ body }) => body.includes('0/0'), 'dark')
    const said = await ear.during(async () => expect(await notify(voice('2/8 (1/0)'))).toBe(200))
    await phone.next(1, ({ body }) => body.includes('yes') && body.includes('Voice-Message: 2/8 (1/0)'), 'lit')
    expect(said.map(({ name, body }) => [name, JSON.parse(body).data])).toEqual([
      ['user_voicemail_mwi_updated', expect.objectContaining({ voicemail_id: box.id, new: 2, old: 8, urgent_new: 1 })],
    ])
    expect(await ear.during(() => notify(voice('2/8 (1/0)')))).toEqual([])
    const shown = { external: { source: 'notify', stale: false, last_heard_at: expect.any(String) } }
    expect(await tenant.admin.call('GET', `${CONFD}/voicemails/${box.id}`)).toMatchObject(shown)
    const sources = await tenant.admin.call('GET', `${CONFD}/mwi-sources`)
    expect(sources).toMatchObject({ items: [{ status: { last_heard_at: expect.any(String) } }] })
    await notify('Messages-Waiting: no\r\n')
    await phone.next(2, ({ body }) => body.includes('no') && body.includes('Voice-Message: 0/8'), 'dark again')
  })

  it.each([
    ['line feeds only', 'Messages-Waiting: yes\nVoice-Message: 6/1 (0/0)\n', {}, [6, 1, 0]],
    ['lower case', 'messages-waiting: yes\r\nvoice-message: 5/1 (0/0)\r\n', {}, [5, 1, 0]],
    ['no urgent part', voice('4/1'), {}, [4, 1, 0]],
    ['blanks round the slash', voice('6 / 4'), {}, [6, 4, 0]],
    ['a blank before the colon', 'Voice-Message : 6/5\r\n', {}, [6, 5, 0]],
    ['a flag against the counts', 'Messages-Waiting: no\r\nVoice-Message: 7/0\r\n', {}, [7, 0, 0]],
    ['two lines', `${voice('1/1')}Voice-Message: 3/3\r\n`, {}, [3, 3, 0]],
    ['headers of messages', `${voice('2/2')}\r\nTo: <sip:x@y>\r\n`, {}, [2, 2, 0]],
    [
      'its type in capitals with a charset',
      voice('1/9'),
      { 'Content-Type': `${TYPE.toUpperCase()};charset=utf-8` },
      [1, 9, 0],
    ],
    ['no Contact', voice('1/8'), { Contact: null }, [1, 8, 0]],
    ['no Subscription-State', voice('1/7'), { 'Subscription-State': null }, [1, 7, 0]],
    ['another user in its address', voice('1/6'), {}, [1, 6, 0]],
  ])('is taken with %s', async (_name, body, lines, expected) => {
    expect(await notify(body, { lines: lines as Record<string, string | null>, user: 'anybody' })).toBe(200)
    expect(await counts(box)).toEqual(expected)
  })

  it.each([
    ['a negative count', voice('-1/0'), {}, 400],
    ['a count over 32 bits', voice('99999999999/0'), {}, 400],
    ['a count over 2^31-1', voice('2147483648/0'), {}, 400],
    ['words', voice('x/y'), {}, 400],
    ['half the counts', voice('3'), {}, 400],
    ['no counts', 'Messages-Waiting: yes\r\n', {}, 400],
    ['another kind of message only', 'Messages-Waiting: yes\r\nFax-Message: 1/0\r\n', {}, 400],
    ['a blank line', '\r\n', {}, 400],
    ['another type', voice('9/9'), { 'Content-Type': 'text/plain' }, 415],
    ['no type', voice('9/9'), { 'Content-Type': null }, 415],
    ['another event', voice('9/9'), { Event: 'presence' }, 489],
    ['no event', voice('9/9'), { Event: null }, 489],
    ['a dialog that is not there', voice('9/9'), { To: '<sip:x@127.0.0.1>;tag=gone' }, 481],
  ])('is refused with %s, and nothing changes', async (_name, body, lines, status) => {
    expect(await notify(voice('5/5'))).toBe(200)
    expect(await notify(body, { lines: lines as Record<string, string | null> })).toBe(status)
    expect(await counts(box)).toEqual([5, 5, 0])
  })

  it('is challenged alike from known and unknown senders, who get no more bytes than they sent', async () => {
    const uri = `sip:127.0.0.1:${installation.sipPort}`
    const lines = { 'Content-Type': TYPE, 'Subscription-State': 'terminated', Expires: null, To: `<${uri}>` }
    const shape = async (name: string) => {
      const { status, headers } = await (await sender(name, 'x')).send('NOTIFY', lines, uri, voice('1/1'))
      return [status, headers.get('www-authenticate')?.replace(/nonce="[^"]*"/, 'nonce')]
    }
    expect(await shape('nobody')).toEqual([401, 'Digest realm="lamplighter", nonce, algorithm=MD5, qop="auth"'])
    expect(await shape('vmplat')).toEqual(await shape('nobody'))
    expect(await notify(voice('9/9'), { from: await sender('vmplat', 'wrong') })).toBe(401)
    const device = await installation.device(tenant)
    expect(await notify(voice('9/9'), { from: await sender(device.username, device.password) })).toBe(401)
    expect(await counts(box)).not.toEqual([9, 9, 0])
  })

  it('of a switched-off source is an unknown sender’s', async () => {
    const fed = await external()
    const fields = { username: 'off', secret: 'platform-secret', voicemail_id: fed.id }
    const { uuid } = await source(fields)
    const from = await sender('off', 'platform-secret')
    expect(await notify(voice('1/0'), { from })).toBe(200)
    await tenant.admin.call('PUT', `${CONFD}/mwi-sources/${uuid}`, { enabled: false })
    expect(await notify(voice('2/0'), { from })).toBe(401)
    expect(await counts(fed)).toEqual([1, 0, 0])
  })

  it('finds the mailbox by the number it names where the source says so', async () => {
    const [one, two, three] = [await external(), await external(), await external()]
    const own = await installation.mailbox(tenant)
    const by = async (mapping: string) => {
      await source({ username: mapping, secret: 'platform-secret', mapping, context: tenant.context })
      return sender(mapping, 'platform-secret')
    }
    const uris = await by('request_uri')
    expect(await notify(voice('1/0'), { from: uris, user: one.number })).toBe(200)
    const address = { To: `<sip:${two.number}@elsewhere.example>` }
    expect(await notify(voice('2/0'), { from: await by('to'), lines: address })).toBe(200)
    const account = `Message-Account: sip:${three.number}@elsewhere.example\r\nVoice-Message: 3/0\r\n`
    expect(await notify(account, { from: await by('message_account') })).toBe(200)
    expect([await counts(one), await counts(two), await counts(three)]).toEqual([
      [1, 0, 0],
      [2, 0, 0],
      [3, 0, 0],
    ])
    for (const user of ['31337', 'letters', own.number, undefined]) {
      expect(await notify(voice('9/0'), { from: uris, ...(user === undefined ? {} : { user }) })).toBe(404)
    }
    expect(await counts(own)).toEqual([0, 0, 0])
  })

  it('needs no digest from an address that the source names', async () => {
    const fed = await external()
    const { uuid } = await source({ addresses: ['127.0.0.0/8'], voicemail_id: fed.id })
    const stranger = await sender('whoever', 'x')
    const uri = `sip:127.0.0.1:${installation.sipPort}`
    const lines = { 'Content-Type': TYPE, 'Subscription-State': 'terminated', Expires: null, To: `<${uri}>` }
    expect((await stranger.send('NOTIFY', lines, uri, voice('4/4'))).status).toBe(200)
    expect(await counts(fed)).toEqual([4, 4, 0])
    await tenant.admin.call('PUT', `${CONFD}/mwi-sources/${uuid}`, { addresses: ['192.0.2.0/24'] })
    expect((await stranger.send('NOTIFY', lines, uri, voice('5/5'))).status).toBe(401)
  })

  it('is taken in the order it was sent, and what it said outlives a restart', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => notify(voice(`${n}/0`))))
    expect(answers.every((status) => status === 200)).toBe(true)
    expect(await notify(voice('11/3'))).toBe(200)
    installation = await installation.restart(env)
    expect(await counts(box)).toEqual([11, 3, 0])
    const { external: shown } = await admin().call<{ external: object }>('GET', `${CONFD}/voicemails/${box.id}`)
    expect(shown).toMatchObject({ source: 'notify', last_heard_at: expect.any(String) })
  })
})
