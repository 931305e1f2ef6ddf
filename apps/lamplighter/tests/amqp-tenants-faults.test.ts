import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort, TcpProxy, waitFor } from '@lamplighter/testing'
import { type ChannelModel, connect, type GetMessage } from 'amqplib'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROKER_SECRET, startTenantBroker } from './amqp-support.js'
import { confdOf } from './confd-support.js'
import { type Tenant, TestInstallation } from './support.js'

/** What docs/operations.md recommends: long enough that a client comes back within it. */
const CACHE_MS = 2000
const CONSUMERS = '/api/confd/1.1/event-consumers'

type Credentials = { readonly username: string; readonly password: string }
type Created = Credentials & { readonly name: string; readonly queue: string; readonly ready: boolean }

/** What goes wrong with tenants on AMQP, and is right again without anybody's help. */
describe('a tenant on AMQP', () => {
  let broker: Awaited<ReturnType<typeof startTenantBroker>>
  let management: TcpProxy
  let installation: TestInstallation
  let tenant: Tenant
  let sequence = 0

  beforeAll(async () => {
    const port = await freePort()
    broker = await startTenantBroker(port, CACHE_MS)
    const managementUrl = new URL(broker.managementUrl)
    management = await TcpProxy.start(managementUrl)
    installation = await TestInstallation.start({
      AMQP_URL: broker.url,
      RABBITMQ_MANAGEMENT_URL: management.url(managementUrl),
      RABBITMQ_AUTH_CACHE_MS: String(CACHE_MS),
      LAMPLIGHTER_RABBIT_AUTH_SECRET: BROKER_SECRET,
      LAMPLIGHTER_HTTP_PORT: String(port),
    })
    tenant = await installation.tenant()
  }, 120_000)
  afterAll(async () => {
    await installation?.stop()
    await management?.stop()
    await broker?.stop()
  })

  function create(body: Record<string, unknown> = {}): Promise<Created> {
    const wanted = { name: `f${++sequence}`, events: ['voicemail_created'], ...body }
    return tenant.admin.call<Created>('POST', CONSUMERS, wanted)
  }

  function rotate({ name }: Created): Promise<Credentials> {
    return tenant.admin.call<Credentials>('POST', `${CONSUMERS}/${name}/credentials`)
  }

  /** A connection, and whether it was closed since. */
  async function logIn({
    username,
    password,
  }: Credentials): Promise<{ connection: ChannelModel; closed: () => boolean }> {
    const { host } = new URL(broker.url)
    const connection = await connect(`amqp://${encodeURIComponent(username)}:${password}@${host}`)
    let closed = false
    connection.on('error', () => {})
    connection.on('close', () => {
      closed = true
    })
    return { connection, closed: () => closed }
  }

  it('5.8.5: whoever comes back with the old password while the broker still believes it does not stay', async () => {
    const consumer = await create()
    const before = await logIn(consumer)
    const rotated = await rotate(consumer)
    await waitFor(() => before.closed(), { what: 'the closing of the first' })
    const back = await logIn(consumer)
    await waitFor(() => back.closed(), { what: 'the closing of who came back', timeoutMs: 15_000 })
    await expect(logIn(consumer)).rejects.toThrow(/403|ACCESS.REFUSED/i)
    const { connection } = await logIn({ ...consumer, ...rotated })
    await connection.close()
  })

  it('5.8.5: connections that could not be closed when the password was changed are closed later', async () => {
    const consumer = await create()
    const before = await logIn(consumer)
    management.refuse(true)
    management.cut()
    await rotate(consumer)
    expect(before.closed()).toBe(false)
    management.refuse(false)
    await waitFor(() => before.closed(), { what: 'the closing', timeoutMs: 15_000 })
  })

  it('5.8.5: who is connected as a deleted consumer is not there when another one has its name', async () => {
    const consumer = await create()
    const before = await logIn(consumer)
    management.refuse(true)
    management.cut()
    await tenant.admin.call('DELETE', `${CONSUMERS}/${consumer.name}`)
    management.refuse(false)
    expect(before.closed()).toBe(false)
    await create({ name: consumer.name })
    await waitFor(() => before.closed(), { what: 'the closing', timeoutMs: 1000 })
  })

  it('whoever has the most patterns and keys there can be holds up nobody, and is decided on once', async () => {
    const patterns = Array.from({ length: 990 }, (_none, n) => `events.#${n.toString(36).padStart(3, 'x')}#`)
    const person = await installation.accountWith(tenant.uuid, ['events.#', ...patterns])
    const keys = Array.from({ length: 20 }, (_none, n) => `${tenant.uuid}.all.events.config.voicemail.one.more${n}`)
    const heldUp = monitorEventLoopDelay({ resolution: 10 })
    heldUp.enable()
    expect((await create({ user_uuid: person.uuid, events: [], bindings: keys })).ready).toBe(true)
    // Somebody's rights change, so all consumers are looked at.
    const lookThrough = async () => {
      const { uuid } = await tenant.admin.call<{ uuid: string }>('POST', '/api/auth/0.1/policies', {
        name: `p${++sequence}`,
        acl: ['confd.voicemails.read'],
      })
      await tenant.admin.call('DELETE', `/api/auth/0.1/policies/${uuid}`)
      await delay(500)
    }
    await lookThrough()
    const before = process.cpuUsage()
    for (let n = 0; n < 5; n++) await lookThrough()
    const { user, system } = process.cpuUsage(before)
    heldUp.disable()
    expect((user + system) / 1e6).toBeLessThan(1)
    expect(heldUp.max / 1e6).toBeLessThan(400)
  })

  it('of a service ends with its tenant: the connection is closed and the queue gone, within seconds', async () => {
    const root = await installation.master()
    const { uuid } = await root.call<{ uuid: string }>('POST', '/api/auth/0.1/tenants', { name: 'gone' })
    const body = { name: 'crm', events: ['voicemail_created'] }
    const made = await confdOf(installation, root)('POST', '/event-consumers', body, { 'wazo-tenant': uuid })
    const consumer = made.json as Created
    const { closed } = await logIn(consumer)
    await root.call('DELETE', `/api/auth/0.1/tenants/${uuid}`)
    await waitFor(async () => closed() && !(await knows(consumer.queue)), { what: 'the end', timeoutMs: 5000 })
  })

  it('nothing that is no text of a key or a name makes the server fail', async () => {
    const confd = confdOf(installation, tenant.admin)
    const post = (body: Record<string, unknown>) => confd('POST', '/event-consumers', { name: 'odd', ...body })
    for (const odd of ['\u0000', '\ud800', 'a\u0000b', '\udfff.x']) {
      expect((await post({ bindings: [`${tenant.uuid}.all.events.${odd}`] })).status).toBe(400)
      expect((await post({ events: [odd] })).status).toBe(400)
    }
    for (const path of ['%00', '%ff', 'a%00b', 'x'.repeat(1000)]) {
      for (const method of ['GET', 'DELETE']) {
        expect([401, 404]).toContain((await confd(method, `/event-consumers/${path}`)).status)
      }
    }
    const form = { username: `f\u0000@${tenant.uuid}`, password: '\u0000' }
    const url = `${installation.url}/api/auth/0.1/rabbit/${BROKER_SECRET}/user`
    for (const body of [new URLSearchParams(form), '%', '&&==', 'username=%ff%00', 'username=a&username=b', '{}']) {
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
      expect([response.status, await response.text()]).toEqual([200, 'deny'])
    }
    expect((await fetch(url, { method: 'POST', body: 'x'.repeat(100_000) })).status).toBeGreaterThanOrEqual(400)
  })

  it('5.8.5: a binding that could not be written down goes with the rights all the same', async () => {
    const give = async (acl: string) => {
      const body = { name: `p${++sequence}`, acl: [acl] }
      const { uuid } = await tenant.admin.call<{ uuid: string }>('POST', '/api/auth/0.1/policies', body)
      await tenant.admin.call('PUT', `/api/auth/0.1/users/${person.uuid}/policies/${uuid}`)
      return uuid
    }
    const take = (uuid: string) => tenant.admin.call('DELETE', `/api/auth/0.1/users/${person.uuid}/policies/${uuid}`)
    const person = await installation.account(tenant.uuid, [])
    await give('events.config.mwi_device.created')
    const first = await give('events.config.voicemail.created')
    const bindings = ['mwi_device', 'voicemail'].map((what) => `${tenant.uuid}.all.events.config.${what}.created`)
    const consumer = await create({ user_uuid: person.uuid, events: [], bindings })
    const bound = () => bindingsOf(consumer.queue)
    await take(first)
    await waitFor(async () => (await bound()).length === 1, { what: 'the loss' })

    const database = new pg.Client({ connectionString: installation.databaseUrl })
    await database.connect()
    await database.query(`
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'as if the process had died'; END $$;
      CREATE TRIGGER fail BEFORE UPDATE OF applied ON event_consumer FOR EACH ROW
      WHEN (NEW.applied::text LIKE '%voicemail.created%' AND NEW.applied::text NOT LIKE '%pending%')
      EXECUTE FUNCTION fail()`)
    const again = await give('events.config.voicemail.created')
    await waitFor(async () => (await bound()).length === 2, { what: 'the binding that is not written down' })
    await take(again)
    await waitFor(async () => (await bound()).length === 1, { what: 'the loss of it', timeoutMs: 5000 })
    await database.query('DROP FUNCTION fail CASCADE')
    await database.end()
  })

  /** The keys and headers a queue is bound with, beside its own name on the default exchange. */
  async function bindingsOf(queue: string): Promise<readonly unknown[]> {
    const { origin, username, password } = new URL(broker.managementUrl)
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    const response = await fetch(`${origin}/api/queues/%2F/${queue}/bindings`, { headers: { authorization } })
    const bindings = (await response.json()) as { source: string }[]
    return bindings.filter(({ source }) => source !== '')
  }

  it('has its queues again after the broker lost them, with the same password', async () => {
    const consumer = await create({ bindings: [`${tenant.uuid}.all.events.config.voicemail.created`] })
    const kept = await create()
    const before = await connect(broker.url)
    before.on('error', () => {})
    await (await before.createChannel()).deleteQueue(consumer.queue)
    await broker.pause()
    await broker.resume()
    await waitFor(async () => (await knows(consumer.queue)) && knows(kept.queue), { what: 'the queues' })
    await installation.mailbox(tenant)
    const { connection } = await logIn(consumer)
    const channel = await connection.createChannel()
    const got = await waitFor(() => channel.get(consumer.queue), { what: 'an event' })
    expect((got as GetMessage).properties.type).toBe('voicemail_created')
    await connection.close()
  }, 60_000)

  /** Whether the broker has a queue. */
  async function knows(queue: string): Promise<boolean> {
    const connection = await connect(broker.url)
    const channel = await connection.createChannel()
    channel.on('error', () => {})
    const known = await channel.checkQueue(queue).then(
      () => true,
      () => false,
    )
    await connection.close()
    return known
  }
})
