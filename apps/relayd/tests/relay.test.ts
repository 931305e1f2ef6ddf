import { randomUUID } from 'node:crypto'
import {
  type Bus,
  BusUnavailableError,
  InProcessBus,
  type OutgoingMessage,
  type PublishOptions,
} from '@lamplighter/bus'
import { draft, voicemailCreated } from '@lamplighter/contracts'
import type { TenantId } from '@lamplighter/domain'
import type { Service } from '@lamplighter/runtime'
import { createLogger } from '@lamplighter/runtime'
import {
  type Database,
  OutboxSignal,
  onlyTenant,
  openDatabase,
  Provisioning,
  Store,
  tenantSubtree,
} from '@lamplighter/store'
import { createTestDatabase, type TestDatabase, waitFor } from '@lamplighter/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRelay } from '../src/index.js'

const log = createLogger('silent')
const tenant = randomUUID() as TenantId

/** Remembers what it was given, and can fail or stall at will. */
class RecordingBus extends InProcessBus implements Bus {
  readonly published: OutgoingMessage[] = []
  /** Of each message, whether it went to tenants too. */
  readonly toTenants: boolean[] = []
  beforeConfirm: () => Promise<void> = async () => {}

  override async publish(messages: readonly OutgoingMessage[], options: PublishOptions = {}): Promise<void> {
    this.published.push(...messages)
    this.toTenants.push(...messages.map(() => options.toTenants === true))
    await this.beforeConfirm()
  }

  ids(): string[] {
    return this.published.map(({ eventId }) => eventId)
  }
}

