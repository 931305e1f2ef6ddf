import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { TlsProxy, waitFor } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ApiClient } from '../src/demo/api-client.js'
import { type Person, type Tenant, TestInstallation, wav } from './support.js'

const CLIENT = fileURLToPath(new URL('clients/wazo-websocket.mjs', import.meta.url))
const EVENTS = ['user_voicemail_message_created', 'user_voicemail_message_updated', 'user_voicemail_message_deleted']

type Told = { what: string; detail: { name?: string; code?: number; reason?: string } | null }

/** The SDK's client in its process: what it told so far. */
class SdkClient {
  readonly told: Told[] = []
  readonly #child: ChildProcessWithoutNullStreams

  constructor(instructions: object, certificate: string) {
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificate }
    this.#child = spawn(process.execPath, [CLIENT, JSON.stringify(instructions)], { env })
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.told.push(JSON.parse(line) as Told))
  }

  send(command: object): void {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`)
  }

  of(what: string): Told[] {
    return this.told.filter((one) => one.what === what)
  }

  /** Waits until it told something this many times. */
  async tells(what: string, times = 1): Promise<Told[]> {
    await waitFor(() => this.of(what).length >= times, { what: `${times} times ${what}: ${JSON.stringify(this.told)}` })
    return this.of(what)
  }

  leave(): void {
    this.#child.kill()
  }
}

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
