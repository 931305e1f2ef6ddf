import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { hashSecret } from '@lamplighter/access'
import { RabbitMqBus } from '@lamplighter/bus'
import { createLogger } from '@lamplighter/runtime'
import { ADMIN_POLICY_SLUG, type Database, openDatabase, Provisioning } from '@lamplighter/store'
import { createTestDatabase, freePort, startBroker, TcpProxy, type TestDatabase, waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiClient } from '../src/demo/api-client.js'
import { savePolicies } from '../src/setup.js'
import { LamplighterProcess } from './process.js'
import { testEnvironment, wav } from './support.js'

/** `npm run chaos:bus` says more. */
const ROUNDS = Number(process.env['LAMPLIGHTER_CHAOS_ROUNDS'] ?? 1)
const BROKER_AWAY_MS = Number(process.env['LAMPLIGHTER_CHAOS_BROKER_AWAY_SEC'] ?? 2) * 1000
const DATABASE_AWAY_MS = 1000
const KILLS_PER_ROUND = 2
const WRITERS = 8
const log = createLogger('silent')

type Logged = { event_id: string; mailbox_id: number | null; published: boolean }

/**
 * The broker is stopped and started, the process killed and its database out of reach while messages move all the time.
 * Two consumers with named queues end up with exactly the log, each mailbox in order.
 */
