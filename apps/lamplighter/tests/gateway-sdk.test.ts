import path from 'node:path'
import { TlsProxy } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ApiClient } from '../src/demo/api-client.js'
import { SdkClient } from './sdk-client.js'
import { type Person, type Tenant, TestInstallation, wav } from './support.js'

const EVENTS = ['user_voicemail_message_created', 'user_voicemail_message_updated', 'user_voicemail_message_deleted']

describe('the WebSocket client of @wazo/sdk, unmodified', () => {
  let installation: TestInstallation
  let proxy: TlsProxy
  let certificate: string
  let tenant: Tenant
  let anna: Person
  let mailbox: number
  const clients: SdkClient[] = []

  beforeAll(async () => {
    installation = await TestInstallation.start()
    certificate = path.join(installation.directory, 'proxy.pem')
    proxy = await TlsProxy.start(installation.url, certificate)
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    mailbox = (await installation.mailbox(tenant, { name: 'Anna' }, [anna])).id
  })
  afterEach(() => {
    for (const client of clients.splice(0)) client.leave()
  })
  afterAll(async () => {
    await proxy.stop()
    await installation.stop()
  })

  function connect(more: object = {}): SdkClient {
    const usual = { host: proxy.server, token: anna.api.token, version: 2, events: EVENTS }
    const client = new SdkClient({ ...usual, ...more }, certificate)
    clients.push(client)
    return client
  }

  /** Leaves, marks as read and deletes a message. */
  async function change(): Promise<string[]> {
    const { id } = await tenant.admin.deposit<{ id: string }>(mailbox, wav(), { caller_id_num: '1' })
    await anna.api.call('PUT', `/api/calld/1.0/users/me/voicemails/messages/${id}`, { folder_id: 2 })
    await anna.api.call('DELETE', `/api/calld/1.0/users/me/voicemails/messages/${id}`)
    return EVENTS
  }

  it.each([1, 2])('3.6: version %s initializes and hears created, updated, deleted in this order', async (version) => {
    const client = connect({ version })
    await client.tells('initialized')
    const expected = await change()
    const heard = await client.tells('event', 3)
    expect(heard.map(({ detail }) => detail?.name)).toEqual(expected)
    expect(heard[0]?.detail).toMatchObject({ data: { voicemail_id: mailbox, message: { folder: { type: 'new' } } } })
    // Before `initialized` nothing but init, subscribe and start may come: it would be taken for a message.
    expect(client.of('message')).toEqual([])
  })

  it('3.6: its heartbeat is answered', async () => {
    const client = connect({ heartbeat: { delay: 100, timeout: 2000, max: 2 } })
    await client.tells('initialized')
    client.send({ op: 'heartbeat' })
    expect((await client.tells('pong'))[0]?.detail).toEqual({ payload: 'pong' })
  })

  it('3.6: a refreshed token goes on over the same socket', async () => {
    const client = connect()
    await client.tells('initialized')
    const fresh = await ApiClient.logIn(installation.url, anna.username, 'a password')
    client.send({ op: 'token', token: fresh.token })
    await change()
    await client.tells('event', 3)
    expect(client.of('closed')).toEqual([])
    expect(client.of('initialized')).toHaveLength(1)
  })

  it('3.6: a wrong token is a failed login (4002); one that ended is not (4003), and the client comes back', async () => {
    const wrong = connect({ token: 'wrong' })
    await wrong.tells('auth failed')
    const ending = await ApiClient.logIn(installation.url, anna.username, 'a password')
    const client = connect({ token: ending.token })
    await client.tells('initialized')
    await ending.call('DELETE', `/api/auth/0.1/token/${ending.token}`)
    await client.tells('closed')
    expect(client.of('closed')[0]?.detail).toMatchObject({ code: 4003 })
    // Coming back with the ended token it is told so.
    await client.tells('auth failed')
  })
})
