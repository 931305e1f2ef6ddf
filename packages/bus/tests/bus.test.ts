import { randomUUID } from 'node:crypto'
import { createLogger, sleep } from '@lamplighter/runtime'
import { evaluate, TcpProxy, takeTestVhost, waitFor } from '@lamplighter/testing'
import { connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Bus, DeadLetter, IncomingMessage, Outcome, OutgoingMessage } from '../src/bus.js'
import { BusUnavailableError, ConsumerQueues, InProcessBus, RabbitMqBus } from '../src/index.js'

const log = createLogger('silent')
let vhost: { url: string; name: string }

beforeAll(async () => {
  vhost = await takeTestVhost()
})

const transports: { name: string; open: () => Bus }[] = [
  { name: 'in process', open: () => new InProcessBus(log, { retryDelayMs: 5 }) },
  { name: 'over RabbitMQ', open: () => new RabbitMqBus(vhost.url, log, { retryDelayMs: 5 }) },
]

function message(headers: OutgoingMessage['headers'], body = '{}'): OutgoingMessage {
  return { eventId: randomUUID(), name: String(headers['name'] ?? 'x'), routingKey: 'a.b', headers, body }
}

describe.each(transports)('the bus $name', ({ open }) => {
  let bus: Bus
  beforeAll(async () => {
    bus = open()
    await bus.start()
  })
  afterAll(() => bus.stop())

  async function collect(
    bindings: Readonly<Record<string, string | boolean>>[],
    handle: (incoming: IncomingMessage, seen: number) => Outcome | Promise<Outcome> = () => 'ack',
    durability: 'exclusive' | 'durable' = 'exclusive',
  ) {
    const received: IncomingMessage[] = []
    const consumer = await bus.consume({
      queue: `test.${randomUUID()}`,
      durability,
      bindings,
      prefetch: 10,
      handle: (incoming) => {
        received.push(incoming)
        return handle(incoming, received.length)
      },
    })
    return { received, stop: () => consumer.stop() }
  }

  it('carries the place in the log beside headers and body, which stay alike (bus.md 2.2)', async () => {
    const mark = randomUUID()
    const { received, stop } = await collect([{ mark }])
    await bus.publish([{ ...message({ name: 'n', mark }), cursor: 123_456_789_012 }])
    await waitFor(() => received.length === 1, { what: 'the message' })
    expect(received[0]?.cursor).toBe(123_456_789_012)
    expect(Object.keys(received[0]?.headers ?? {}).sort()).toEqual(['mark', 'name'])
    await stop()
  })

  it('delivers headers, body and id as they were published, in order', async () => {
    const mark = randomUUID()
    const { received, stop } = await collect([{ mark }])
    const sent = Array.from({ length: 300 }, (_, index) =>
      message({ name: 'n', mark, 'user_uuid:U': true, required_acl: null }, `{"é":${index}}`),
    )
    await bus.publish(sent)
    await waitFor(() => received.length === 300, { what: '300 messages' })
    expect(received.map(({ eventId }) => eventId)).toEqual(sent.map(({ eventId }) => eventId))
    expect(received[7]?.body.toString()).toBe('{"é":7}')
    expect(received[7]?.cursor).toBeUndefined()
    expect(received[7]?.headers).toMatchObject({ mark, 'user_uuid:U': true })
    await stop()
  })

  it('compares header values with their type, and all pairs of a binding must hold', async () => {
    const mark = randomUUID()
    const { received, stop } = await collect([{ mark, flag: true }])
    await bus.publish([
      message({ mark, flag: 'true' }),
      message({ mark }),
      message({ flag: true }),
      message({ mark, flag: true, name: 'the one' }),
    ])
    await waitFor(() => received.length > 0, { what: 'the message' })
    expect(received.map(({ name }) => name)).toEqual(['the one'])
    await stop()
  })

  it('delivers a message once that several bindings of a queue select', async () => {
    const mark = randomUUID()
    const { received, stop } = await collect([{ mark }, { mark, name: 'n' }])
    await bus.publish([message({ mark, name: 'n' }), message({ mark, name: 'last' })])
    await waitFor(() => received.some(({ name }) => name === 'last'), { what: 'the last message' })
    expect(received).toHaveLength(2)
    await stop()
  })

  it('brings a message again that the handler wants to retry', async () => {
    const mark = randomUUID()
    const { received, stop } = await collect([{ mark }], (_incoming, seen) => (seen < 2 ? 'retry' : 'ack'))
    await bus.publish([message({ mark })])
    await waitFor(() => received.length === 2, { what: 'the second delivery' })
    expect(received.map(({ redelivered }) => redelivered)).toEqual([false, true])
    await stop()
  })

  it('parks a message whose handler throws, and goes on with the next', async () => {
    const mark = randomUUID()
    const { received, stop } = await collect([{ mark }], (incoming) => {
      if (incoming.name === 'poison') throw new Error('cannot take it')
      return 'ack'
    })
    await bus.publish([message({ mark, name: 'poison' }), message({ mark, name: 'good' })])
    await waitFor(() => received.some(({ name }) => name === 'good'), { what: 'the good message' })
    expect(received.filter(({ name }) => name === 'poison')).toHaveLength(1)
    await stop()
  })

  it('gives a poisonous message of a durable queue a few tries and no more', async () => {
    const mark = randomUUID()
    const transient = Object.assign(new Error('passing'), { transient: true })
    const { received, stop } = await collect(
      [{ mark }],
      (incoming) => {
        if (incoming.name === 'poison') throw transient
        return 'ack'
      },
      'durable',
    )
    await bus.publish([message({ mark, name: 'poison' })])
    await waitFor(() => received.length >= 5, { what: 'five tries' })
    await bus.publish([message({ mark, name: 'good' })])
    await waitFor(() => received.some(({ name }) => name === 'good'), { what: 'the good message' })
    expect(received.filter(({ name }) => name === 'poison')).toHaveLength(5)
    await stop()
  })

  it('5.3: counts what no queue wants, and takes it all the same', async () => {
    const before = bus.returned
    await bus.publish([message({ nobody: randomUUID() }), message({ nobody: randomUUID() })])
    expect(bus.returned - before).toBe(2)
  })

  it('lets a handler finish when it is stopped, and gives it nothing more', async () => {
    const other = open()
    await other.start()
    const mark = randomUUID()
    let [begun, finished] = [0, 0]
    await other.consume({
      queue: `test.${mark}`,
      durability: 'durable',
      bindings: [{ mark }],
      prefetch: 2,
      handle: async (): Promise<Outcome> => {
        begun++
        // One of two is always under way.
        await sleep(begun % 2 === 0 ? 100 : 150)
        finished++
        return 'ack'
      },
    })
    await other.publish(Array.from({ length: 20 }, () => message({ mark })))
    await waitFor(() => begun === 2, { what: 'the first messages' })
    await other.stop()
    expect([begun, finished]).toEqual([2, 2])
  })

  it('refuses to publish when it is stopped', async () => {
    const other = open()
    await other.start()
    await other.stop()
    await expect(other.publish([message({ name: 'x' })])).rejects.toBeInstanceOf(BusUnavailableError)
  })
})

