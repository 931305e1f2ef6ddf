import path from 'node:path'
import { startBroker, TlsProxy } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SdkClient } from './sdk-client.js'
import { type Person, type Tenant, TestInstallation, wav } from './support.js'

/** A broker takes its time to end and to start. */
const TEST_MS = 120_000
const CREATED = 'user_voicemail_message_created'

/** What its user does about a restart: nothing. */
describe('the WebSocket client of @wazo/sdk, unmodified, over restarts', () => {
  let broker: Awaited<ReturnType<typeof startBroker>>
  let installation: TestInstallation
  let proxy: TlsProxy
  let tenant: Tenant
  let anna: Person
  let mailbox: number
  let client: SdkClient
  const left: string[] = []

  beforeAll(async () => {
    broker = await startBroker()
    installation = await TestInstallation.start({ AMQP_URL: broker.url })
    const certificate = path.join(installation.directory, 'proxy.pem')
    proxy = await TlsProxy.start(installation.url, certificate)
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    mailbox = (await installation.mailbox(tenant, {}, [anna])).id
    const instructions = { host: proxy.server, token: anna.api.token, version: 2, events: [CREATED] }
    client = new SdkClient(instructions, certificate)
    await client.tells('initialized')
  }, TEST_MS)
  afterAll(async () => {
    client.leave()
    await proxy.stop()
    await installation.stop()
    await broker.stop()
  })

  async function deposit(): Promise<void> {
    const { id } = await tenant.admin.deposit<{ id: string }>(mailbox, wav(800), { caller_id_num: '1' })
    left.push(id)
  }

  async function hearsAll(): Promise<void> {
    const heard = await client.tells('event', left.length)
    expect(heard.map(({ detail }) => detail?.data?.message_id)).toEqual(left)
  }

  it(
    '6.2 row 18: the broker restarts; it hears what happened meanwhile, and notices nothing',
    async () => {
      await deposit()
      await broker.pause()
      await deposit()
      await broker.resume()
      await deposit()
      await hearsAll()
      expect(client.of('initialized')).toHaveLength(1)
      expect(client.of('closed')).toEqual([])
    },
    TEST_MS,
  )

  it(
    '3.5 and 3.6: the gateway restarts; it is told 1001, comes back by itself and hears the present',
    async () => {
      const port = new URL(installation.url).port
      installation = await installation.restart({ AMQP_URL: broker.url, LAMPLIGHTER_HTTP_PORT: port })
      await client.tells('initialized', 2)
      expect(client.of('closed')[0]?.detail).toMatchObject({ code: 1001 })
      expect(client.of('auth failed')).toEqual([])
      await deposit()
      await hearsAll()
    },
    TEST_MS,
  )
})
