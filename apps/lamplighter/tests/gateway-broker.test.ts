import { evaluate, takeTestVhost, waitFor } from '@lamplighter/testing'
import { connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import WebSocket from 'ws'
import { MessageListener } from './message-listener.js'
import { type Person, type Tenant, TestInstallation, wav } from './support.js'

const CREATED = 'user_voicemail_message_created'
const ROUNDS = 4
const DEPOSITS = 10

describe('6.2 row 18: the broker goes away', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let anna: Person
  let mailbox: number
  let vhost: string
  let amqpUrl: string

  beforeAll(async () => {
    const taken = await takeTestVhost()
    vhost = taken.name
    amqpUrl = taken.url
    installation = await TestInstallation.start({ AMQP_URL: taken.url })
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    mailbox = (await installation.mailbox(tenant, {}, [anna])).id
  })
  afterAll(() => installation.stop())

  const cut = () =>
    evaluate(
      inject('amqpCtlEnv'),
      `[rabbit_networking:close_connection(P, "test") || P <- rabbit_networking:connections_local(), lists:member({vhost, <<"${vhost}">>}, rabbit_reader:info(P, [vhost]))].`,
    )

  it('again and again, during changes: sockets stay open, nothing is missed, nothing out of order, nothing twice', async () => {
    const urls = [2, 2, 3, 3].map((version) => `${installation.websocketUrl}?version=${version}`)
    const listeners = await Promise.all(urls.map((url) => MessageListener.open(url, anna.api.token, CREATED)))
    const left: string[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const cutting = cut()
      for (let index = 0; index < DEPOSITS; index++) {
        const { id } = await tenant.admin.deposit<{ id: string }>(mailbox, wav(800), { caller_id_num: '1' })
        left.push(id)
      }
      await cutting
    }
    for (const listener of listeners) {
      await waitFor(() => listener.messages.length >= left.length, { what: 'every message', timeoutMs: 20_000 })
      expect(listener.messages).toEqual(left)
      expect(listener.closed).toBe(false)
    }
  })

  it('3.3: of what others publish, bodies that are no UTF-8 or JSON are dropped; the header names, the body is shown', async () => {
    const socket = new WebSocket(`${installation.websocketUrl}?version=1`, {
      headers: { 'x-auth-token': anna.api.token },
    })
    const frames: string[] = []
    socket.on('message', (frame) => frames.push(frame.toString()))
    await waitFor(() => frames.length === 1, { what: 'init' })
    socket.send('{"op":"subscribe","data":{"event_name":"thing_happened"}}')
    socket.send('{"op":"start"}')
    await waitFor(() => frames.length === 3, { what: 'start' })
    const connection = await connect(amqpUrl)
    const channel = await connection.createConfirmChannel()
    const origin_uuid = installation.lamplighter.originUuid
    const publish = (name: string, body: Buffer) => {
      const headers = { name, origin_uuid, tenant_uuid: tenant.uuid, 'user_uuid:*': true, required_acl: null }
      channel.publish('wazo-headers', '', body, { headers, contentType: 'image/png' })
    }
    // The gateway may still be coming back from the last cut, and foreign events are not kept for it.
    const published = () => {
      publish('thing_happened', Buffer.from([...Buffer.from('{"x":"'), 0xff, ...Buffer.from('"}')]))
      publish('thing_happened', Buffer.from('no JSON'))
      publish('something_else', Buffer.from('{"name":"thing_happened"}'))
      publish('thing_happened', Buffer.from('{"name":"something_else"}'))
      return frames.length > 3
    }
    await waitFor(published, { what: 'the event', intervalMs: 200 })
    expect(new Set(frames.slice(3))).toEqual(new Set(['{"name":"something_else"}']))
    expect(socket.readyState).toBe(WebSocket.OPEN)
    socket.terminate()
    await connection.close()
  })
})