describe('the bus under faults', () => {
  let broker: Awaited<ReturnType<typeof startBroker>>
  let disposable: TestDatabase
  let database: Database
  let toDatabase: TcpProxy
  let directory: string
  let env: Record<string, string>
  let url: string
  let running: LamplighterProcess
  const consumers: { readonly bus: RabbitMqBus; readonly heard: string[] }[] = []

  beforeAll(async () => {
    ;[broker, disposable] = await Promise.all([startBroker(), createTestDatabase()])
    database = openDatabase(disposable.url)
    toDatabase = await TcpProxy.start(new URL(disposable.url))
    directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-chaos-'))
    const [http, sip] = [await freePort(), await freePort()]
    url = `http://127.0.0.1:${http}`
    const ports = { LAMPLIGHTER_HTTP_PORT: String(http), LAMPLIGHTER_SIP_PORT: String(sip) }
    const settings = { ...ports, AMQP_URL: broker.url, LAMPLIGHTER_LOG_LEVEL: 'fatal' }
    env = testEnvironment(toDatabase.url(new URL(disposable.url)), directory, settings)
    await listen('test.one')
    await listen('test.two')
    await start()
  })
  afterAll(async () => {
    await running.kill()
    for (const { bus } of consumers) await bus.stop()
    await broker.stop()
    await toDatabase.stop()
    await database.close()
    await disposable.drop()
    await rm(directory, { recursive: true, force: true })
  })

  /** Starts the process; who answers may still be starting the rest. */
  async function start(): Promise<void> {
    running = new LamplighterProcess(['serve'], env)
    await running.healthy(url)
    await delay(1000)
  }

  async function listen(queue: string): Promise<void> {
    const bus = new RabbitMqBus(broker.url, log)
    const heard: string[] = []
    await bus.start()
    const handle = ({ eventId = '' }) => {
      heard.push(eventId)
      return 'ack' as const
    }
    await bus.consume({ queue, durability: 'durable', bindings: [{}], prefetch: 500, handle })
    consumers.push({ bus, heard })
  }

  /** Paths of messages to move, one in each of several mailboxes, and a token for them. */
  async function provision(): Promise<{ token: string; messages: string[] }> {
    const provisioning = new Provisioning(database)
    const installation = await provisioning.installation()
    if (!installation) throw new Error('there is no installation')
    const tenantId = await provisioning.createTenant({ name: 'x', slug: 'x', parent: installation.masterTenant })
    await savePolicies(provisioning, tenantId)
    const account = { tenantId, username: 'admin', firstname: 'A', policies: [ADMIN_POLICY_SLUG] }
    await provisioning.saveAccount({ ...account, passwordHash: await hashSecret('pw') })
    const api = await ApiClient.logIn(url, 'admin', 'pw')
    const { name: context } = await api.call<{ name: string }>('POST', '/api/confd/1.1/contexts', { label: 'x' })
    const messages: string[] = []
    for (let number = 1; number <= WRITERS; number++) {
      const fields = { name: 'b', number: String(number), context }
      const { id } = await api.call<{ id: number }>('POST', '/api/confd/1.1/voicemails', fields)
      const message = await api.deposit<{ id: string }>(id, wav(100), {})
      messages.push(`/api/calld/1.0/voicemails/${id}/messages/${message.id}`)
    }
    return { token: api.token, messages }
  }

  /** Moves a message to and fro until told to stop; like a patient client, it repeats what was not answered. */
  async function moveAround(token: string, message: string, goOn: () => boolean): Promise<number> {
    let moves = 0
    while (goOn()) {
      const body = JSON.stringify({ folder_id: moves % 2 === 0 ? 2 : 1 })
      const answer = await fetch(url + message, { method: 'PUT', headers: { 'x-auth-token': token }, body }).catch(
        () => undefined,
      )
      if (answer?.ok) moves++
      else await delay(50)
    }
    return moves
  }

  async function breakThings(): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      for (let kill = 0; kill < KILLS_PER_ROUND; kill++) {
        await delay(500 + Math.random() * 1500)
        await running.kill()
        await start()
      }
      toDatabase.refuse(true)
      toDatabase.cut()
      await delay(DATABASE_AWAY_MS)
      toDatabase.refuse(false)
      await running.healthy(url)
      await broker.pause()
      await delay(BROKER_AWAY_MS)
      await broker.resume()
      await running.healthy(url)
    }
    await delay(1000)
  }

  async function logged(): Promise<Logged[]> {
    const text = `SELECT event_id::text, mailbox_id, coalesce(cursor <= (SELECT confirmed_cursor FROM relay_progress), false) AS published FROM event ORDER BY id`
    return (await database.pool.query<Logged>(text)).rows
  }

  it('RabbitMQ stopped and started, the process killed, PostgreSQL out of reach: 0 missing, 0 out of order per mailbox, repeats by event id', async () => {
    const { token, messages } = await provision()
    let breaking = true
    const startedAt = Date.now()
    const writers = messages.map((message) => moveAround(token, message, () => breaking))
    await breakThings().finally(() => {
      breaking = false
    })
    const moves = (await Promise.all(writers)).reduce((sum, one) => sum + one, 0)
    const seconds = (Date.now() - startedAt) / 1000
    await waitFor(async () => (await logged()).every(({ published }) => published), {
      what: 'the log to be published',
      timeoutMs: 60_000,
      intervalMs: 500,
    })
    const log = await logged()
    for (const { heard } of consumers) {
      await waitFor(() => new Set(heard).size >= log.length, { what: 'every event', timeoutMs: 60_000 })
      const first = [...new Set(heard)]
      expect(new Set(first)).toEqual(new Set(log.map((one) => one.event_id)))
      const mailboxOf = new Map(log.map((one) => [one.event_id, one.mailbox_id]))
      for (const mailbox of new Set(mailboxOf.values())) {
        const ofIt = (id: string) => mailboxOf.get(id) === mailbox
        expect(first.filter(ofIt)).toEqual(log.map((one) => one.event_id).filter(ofIt))
      }
    }
    const repeats = consumers.map(({ heard }) => heard.length - log.length)
    console.log(
      `chaos: ${moves} changes in ${seconds.toFixed(0)} s (${(moves / seconds).toFixed(0)}/s), ${log.length} events, ` +
        `0 missing, 0 out of order; repeats per consumer: ${repeats.join(', ')}`,
    )
    expect(moves).toBeGreaterThan(100)
  }, 3_600_000)
})