/** A method frame of the broker on channel 0. */
function methodFrame(payload: readonly number[]): Uint8Array {
  return Uint8Array.from([1, 0, 0, 0, 0, 0, payload.length, ...payload, 0xce])
}
const BLOCKED = methodFrame([0, 10, 0, 60, 3, ...Buffer.from('low')])
const UNBLOCKED = methodFrame([0, 10, 0, 61])
/** A queue that goes with its connection. */
const AWAY = { exclusive: true }
/** Reply code 320 (closed by an operator), no text, no method that caused it. */
const CONNECTION_CLOSE = methodFrame([0, 10, 0, 50, 1, 64, 0, 0, 0, 0, 0])
/** Class and method of the answer that ends the set-up of a consumer. */
const CONSUME_OK = Uint8Array.from([0, 60, 0, 21])

describe('the RabbitMQ transport', () => {
  it('5.3: with several shards keeps the order of each key', async () => {
    const bus = new RabbitMqBus(vhost.url, log, { shards: 4 })
    await bus.start()
    const mark = randomUUID()
    const received: { key: number; index: number }[] = []
    await bus.consume({
      queue: 'test.shards',
      durability: 'exclusive',
      bindings: [{ mark }],
      prefetch: 100,
      handle: ({ body }) => {
        received.push(JSON.parse(body.toString()) as { key: number; index: number })
        return 'ack'
      },
    })
    const sent = Array.from({ length: 2000 }, (_, index) => ({
      ...message({ mark }, JSON.stringify({ key: index % 20, index })),
      orderKey: String(index % 20),
    }))
    await bus.publish(sent)
    await waitFor(() => received.length === sent.length, { what: 'all messages' })
    for (let key = 0; key < 20; key++) {
      const indexes = received.filter((one) => one.key === key).map(({ index }) => index)
      expect(indexes).toEqual(Array.from({ length: 100 }, (_, round) => round * 20 + key))
    }
    await bus.stop()
  })

  it('5.8.2: publishes to the topic exchange of tenants by its key, and only when told to', async () => {
    const bus = new RabbitMqBus(vhost.url, log, { shards: 2 })
    await bus.start()
    const connection = await connect(vhost.url)
    const channel = await connection.createChannel()
    const { queue } = await channel.assertQueue('', { exclusive: true })
    const tenant = randomUUID()
    await channel.bindQueue(queue, 'vm.events', `${tenant}.all.#`)
    const keys: string[] = []
    await channel.consume(queue, (incoming) => void keys.push(incoming?.fields.routingKey ?? ''), { noAck: true })
    const event = (acl: string) => message({ tenant_uuid: tenant, 'user_uuid:*': true, required_acl: acl })
    await bus.publish([event('events.kept.back')])
    await bus.publish([event('events.told.one'), event('events.told.two')], { toTenants: true })
    await waitFor(() => keys.length >= 2, { what: 'what was for tenants' })
    expect(keys).toEqual([`${tenant}.all.events.told.one`, `${tenant}.all.events.told.two`])
    await connection.close()
    await bus.stop()
  })

  it('5.3: publishes nothing while the broker has an alarm, says so once, and goes on when it is over', async () => {
    const lines: string[] = []
    const proxy = await TcpProxy.start(new URL(vhost.url))
    const bus = new RabbitMqBus(
      proxy.url(new URL(vhost.url)),
      createLogger('info', { write: (line) => void lines.push(line) }),
    )
    await bus.start()
    proxy.inject(BLOCKED)
    await waitFor(() => lines.length > 0, { what: 'the alarm' })
    for (let n = 0; n < 3; n++) await expect(bus.publish([message({})])).rejects.toThrow('takes no messages: low')
    proxy.inject(UNBLOCKED)
    await waitFor(() => lines.length > 1, { what: 'the end of the alarm' })
    await bus.publish([message({})])
    expect(lines).toHaveLength(2)
    await bus.stop()
    await proxy.stop()
  })

  it('5.4: its named queues give a letter up only when the dead letter queue has it; one that is there is used as it is', async () => {
    const bus = new RabbitMqBus(vhost.url, log, { retryDelayMs: 5 })
    await bus.start()
    const connection = await connect(vhost.url)
    connection.on('error', () => {})
    const [fresh, old] = [`test.${randomUUID()}`, `test.${randomUUID()}`]
    const basics = {
      'x-dead-letter-exchange': 'lamplighter.dead-letters',
      'x-queue-type': 'quorum',
      'x-delivery-limit': 4,
    }
    const atLeastOnce = { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' }
    const channel = await connection.createChannel()
    await channel.assertQueue(old, { durable: true, arguments: basics })
    const received: string[] = []
    for (const queue of [fresh, old]) {
      const handle = ({ name }: IncomingMessage): Outcome => {
        received.push(name)
        return 'ack'
      }
      await bus.consume({ queue, durability: 'durable', bindings: [{ mark: queue }], prefetch: 1, handle })
    }
    await channel.assertQueue(fresh, { durable: true, arguments: { ...basics, ...atLeastOnce } })
    await channel.assertQueue(old, { durable: true, arguments: basics })
    await bus.publish([message({ name: 'a', mark: fresh }), message({ name: 'b', mark: old })])
    await waitFor(() => received.length === 2, { what: 'a message of each' })
    await connection.close()
    await bus.stop()
  })

  it('5.4: a dead letter waits for whoever keeps it, and is not given back meanwhile', async () => {
    const bus = new RabbitMqBus(vhost.url, log, { retryDelayMs: 1 })
    await bus.start()
    const connection = await connect(vhost.url)
    const channel = await connection.createChannel()
    const id = randomUUID()
    const kept: string[] = []
    const tries: DeadLetter[] = []
    const consumer = await bus.consumeDeadLetters(async (letter) => {
      if (letter.eventId === id && tries.push(letter) < 30) throw new Error('the store is away')
      kept.push(letter.eventId ?? '')
    })
    channel.sendToQueue('lamplighter.dead', Buffer.from('{}'), { messageId: id, headers: {} })
    await waitFor(() => kept.includes(id), { what: 'the letter' })
    // The same delivery each time.
    expect([tries.length, new Set(tries).size]).toEqual([30, 1])
    await consumer.stop()
    const { messageCount } = await channel.checkQueue('lamplighter.dead')
    expect(messageCount).toBe(0)
    await connection.close()
    await bus.stop()
  })

  it('5.4: can be stopped while a dead letter waits, which comes again', async () => {
    const bus = new RabbitMqBus(vhost.url, log, { retryDelayMs: 1 })
    await bus.start()
    const connection = await connect(vhost.url)
    const channel = await connection.createChannel()
    const id = randomUUID()
    let seen = false
    const first = await bus.consumeDeadLetters(async ({ eventId }) => {
      seen ||= eventId === id
      throw new Error('the store is away')
    })
    channel.sendToQueue('lamplighter.dead', Buffer.from('{}'), { messageId: id, headers: {} })
    await waitFor(() => seen, { what: 'the letter' })
    await first.stop()
    const kept: (string | undefined)[] = []
    const second = await bus.consumeDeadLetters(async ({ eventId }) => void kept.push(eventId))
    await waitFor(() => kept.includes(id), { what: 'the letter again' })
    await second.stop()
    await connection.close()
    await bus.stop()
  })

  describe('5.4: a dead letter that is sent again', () => {
    const letter = (queue: string, headers: DeadLetter['headers'] = {}): DeadLetter => {
      return { queue, reason: 'rejected', eventId: randomUUID(), name: 'n', headers, body: Buffer.from('{}') }
    }

    it('goes to its queue alone, whatever copies its publisher asked for', async () => {
      const bus = new RabbitMqBus(vhost.url, log)
      await bus.start()
      const connection = await connect(vhost.url)
      const channel = await connection.createChannel()
      const [own, other] = [await channel.assertQueue('', AWAY), await channel.assertQueue('', AWAY)]
      expect(await bus.redeliver(letter(own.queue, { CC: [other.queue], BCC: [other.queue] }))).toBe(true)
      expect((await channel.checkQueue(own.queue)).messageCount).toBe(1)
      expect((await channel.checkQueue(other.queue)).messageCount).toBe(0)
      await connection.close()
      await bus.stop()
    })

    it('waits for no broker that has an alarm, says nothing, or was lost', async () => {
      const proxy = await TcpProxy.start(new URL(vhost.url))
      const bus = new RabbitMqBus(proxy.url(new URL(vhost.url)), log)
      await bus.start()
      proxy.inject(BLOCKED)
      await waitFor(
        () =>
          bus.publish([message({})]).then(
            () => false,
            () => true,
          ),
        { what: 'the alarm' },
      )
      await expect(bus.redeliver(letter('nowhere'))).rejects.toThrow('takes no messages: low')
      proxy.inject(UNBLOCKED)
      await waitFor(
        () =>
          bus.publish([message({})]).then(
            () => true,
            () => false,
          ),
        { what: 'the end of the alarm' },
      )
      proxy.stall(true)
      await expect(bus.redeliver(letter('nowhere'))).rejects.toThrow(BusUnavailableError)
      proxy.stall(false)
      await proxy.stop()
      await expect(bus.redeliver(letter('nowhere'))).rejects.toThrow(BusUnavailableError)
      await bus.stop()
    })
  })

  it('comes back although the broker was silent while the connection was made again', async () => {
    const proxy = await TcpProxy.start(new URL(vhost.url))
    const bus = new RabbitMqBus(proxy.url(new URL(vhost.url)), log, { connectTimeoutMs: 300 })
    await bus.start()
    const silent = proxy.connections
    proxy.stall(true)
    proxy.cut()
    // RabbitMQ itself ends a handshake after 10 s: it must not be what mends this.
    await waitFor(() => proxy.connections > silent + 1, { what: 'a second attempt', timeoutMs: 5000 })
    expect(bus.connected).toBe(false)
    proxy.stall(false)
    await waitFor(() => bus.connected, { what: 'the reconnection' })
    await bus.publish([message({})])
    await bus.stop()
    await proxy.stop()
  })

  it('starts while the broker is away, publishes nothing, and serves its consumers when it is there', async () => {
    const proxy = await TcpProxy.start(new URL(vhost.url))
    proxy.refuse(true)
    const bus = new RabbitMqBus(proxy.url(new URL(vhost.url)), log)
    await bus.start()
    const received: string[] = []
    let connected = 0
    bus.onReconnect(() => connected++)
    await bus.consume({
      queue: 'test.early',
      durability: 'exclusive',
      bindings: [{ early: 'yes' }],
      prefetch: 1,
      handle: ({ name }) => {
        received.push(name)
        return 'ack'
      },
    })
    expect(bus.connected).toBe(false)
    await expect(bus.publish([message({ early: 'yes' })])).rejects.toThrow('not connected')
    proxy.refuse(false)
    await waitFor(() => connected === 1, { what: 'the connection' })
    await bus.publish([message({ early: 'yes' })])
    await waitFor(() => received.length === 1, { what: 'the message' })
    await bus.stop()
    await proxy.stop()
  })

  it('6.3.27: every connection asks for a heartbeat: a broker that is gone keeps nobody waiting', async () => {
    const proxy = await TcpProxy.start(new URL(vhost.url))
    const bus = new RabbitMqBus(vhost.url, log)
    await bus.start()
    // Slow enough that it is seen.
    proxy.delay(150)
    const queues = new ConsumerQueues(proxy.url(new URL(vhost.url)))
    const gone = queues.delete(`ev.${randomUUID()}.none`)
    const ask = `[rabbit_reader:info(P, [timeout]) || P <- rabbit_networking:connections_local(), catch rabbit_reader:info(P, [vhost]) =:= [{vhost, <<"${vhost.name}">>}]].`
    const both = /^\[\[\{timeout,10\}\],\s*\[\{timeout,10\}\]\]$/
    await waitFor(async () => both.test(await evaluate(inject('amqpCtlEnv'), ask)), { what: 'two heartbeats of 10 s' })
    await gone
    await bus.stop()
    await proxy.stop()
  })

  it.each([
    ['a wrong password', (url: URL) => Object.assign(url, { password: 'wrong' }), 'account'],
    ['a virtual host that is not there', (url: URL) => Object.assign(url, { pathname: '/nowhere' }), 'virtual host'],
  ])('does not start with %s: that does not pass by itself', async (_what, spoil, words) => {
    const bus = new RabbitMqBus(spoil(new URL(vhost.url)).href, log)
    await expect(bus.start()).rejects.toThrow(words)
    await bus.stop()
  })

  it('comes back when the broker closes a connection in the very moment it is ready', async () => {
    const proxy = await TcpProxy.start(new URL(vhost.url))
    const bus = new RabbitMqBus(proxy.url(new URL(vhost.url)), log)
    await bus.start()
    await bus.consume({ queue: 'test.brief', durability: 'exclusive', bindings: [], prefetch: 1, handle: () => 'ack' })
    const before = proxy.connections
    proxy.append(CONSUME_OK, CONNECTION_CLOSE)
    proxy.cut()
    await waitFor(() => proxy.connections > before + 1 && bus.connected, { what: 'another attempt', timeoutMs: 5000 })
    await bus.publish([message({})])
    await bus.stop()
    await proxy.stop()
  })

  it('comes back with its consumers after the broker cut the connection', async () => {
    const bus = new RabbitMqBus(vhost.url, log)
    await bus.start()
    const received: string[] = []
    await bus.consume({
      queue: 'test.cut',
      durability: 'exclusive',
      bindings: [{ cut: 'yes' }],
      prefetch: 1,
      handle: ({ name }) => {
        received.push(name)
        return 'ack'
      },
    })
    let reconnected = 0
    bus.onReconnect(() => reconnected++)
    // `catch`: a connection of another test may end between being listed and being asked.
    const close = `[rabbit_networking:close_connection(P, "test") || P <- rabbit_networking:connections_local(), catch lists:member({vhost, <<"${vhost.name}">>}, rabbit_reader:info(P, [vhost])) =:= true].`
    await evaluate(inject('amqpCtlEnv'), close)
    await waitFor(() => reconnected > 0 && bus.connected, { what: 'the reconnection' })
    await bus.publish([message({ cut: 'yes', name: 'after' })])
    await waitFor(() => received.includes('after'), { what: 'the message after the cut' })
    await bus.stop()
  })
})
