import { openDatabase } from '@lamplighter/store'
import { waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { openBrowserPhone } from './clients/browser-phones.js'
import { type Person, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const OPTIONS =
  'OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/WS a.invalid;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n'

describe('SIP over web sockets', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let anna: Person
  let annas: Voicemail

  beforeAll(async () => {
    installation = await TestInstallation.start({ LAMPLIGHTER_SIP_WS_ORIGINS: 'https://phone.example' })
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    annas = await installation.mailbox(tenant, {}, [anna])
  })
  afterAll(() => installation.stop())

  const url = () => `${installation.url.replace(/^http/, 'ws')}/api/sip`

  /** What an upgrade is answered: the protocol chosen, or the status of the refusal. */
  function upgrade(protocols: string[], headers: Record<string, string> = {}): Promise<string | number> {
    return new Promise((resolve) => {
      const socket = new WebSocket(url(), protocols, { headers })
      socket.once('open', () => {
        resolve(socket.protocol + socket.extensions)
        socket.terminate()
      })
      socket.once('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0)
        socket.terminate()
      })
      socket.on('error', () => {})
    })
  }

  it('need the sub-protocol and a page that may; nothing is compressed', async () => {
    expect(await upgrade(['sip'])).toBe('sip')
    expect(await upgrade(['x', 'sip'])).toBe('sip')
    expect(await upgrade([])).toBe(400)
    expect(await upgrade(['msrp'])).toBe(400)
    expect(await upgrade(['sip'], { origin: 'https://phone.example' })).toBe('sip')
    expect(await upgrade(['sip'], { origin: 'https://evil.example' })).toBe(403)
  })

  it('answer text and binary messages, and CRLFCRLF with CRLF; too large a message closes', async () => {
    const socket = new WebSocket(url(), 'sip')
    const got: string[] = []
    socket.on('message', (data) => got.push(String(data)))
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send('\r\n\r\n')
    socket.send('\r\n')
    await waitFor(() => got.length === 1, { what: 'the pong' })
    socket.send(OPTIONS)
    socket.send(Buffer.from(OPTIONS.replace('z9hG4bK1', 'z9hG4bK2')))
    await waitFor(() => got.length === 3, { what: 'both answers' })
    expect(got.map((text) => text.split('\r\n')[0])).toEqual(['', 'SIP/2.0 200 OK', 'SIP/2.0 200 OK'])
    const closed = new Promise<number>((resolve) => socket.once('close', resolve))
    socket.send('x'.repeat(70_000))
    expect(await closed).toBe(1009)
  })

  it.each([
    ['SIP.js', 'sipjs'],
    ['JsSIP', 'jssip'],
  ] as const)('%s: lit by a deposit, dark by a deletion, gone with its socket', async (_name, library) => {
    const device = await installation.device(tenant, { user_uuid: anna.uuid })
    const page = openBrowserPhone(library, { url: url(), ...device })
    await waitFor(() => page.bodies.some((body) => body.includes('Messages-Waiting: no')), { what: 'its first NOTIFY' })
    const message = await tenant.admin.deposit<{ id: string }>(annas.id, wav(100), {})
    await waitFor(() => page.bodies.at(-1)?.includes('Voice-Message: 1/0'), { what: 'the deposit to light it' })
    await anna.api.call('DELETE', `/api/calld/1.0/users/me/voicemails/messages/${message.id}`)
    await waitFor(() => page.bodies.at(-1)?.includes('Messages-Waiting: no'), { what: 'the deletion to darken it' })
    expect(await subscriptions(device.uuid)).toEqual(['WS'])
    await page.vanish()
    await waitFor(async () => (await subscriptions(device.uuid)).length === 0, { what: 'its subscription to end' })
  })

  async function subscriptions(deviceUuid: string): Promise<string[]> {
    const database = openDatabase(installation.databaseUrl, { connections: 1 })
    const text = 'SELECT transport FROM sip_subscription WHERE device_uuid = $1'
    const { rows } = await database.pool.query<{ transport: string }>(text, [deviceUuid])
    await database.close()
    return rows.map(({ transport }) => transport)
  }
})
