import { TcpProxy, takeTestVhost, waitFor } from '@lamplighter/testing'
import { type ChannelModel, connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MessageListener } from './message-listener.js'
import { RawNotifier } from './raw-notifier.js'
import type { RawPhone } from './raw-phone.js'
import { Phones } from './sip-support.js'
import { type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const CREATED = 'global_voicemail_message_created'
const PHONES = 8
const SOURCES = '/api/confd/1.1/mwi-sources'

/** The broker is not there from the first start on; everything but the events of others works as ever. */
describe('a broker that is away throughout', () => {
  const phones = new Phones()
  let proxy: TcpProxy
  let broker: ChannelModel
  let amqpUrl: string
  let installation: TestInstallation
  let tenant: Tenant
  let box: Voicemail
  let watching: RawPhone[]
  const left: string[] = []
  const heard: string[] = []

  beforeAll(async () => {
    const url = new URL((await takeTestVhost()).url)
    broker = await connect(url.href)
    await listen(broker)
    proxy = await TcpProxy.start(url)
    proxy.refuse(true)
    amqpUrl = proxy.url(url)
    installation = await TestInstallation.start({ AMQP_URL: amqpUrl })
    tenant = await installation.tenant()
    box = await installation.mailbox(tenant, { accesstype: 'global' })
  })
  afterAll(async () => {
    await phones.stop()
    await installation.stop()
    await broker.close()
    await proxy.stop()
  })

  /** A consumer of somebody else's, who has a broker. */
  async function listen(connection: ChannelModel): Promise<void> {
    const channel = await connection.createChannel()
    await channel.assertExchange('wazo-headers', 'headers', { durable: true })
    const { queue } = await channel.assertQueue('', { exclusive: true })
    await channel.bindQueue(queue, 'wazo-headers', '', { 'x-match': 'all', name: CREATED })
    const idOf = (body: Buffer) => (JSON.parse(body.toString()) as { data: { message_id: string } }).data.message_id
    await channel.consume(queue, (message) => message && heard.push(idOf(message.content)), { noAck: true })
  }

  async function deposit(): Promise<string> {
    const { id } = await tenant.admin.deposit<{ id: string }>(box.id, wav(50), {})
    left.push(id)
    return id
  }

  const everyLamp = async (counts: string) => {
    const right = () => watching.every(({ notified }) => notified.at(-1)?.body.includes(`Voice-Message: ${counts}`))
    await waitFor(right, { what: `${counts} at every phone` })
  }

  const health = async () => (await fetch(`${installation.url}/health`)).json() as Promise<Record<string, unknown>>

  it('does not keep a process from starting, which says what is missing', async () => {
    expect(await health()).toMatchObject({ status: 'failing', bus: false, database: true })
  })

  it('leaves every lamp right: lit, changed, darkened', async () => {
    watching = await Promise.all(Array.from({ length: PHONES }, () => phones.of(installation, tenant)))
    for (const phone of watching) expect((await phone.subscribe()).status).toBe(200)
    await everyLamp('0/0')
    const first = await deposit()
    await everyLamp('1/0')
    await deposit()
    await everyLamp('2/0')
    await tenant.admin.call('PUT', `/api/calld/1.0/voicemails/${box.id}/messages/${first}`, { folder_id: 2 })
    await everyLamp('1/1')
    for (const id of left) await tenant.admin.call('DELETE', `/api/calld/1.0/voicemails/${box.id}/messages/${id}`)
    await everyLamp('0/0')
  })

  const softphone = () => MessageListener.open(`${installation.websocketUrl}?version=2`, tenant.admin.token, CREATED)

  it('keeps nothing from a softphone', async () => {
    const phone = await softphone()
    const ids = [await deposit(), await deposit()]
    // The log is looked at every two seconds: what happened just before may come first.
    await waitFor(() => phone.messages.at(-1) === ids[1], { what: 'the events' })
    expect(phone.messages.slice(-2)).toEqual(ids)
    phone.leave()
  })

  it('lets a new source of counts be asked, and a deleted one no more', async () => {
    const server = new RawNotifier()
    await server.start()
    const { id } = await installation.mailbox(tenant, { external: { source: 'subscribe' }, number: '7000' })
    const { uuid } = await tenant.admin.call<{ uuid: string }>('POST', SOURCES, {
      name: 'up',
      kind: 'subscribe',
      voicemail_id: id,
      targets: [server.target],
      remote_voicemail: '200',
    })
    await waitFor(() => server.asked.length === 1, { what: 'the subscription' })
    await tenant.admin.call('DELETE', `${SOURCES}/${uuid}`)
    await waitFor(() => server.asked.at(-1)?.expires === '0', { what: 'the goodbye' })
    await server.stop()
  })

  it('tells a softphone nothing twice, though the gateway is restarted before the bus had it', async () => {
    installation = await installation.restart({ AMQP_URL: amqpUrl })
    tenant = { ...tenant, admin: tenant.admin.at(installation.url) }
    const phone = await softphone()
    const id = await deposit()
    await waitFor(() => phone.messages.length > 0, { what: 'the event' })
    expect(phone.messages).toEqual([id])
    phone.leave()
  })

  it('gets every event in order once it is there', async () => {
    expect(heard).toEqual([])
    proxy.refuse(false)
    await waitFor(() => heard.length >= left.length, { what: 'the events', timeoutMs: 30_000 })
    expect(heard).toEqual(left)
    await waitFor(async () => (await health())['status'] === 'ok', { what: 'all to be well' })
  })
})