describe('the relay', () => {
  let disposable: TestDatabase
  let database: Database
  let signal: OutboxSignal
  let store: Store
  const running: Service[] = []

  beforeEach(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url)
    signal = new OutboxSignal(() => database.pool.query('NOTIFY lamplighter_outbox'))
    store = new Store(database, randomUUID(), (said) => signal.poke(said))
  })
  afterEach(async () => {
    for (const relay of running.splice(0)) await relay.stop()
    await database.close()
    await disposable.drop()
  })

  async function start(bus: Bus, own: OutboxSignal = signal, speaker = log): Promise<Service> {
    await bus.start()
    const relay = createRelay({ databaseUrl: disposable.url, bus, signal: own, log: speaker })
    await relay.start()
    running.push(relay)
    return relay
  }

  async function say(count: number): Promise<void> {
    await store.changeMessages(onlyTenant(tenant), async ({ outbox }) => {
      outbox.add(Array.from({ length: count }, (_, id) => draft(voicemailCreated, { tenant }, { id })))
    })
  }

  async function addConsumer(name: string, keys: string): Promise<void> {
    const text = `
      INSERT INTO event_consumer (uuid, tenant_uuid, name, bindings, max_length, message_ttl_sec, expires_sec, secret_hash)
      VALUES ($1, $2, $3, $4, 1, 1, 1, 'x')`
    await database.pool.query(text, [randomUUID(), tenant, name, keys])
  }

  async function rows(): Promise<{ event_id: string; cursor: number; published: boolean }[]> {
    const text =
      'SELECT event_id::text, cursor, coalesce(cursor <= (SELECT confirmed_cursor FROM relay_progress), false) AS published FROM event ORDER BY id'
    return (await database.pool.query(text)).rows
  }

  const allPublished = async () => (await rows()).every(({ published }) => published)

  it('publishes in order, gives cursors without holes and records the confirmation', async () => {
    const bus = new RecordingBus(log)
    await start(bus)
    for (let round = 0; round < 20; round++) await say(7)
    await waitFor(allPublished, { what: 'all events to be published' })
    const logged = await rows()
    expect(bus.ids()).toEqual(logged.map((row) => row.event_id))
    expect(logged.map((row) => row.cursor)).toEqual(Array.from({ length: 140 }, (_, index) => index + 1))
  })

  it('publishes for tenants from the first event behind a consumer with a key, and no longer than there is one', async () => {
    const bus = new RecordingBus(log)
    await start(bus)
    const sayOne = async () => {
      await say(1)
      await waitFor(allPublished, { what: 'the event to be published' })
    }
    await sayOne()
    await addConsumer('by-name', '{}')
    await sayOne()
    await addConsumer('by-key', '{t.all.#}')
    await sayOne()
    await database.pool.query(`UPDATE event_consumer SET deleted_at = now() WHERE name = 'by-key'`)
    await sayOne()
    expect(bus.toTenants).toEqual([false, false, true, false])
  })

  it('begins a new epoch where the log was never seen before, and keeps it where it was', async () => {
    await new Provisioning(database).complete(false)
    const state = async () =>
      (await database.pool.query('SELECT log_epoch::text AS epoch, log_home AS home FROM installation')).rows[0]
    const before = await state()
    const first = await start(new RecordingBus(log))
    await waitFor(async () => (await state()).home !== null, { what: 'the home of the log' })
    const settled = await state()
    expect(settled.epoch).not.toBe(before.epoch)
    await first.stop()
    running.length = 0
    await start(new RecordingBus(log))
    await say(1)
    await waitFor(allPublished, { what: 'the event to be published' })
    expect(await state()).toEqual(settled)
    // What a restored copy looks like from inside: the same rows at another place.
    await running.pop()?.stop()
    await database.pool.query(`UPDATE installation SET log_home = 'the server before'`)
    await start(new RecordingBus(log))
    await waitFor(async () => (await state()).epoch !== settled.epoch, { what: 'a new epoch' })
    expect((await state()).home).toBe(settled.home)
  })

  it('publishes again what a relay published but was killed before recording, and loses nothing', async () => {
    const doomed = new RecordingBus(log)
    // The bus has it, and the relay never hears so: its database connection dies meanwhile.
    doomed.beforeConfirm = async () => {
      await database.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lamplighter-relay' AND datname = current_database()`,
      )
    }
    const first = await start(doomed)
    await say(5)
    await waitFor(() => doomed.published.length >= 5, { what: 'the first publication' })
    await first.stop()
    expect((await rows()).filter(({ published }) => published)).toEqual([])
    const next = new RecordingBus(log)
    await start(next)
    await say(3)
    await waitFor(allPublished, { what: 'all events to be published' })
    expect(next.ids()).toEqual((await rows()).map((row) => row.event_id))
    expect(next.ids().slice(0, 5)).toEqual(doomed.ids().slice(0, 5))
  })

  it('keeps everything while the bus refuses, and then sends it in order', async () => {
    const bus = new RecordingBus(log)
    bus.beforeConfirm = () => Promise.reject(new BusUnavailableError('away'))
    await start(bus)
    await say(4)
    await waitFor(() => bus.published.length >= 8, { what: 'two attempts' })
    bus.beforeConfirm = async () => {}
    await waitFor(allPublished, { what: 'all events to be published' })
    expect(bus.ids().slice(-4)).toEqual((await rows()).map((row) => row.event_id))
  })

  it('gives cursors while the bus holds its confirms back, which then come in order, and is stopped all the same', async () => {
    const bus = new RecordingBus(log)
    let confirm: () => void = () => {}
    bus.beforeConfirm = () =>
      new Promise((resolve) => {
        confirm = resolve
      })
    const relay = await start(bus)
    await say(1)
    await waitFor(() => bus.published.length === 1, { what: 'the first event' })
    await say(3)
    const numbered = async () => (await database.pool.query('SELECT 1 FROM event WHERE cursor IS NOT NULL')).rowCount
    await waitFor(async () => (await numbered()) === 4, { what: 'the cursors', timeoutMs: 5000 })
    confirm()
    await waitFor(() => bus.published.length === 4, { what: 'the others' })
    expect(bus.published.map(({ cursor }) => cursor)).toEqual([1, 2, 3, 4])
    const before = performance.now()
    await relay.stop()
    expect(performance.now() - before).toBeLessThan(3000)
  })

  it('a bus that is away for longer than the retention: nothing is forgotten before it was sent, in order', async () => {
    const bus = new RecordingBus(log)
    await start(bus)
    await say(2)
    await waitFor(allPublished, { what: 'publication' })
    bus.beforeConfirm = () => Promise.reject(new BusUnavailableError('away'))
    await say(3)
    const numbered = async () => (await rows()).every(({ cursor }) => cursor !== null)
    await waitFor(async () => (await numbered()) && (await rows()).length === 5, { what: 'cursors without the bus' })
    await database.pool.query(`UPDATE event SET published_at = now() - interval '8 days'`)
    // A new term looks for what is old at its first quiet moment, and there is none without the bus.
    await running.pop()?.stop()
    const next = new RecordingBus(log)
    let release: () => void = () => {}
    const back = new Promise<void>((resolve) => {
      release = resolve
    })
    next.beforeConfirm = () => back
    await start(next)
    await waitFor(() => next.published.length === 3, { what: 'the first attempt' })
    expect(await rows()).toHaveLength(5)
    await say(1)
    release()
    await waitFor(async () => next.published.length === 4 && (await allPublished()), { what: 'all events' })
    expect(next.ids().slice(0, 3)).toEqual(bus.ids().slice(-3))
    await waitFor(async () => (await rows()).length === 1, { what: 'the old events to go' })
    expect((await rows())[0]?.cursor).toBe(6)
  })

  it('is active in one of two processes, and the other takes over when its connection dies', async () => {
    const [one, two] = [new RecordingBus(log), new RecordingBus(log)]
    await start(one)
    await say(1)
    await waitFor(() => one.published.length === 1, { what: 'the first relay to work' })
    const second = new OutboxSignal(async () => {})
    await start(two, second)
    await say(5)
    await waitFor(allPublished, { what: 'all events to be published' })
    expect([one.published.length, two.published.length]).toEqual([6, 0])
    await running[0]?.stop()
    await say(2)
    await waitFor(allPublished, { what: 'the second relay to take over' })
    expect([one.published.length, two.published.length]).toEqual([6, 2])
  })

  it('keeps the events of a tenant as long as the tenant says', async () => {
    const [short, long] = [randomUUID(), randomUUID()]
    const add = `INSERT INTO tenant (uuid, parent_uuid, name, slug, ancestors, event_retention_hours)
      VALUES ($1, $4, $2, $2, ARRAY[$1::uuid, $4::uuid], $3)`
    await database.pool.query(add, [short, 'short', 1, short])
    await database.pool.query(add, [long, 'long', 500, short])
    for (const uuid of [short, long, tenant]) {
      const target = { tenant: uuid as TenantId }
      await store.changeMessages(onlyTenant(target.tenant), async ({ outbox }) =>
        outbox.add([draft(voicemailCreated, target, { id: 1 })]),
      )
    }
    await say(1)
    const bus = new RecordingBus(log)
    await start(bus)
    await waitFor(allPublished, { what: 'publication' })
    await running.pop()?.stop()
    const left = async () => {
      const { rows } = await database.pool.query<{ tenant: string }>(
        'SELECT tenant_uuid::text AS tenant FROM event ORDER BY cursor',
      )
      return rows.map((row) => row.tenant)
    }
    await database.pool.query(`UPDATE event SET published_at = now() - interval '2 hours'`)
    await start(bus)
    await waitFor(async () => (await left()).length < 4, { what: 'the short retention' })
    expect(await left()).toEqual([long, tenant, tenant])
    await running.pop()?.stop()
    await database.pool.query(`UPDATE event SET published_at = now() - interval '200 hours'`)
    await start(bus)
    await waitFor(async () => (await left()).length < 3, { what: 'the usual retention' })
    // The newest of all stays, whoever it is of.
    expect(await left()).toEqual([long, tenant])
  })

  describe('who sees all tenants knows that events are gone', () => {
    let master: TenantId
    let child: TenantId
    const oldest = async () => (await store.replay.state()).oldest
    const remove = () => store.changeAccess(tenantSubtree(master), ({ tenants }) => tenants.delete(child))

    /** The first and the last event are the master's, who keeps them for long; the child's are this old. */
    async function age(hours: number): Promise<void> {
      const provisioning = new Provisioning(database)
      master = await provisioning.createTenant({ name: 'master', slug: 'master' })
      child = await provisioning.createTenant({ name: 'child', slug: 'child', parent: master })
      const keep = 'UPDATE tenant SET event_retention_hours = $2 WHERE uuid = $1'
      await database.pool.query(keep, [master, 500])
      await database.pool.query(keep, [child, 100])
      for (const uuid of [master, child, child, master])
        await store.changeMessages(onlyTenant(uuid), async ({ outbox }) =>
          outbox.add([draft(voicemailCreated, { tenant: uuid }, { id: 1 })]),
        )
      await start(new RecordingBus(log))
      await waitFor(allPublished, { what: 'publication' })
      await running.pop()?.stop()
      await database.pool.query('UPDATE event SET published_at = now() - make_interval(hours => $1)', [hours])
    }
    async function purge(): Promise<void> {
      await start(new RecordingBus(log))
      await waitFor(async () => (await rows()).length === 2, { what: 'the events of the child to go' })
    }

    it('of a tenant that was deleted afterwards', async () => {
      await age(101)
      await purge()
      expect(await oldest()).toBe(4)
      await remove()
      expect(await oldest()).toBe(4)
    })

    it('of a tenant that was deleted before', async () => {
      await age(200)
      await remove()
      expect(await oldest()).toBe(1)
      await purge()
      expect(await oldest()).toBe(4)
    })
  })

  it('a clock that is set back while the bus is away holds nothing up', async () => {
    const bus = new RecordingBus(log)
    bus.beforeConfirm = () => Promise.reject(new BusUnavailableError('away'))
    await start(bus)
    await say(1)
    await waitFor(() => bus.published.length >= 2, { what: 'two attempts' })
    const { now } = Date
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000)
    bus.beforeConfirm = async () => {}
    await waitFor(allPublished, { what: 'publication' }).finally(() => clock.mockRestore())
  })

  it('says once that the bus takes nothing, and once that it does again', async () => {
    const lines: string[] = []
    const spoken = createLogger('info', { write: (line) => void lines.push(line) })
    const bus = new RecordingBus(log)
    bus.beforeConfirm = () => Promise.reject(new BusUnavailableError('away'))
    await start(bus, signal, spoken)
    await say(1)
    await waitFor(() => bus.published.length >= 4, { what: 'four attempts' })
    bus.beforeConfirm = async () => {}
    await waitFor(allPublished, { what: 'publication' })
    expect(lines.filter((line) => line.includes('the bus takes'))).toHaveLength(2)
  })

  it('forgets published events after their retention and goes on with its cursors', async () => {
    const bus = new RecordingBus(log)
    await start(bus)
    await say(3)
    await waitFor(allPublished, { what: 'publication' })
    await running.pop()?.stop()
    await database.pool.query(`UPDATE event SET published_at = now() - interval '8 days'`)
    await start(bus)
    await waitFor(async () => (await rows()).length === 1, { what: 'the old events to go' })
    await say(1)
    await waitFor(allPublished, { what: 'publication' })
    expect((await rows()).at(-1)?.cursor).toBe(4)
  })
})
