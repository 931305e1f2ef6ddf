import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { RabbitMqBus } from '@lamplighter/bus'
import { draft, voicemailEdited } from '@lamplighter/contracts'
import type { MailboxId, TenantId } from '@lamplighter/domain'
import { createLogger, type Service } from '@lamplighter/runtime'
import { type Database, OutboxSignal, onlyTenant, openDatabase, Store } from '@lamplighter/store'
import { createTestDatabase, TcpProxy, type TestDatabase, takeTestVhost, waitFor } from '@lamplighter/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createRelay } from '../src/index.js'

type Heard = { readonly eventId: string; readonly mailbox: number; readonly revision: number }

const MAILBOXES = 10
const log = createLogger('silent')
const tenant = randomUUID() as TenantId

/**
 * The network between relay and broker fails while changes are made: a consumer that sits at the broker misses nothing,
 * sees each mailbox in order, and what it gets twice has the same event id.
 */
describe('the network to the broker', () => {
  let disposable: TestDatabase
  let database: Database
  let store: Store
  let signal: OutboxSignal
  let brokerUrl: URL
  let listener: RabbitMqBus
  let proxy: TcpProxy
  let bus: RabbitMqBus
  let relay: Service
  let heard: Heard[]
  let revision: number

  beforeAll(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url)
    signal = new OutboxSignal(() => database.pool.query('NOTIFY lamplighter_outbox'))
    store = new Store(database, randomUUID(), (said) => signal.poke(said))
    brokerUrl = new URL((await takeTestVhost()).url)
  })
  afterAll(async () => {
    await database.close()
    await disposable.drop()
  })
  beforeEach(async () => {
    await database.pool.query('DELETE FROM event')
    heard = []
    revision = 0
    proxy = await TcpProxy.start(brokerUrl)
  })
  afterEach(async () => {
    await relay.stop()
    await bus.stop()
    await listener.stop()
    await proxy.stop()
  })

  async function begin(shards = 1, batch = 1000): Promise<void> {
    bus = new RabbitMqBus(proxy.url(brokerUrl), log, { shards })
    await bus.start()
    listener = new RabbitMqBus(brokerUrl.href, log)
    await listener.start()
    await listener.consume({
      queue: 'test.listener',
      durability: 'exclusive',
      bindings: [{ name: 'voicemail_edited' }],
      prefetch: 500,
      handle: ({ eventId = '', headers }) => {
        heard.push({ eventId, mailbox: Number(headers['mailbox_id']), revision: Number(headers['revision']) })
        return 'ack'
      },
    })
    relay = createRelay({ databaseUrl: disposable.url, bus, signal, log, batch })
    await relay.start()
  }

  /** One change of every mailbox, each with the mailbox's next revision. */
  async function change(at: number): Promise<void> {
    await store.changeMessages(onlyTenant(tenant), async ({ outbox }) =>
      outbox.add(
        Array.from({ length: MAILBOXES }, (_, mailbox) => {
          const place = { id: mailbox as MailboxId, revision: at }
          const attributes = { mailbox_id: String(mailbox), revision: String(at) }
          return draft(voicemailEdited, { tenant, mailbox: place, attributes }, { id: mailbox })
        }),
      ),
    )
  }

  /** Changes until the work is done, at least 100 a second; a second time it goes on where it was. */
  async function changeWhile(work: () => Promise<void>): Promise<void> {
    let working = true
    const done = work().finally(() => {
      working = false
    })
    while (working) {
      await change(++revision)
      await delay(20)
    }
    await done
  }

  /** Compares what the consumer holds with the log. */
  async function expectNothingMissed(): Promise<void> {
    const unpublished =
      'SELECT 1 FROM event WHERE cursor IS NULL OR cursor > (SELECT confirmed_cursor FROM relay_progress) LIMIT 1'
    const allPublished = async () => (await database.pool.query(unpublished)).rowCount === 0
    await waitFor(allPublished, { what: 'the log to be published', timeoutMs: 40_000 })
    const { rows } = await database.pool.query<{ event_id: string }>('SELECT event_id::text FROM event ORDER BY cursor')
    const ids = new Set(rows.map((row) => row.event_id))
    await waitFor(() => new Set(heard.map(({ eventId }) => eventId)).size === ids.size, { what: 'every event' })
    const first = heard.filter((one, index) => heard.findIndex(({ eventId }) => eventId === one.eventId) === index)
    expect(new Set(first.map(({ eventId }) => eventId))).toEqual(ids)
    for (let mailbox = 0; mailbox < MAILBOXES; mailbox++) {
      const revisions = first.filter((one) => one.mailbox === mailbox).map(({ revision }) => revision)
      expect(revisions).toEqual(Array.from({ length: rows.length / MAILBOXES }, (_, index) => index + 1))
    }
  }

  it.each([1, 4])(
    'cut in the middle of publishing, again and again, %i channels: 0 missing, in order',
    async (shards) => {
      await begin(shards)
      let cuts = 0
      await changeWhile(async () => {
        for (; cuts < 6; cuts++) {
          await waitFor(() => bus.connected, { what: 'the connection' })
          // Past the greeting of the connection, somewhere inside a message.
          proxy.cutAfter(2000 + Math.floor(Math.random() * 20_000))
          await waitFor(() => !bus.connected, { what: 'the cut' })
        }
      })
      await expectNothingMissed()
    },
  )

  it.each([7, 1000])(
    'away for a while: what happens gets its cursor at once, %i at a time, and is published in order afterwards',
    async (batch) => {
      await begin(1, batch)
      await changeWhile(async () => {
        proxy.refuse(true)
        proxy.cut()
        await delay(3000)
      })
      const waiting = 'SELECT 1 FROM event WHERE cursor IS NULL'
      const allNumbered = async () => (await database.pool.query(waiting)).rowCount === 0
      await waitFor(allNumbered, { what: 'every event to have its cursor', timeoutMs: 5000 })
      expect(heard.length).toBeLessThan(MAILBOXES * 10)
      await changeWhile(async () => {
        proxy.refuse(false)
        await waitFor(() => heard.length > MAILBOXES * 10, { what: 'events again' })
      })
      await expectNothingMissed()
    },
  )

  it('slow, then standing still for a while: nothing is lost', async () => {
    await begin()
    await changeWhile(async () => {
      proxy.delay(50)
      await delay(1000)
      proxy.stall(true)
      await delay(2000)
      proxy.stall(false)
      proxy.delay(0)
    })
    await expectNothingMissed()
  })
})
