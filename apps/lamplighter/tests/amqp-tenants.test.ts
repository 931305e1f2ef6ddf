import { freePort, takeTestVhost, waitFor } from '@lamplighter/testing'
import { type Channel, type ChannelModel, connect, type GetMessage } from 'amqplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attempt, BROKER_SECRET, startTenantBroker } from './amqp-support.js'
import { confdOf } from './confd-support.js'
import { type Person, request, type Tenant, TestInstallation, wav } from './support.js'

/** Long enough that a test sees it, short enough to wait for. */
const CACHE_MS = 500

/** A consumer as its creation answers it. */
type Created = { name: string; username: string; password: string; queue: string; ready: boolean }

let broker: Awaited<ReturnType<typeof startTenantBroker>>
let installation: TestInstallation
let tenant: Tenant
let other: Tenant
let othersConsumer: Created
let sequence = 0

beforeAll(async () => {
  const port = await freePort()
  broker = await startTenantBroker(port, CACHE_MS)
  installation = await TestInstallation.start({
    AMQP_URL: broker.url,
    RABBITMQ_MANAGEMENT_URL: broker.managementUrl,
    LAMPLIGHTER_RABBIT_AUTH_SECRET: BROKER_SECRET,
    LAMPLIGHTER_HTTP_PORT: String(port),
  })
  tenant = await installation.tenant()
  other = await installation.tenant()
  othersConsumer = await create(other, { bindings: [`${other.uuid}.*.events.*.#`] })
}, 120_000)

afterAll(async () => {
  await installation?.stop()
  await broker?.stop()
})

async function create(owner: Tenant, body: Record<string, unknown>): Promise<Created> {
  const name = `c${++sequence}`
  return owner.admin.call<Created>('POST', '/api/confd/1.1/event-consumers', { name, ...body })
}

function logIn({ username, password }: { username: string; password: string }): Promise<ChannelModel> {
  const { host } = new URL(broker.url)
  return connect(`amqp://${encodeURIComponent(username)}:${password}@${host}`)
}

/** A connection of a consumer, and why it was closed once it is. */
async function open(consumer: Created): Promise<{ connection: ChannelModel; closed: Promise<string> }> {
  const connection = await logIn(consumer)
  const closed = new Promise<string>((resolve) =>
    connection.on('close', (error?: Error) => resolve(error?.message ?? '')),
  )
  connection.on('error', () => {})
  return { connection, closed }
}

/** Collects what a consumer's queue delivers, as event names with their headers. */
async function listen(consumer: Created) {
  const { connection, closed } = await open(consumer)
  const channel = await connection.createChannel()
  const events: { name: string; headers: Record<string, unknown>; data: Record<string, unknown> }[] = []
  let cancelled = false
  channel.on('error', () => {})
  await channel.prefetch(10)
  await channel.consume(consumer.queue, (message) => {
    if (!message) {
      cancelled = true
      return
    }
    channel.ack(message)
    const { name, data } = JSON.parse(message.content.toString()) as { name: string; data: Record<string, unknown> }
    events.push({ name, headers: message.properties.headers ?? {}, data })
  })
  return { events, closed, isCancelled: () => cancelled, stop: () => connection.close().catch(() => {}) }
}

type Letter = { id: number; queue: string; reason: string; name: string }

async function master(method: string, path: string) {
  return confdOf(installation, await installation.master())(method, path)
}

async function lettersOf(queue: string): Promise<Letter[]> {
  const { items } = (await master('GET', '/dead-letters?limit=1000')).json as { items: Letter[] }
  return items.filter((letter) => letter.queue === queue)
}

/** The consumer rejects the first message it has; the letter that comes of it. */
async function reject(consumer: Created): Promise<Letter> {
  const { connection } = await open(consumer)
  const channel = await connection.createChannel()
  channel.reject(await waitForMessage(channel, consumer.queue), false)
  const letter = await waitFor(async () => (await lettersOf(consumer.queue))[0], { what: 'the dead letter' })
  await connection.close()
  return letter
}

/** Something happens in a tenant: a mailbox of the person, which says tenant and user events. */
async function makeNoise(where: Tenant, person?: Person): Promise<void> {
  await installation.mailbox(where, {}, person ? [person] : [])
}

describe('a tenant on AMQP', () => {
  it('5.8.6: gets from its queue exactly its events, each once', async () => {
    const consumer = await create(tenant, { bindings: [`${tenant.uuid}.all.events.config.voicemail.*`] })
    expect(consumer.ready).toBe(true)
    const listener = await listen(consumer)
    await makeNoise(other)
    await makeNoise(tenant)
    await waitFor(() => listener.events.length > 0, { what: 'the event' })
    await makeNoise(other)
    await makeNoise(tenant)
    await waitFor(() => listener.events.length > 1, { what: 'the second event' })
    expect(listener.events.map(({ name }) => name)).toEqual(['voicemail_created', 'voicemail_created'])
    for (const { headers } of listener.events) expect(headers).toMatchObject({ tenant_uuid: tenant.uuid })
    await listener.stop()
  })

  it('takes events by name; a user gets its own, not another user’s', async () => {
    const [me, you] = [await installation.account(tenant.uuid), await installation.account(tenant.uuid)]
    const events = ['user_voicemail_associated']
    const mine = await listen(await create(tenant, { user_uuid: me.uuid, events }))
    const all = await listen(await create(tenant, { events }))
    await makeNoise(tenant, you)
    await makeNoise(tenant, me)
    await waitFor(() => mine.events.length > 0 && all.events.length > 1, { what: 'the events' })
    expect(mine.events.map(({ data }) => data['user_uuid'])).toEqual([me.uuid])
    expect(all.events.map(({ data }) => data['user_uuid'])).toEqual([you.uuid, me.uuid])
    await mine.stop()
    await all.stop()
  })

  it('5.4: its queue is a bounded quorum queue that drops the oldest', async () => {
    const consumer = await create(tenant, { events: ['voicemail_created'], max_length: 2 })
    for (let made = 0; made < 4; made++) await makeNoise(tenant)
    const { connection } = await open(consumer)
    const channel = await connection.createChannel()
    await waitFor(async () => (await channel.checkQueue(consumer.queue)).messageCount === 2, { what: 'two messages' })
    await connection.close()
  })
})

describe('Show 4: a tenant’s credentials', () => {
  it('open no connection with a wrong password, name or virtual host', async () => {
    const consumer = await create(tenant, { events: ['voicemail_created'] })
    await expect(logIn({ ...consumer, password: 'wrong' })).rejects.toThrow(/403|ACCESS.REFUSED/i)
    await expect(logIn({ ...consumer, username: othersConsumer.username })).rejects.toThrow(/403|ACCESS.REFUSED/i)
    await expect(logIn({ ...consumer, username: `nobody@${tenant.uuid}` })).rejects.toThrow(/403|ACCESS.REFUSED/i)
    const { host } = new URL(broker.url)
    const elsewhere = `amqp://${encodeURIComponent(consumer.username)}:${consumer.password}@${host}/another`
    await expect(connect(elsewhere)).rejects.toThrow()
  })

  it('are refused everything but to read their own queue', async () => {
    const consumer = await create(tenant, { events: ['voicemail_created'] })
    const sibling = await create(tenant, { events: ['voicemail_created'] })
    const { connection } = await open(consumer)
    const key = `${tenant.uuid}.all.events.#`
    const attempts: Readonly<Record<string, (channel: Channel) => Promise<unknown>>> = {
      'consume another tenant’s queue': (channel) => channel.consume(othersConsumer.queue, () => {}),
      'get from another tenant’s queue': (channel) => channel.get(othersConsumer.queue),
      'purge another tenant’s queue': (channel) => channel.purgeQueue(othersConsumer.queue),
      'consume another queue of its tenant': (channel) => channel.consume(sibling.queue, () => {}),
      'consume the platform’s dead letters': (channel) => channel.consume('lamplighter.dead', () => {}),
      'consume the tenants’ dead letters': (channel) => channel.consume('ev.dead', () => {}),
      'declare a queue': (channel) => channel.assertQueue('mine'),
      'declare an exclusive queue': (channel) => channel.assertQueue('', { exclusive: true }),
      'declare a queue of its own kind of name': (channel) => channel.assertQueue(`ev.${tenant.uuid}.more`),
      'declare its queue anew with dead letters to events': (channel) =>
        channel.assertQueue(consumer.queue, { deadLetterExchange: 'vm.events', deadLetterRoutingKey: key }),
      'declare a queue that dead-letters to events': (channel) =>
        channel.assertQueue('trick', { deadLetterExchange: 'wazo-headers', messageTtl: 1 }),
      'declare an exchange': (channel) => channel.assertExchange('mine', 'topic'),
      'declare wazo-headers as everybody does': (channel) => channel.assertExchange('wazo-headers', 'headers'),
      'delete wazo-headers': (channel) => channel.deleteExchange('wazo-headers'),
      'delete its own queue': (channel) => channel.deleteQueue(consumer.queue),
      'bind its queue to wazo-headers': (channel) =>
        channel.bindQueue(consumer.queue, 'wazo-headers', '', { tenant_uuid: other.uuid }),
      'bind its queue to vm.events, even to what it may have': (channel) =>
        channel.bindQueue(consumer.queue, 'vm.events', key),
      'bind its queue to everything': (channel) => channel.bindQueue(consumer.queue, 'vm.events', '#'),
      'unbind its queue': (channel) => channel.unbindQueue(consumer.queue, 'wazo-headers', ''),
      'bind exchanges': (channel) => channel.bindExchange('amq.topic', 'vm.events', '#'),
      'consume from an exchange of the broker': (channel) =>
        channel.bindQueue(consumer.queue, 'amq.rabbitmq.trace', '#'),
      'publish on wazo-headers': (channel) => published(channel, 'wazo-headers', ''),
      'publish on vm.events': (channel) => published(channel, 'vm.events', key),
      'publish to another tenant’s queue': (channel) => published(channel, '', othersConsumer.queue),
      'publish to its own queue': (channel) => published(channel, '', consumer.queue),
      'publish on the dead letters’ exchange': (channel) => published(channel, 'vm.dead', ''),
    }
    const outcomes: Record<string, boolean> = {}
    for (const [what, work] of Object.entries(attempts)) {
      outcomes[what] = /403|ACCESS.REFUSED/i.test(await attempt(connection, work))
    }
    expect(outcomes).toEqual(Object.fromEntries(Object.keys(attempts).map((what) => [what, true])))
    expect(await attempt(connection, (channel) => channel.get(consumer.queue))).toBe('done')
    // The one thing RabbitMQ asks nobody about: that a queue is there, and how long it is (docs/operations.md).
    expect(await attempt(connection, (channel) => channel.checkQueue(othersConsumer.queue))).toBe('done')
    await connection.close()
  })

  it('cannot make a message of theirs be what others get: what they reject is parked with the platform', async () => {
    const consumer = await create(tenant, { events: ['voicemail_created'] })
    const bystander = await listen(await create(tenant, { events: ['voicemail_created'] }))
    await makeNoise(tenant)
    const letter = await reject(consumer)
    expect(letter).toMatchObject({ queue: consumer.queue, reason: 'rejected', name: 'voicemail_created' })
    await waitFor(() => bystander.events.length === 1, { what: 'what the other consumer gets' })
    expect((await master('POST', `/dead-letters/${letter.id}/redrive`)).status).toBe(204)
    const again = await listen(consumer)
    await waitFor(() => again.events.length === 1, { what: 'the message again' })
    expect(again.events).toEqual(bystander.events)
    expect(await lettersOf(consumer.queue)).toEqual([])
    await Promise.all([again.stop(), bystander.stop()])
  })

  it('5.3: what their limits took is no dead letter: the log has it', async () => {
    const consumer = await create(tenant, { events: ['voicemail_created'], max_length: 1 })
    for (let n = 0; n < 3; n++) await makeNoise(tenant)
    // Letters keep their order: when this one came, those before it had come.
    const later = await create(tenant, { events: ['voicemail_created'] })
    await makeNoise(tenant)
    await reject(later)
    expect(await lettersOf(consumer.queue)).toEqual([])
  })

  it('get nothing from the dead letters of an earlier consumer of the same name', async () => {
    const name = `again${Date.now()}`
    const consumer = await create(tenant, { name, events: ['voicemail_created'] })
    await makeNoise(tenant)
    await reject(consumer)
    await tenant.admin.call('DELETE', `/api/confd/1.1/event-consumers/${name}`)
    await waitFor(async () => (await lettersOf(consumer.queue)).length === 0, { what: 'the letters to be forgotten' })
  })
})

describe('rights on AMQP', () => {
  const global = 'events.config.voicemail.#'
  const key = () => `${tenant.uuid}.all.events.config.voicemail.created`

  it('5.8.5: removed, nothing more arrives, and the connection is closed', async () => {
    const person = await installation.accountWith(tenant.uuid, [global])
    const consumer = await create(tenant, { user_uuid: person.uuid, bindings: [key()] })
    const listener = await listen(consumer)
    await makeNoise(tenant)
    await waitFor(() => listener.events.length === 1, { what: 'the event' })
    await tenant.admin.call('PUT', `/api/auth/0.1/users/${person.uuid}`, { ...person, firstname: 'x', enabled: false })
    expect(await listener.closed).toMatch(/rights were removed/)
    await makeNoise(tenant)
    const platform = await connect(broker.url)
    expect(await attempt(platform, (channel) => channel.checkQueue(consumer.queue))).toMatch(/404|NOT.FOUND/i)
    await platform.close()
    await new Promise((resolve) => setTimeout(resolve, CACHE_MS + 100))
    await expect(logIn(consumer)).rejects.toThrow(/403|ACCESS.REFUSED/i)
    expect(listener.events).toHaveLength(1)
  })

  it('of a user who is deleted end with the user: the queue is gone', async () => {
    const person = await installation.accountWith(tenant.uuid, [global])
    const consumer = await create(tenant, { user_uuid: person.uuid, bindings: [key()] })
    const listener = await listen(consumer)
    await tenant.admin.call('DELETE', `/api/auth/0.1/users/${person.uuid}`)
    await listener.closed
    const platform = await connect(broker.url)
    expect(await attempt(platform, (channel) => channel.checkQueue(consumer.queue))).toMatch(/404|NOT.FOUND/i)
    await platform.close()
  })

  it('taken in part, a consumer keeps the rest', async () => {
    const person = await installation.account(tenant.uuid, [])
    const give = async (acl: string[]) => {
      const { uuid } = await tenant.admin.call<{ uuid: string }>('POST', '/api/auth/0.1/policies', {
        name: `p${++sequence}`,
        acl,
      })
      await tenant.admin.call('PUT', `/api/auth/0.1/users/${person.uuid}/policies/${uuid}`)
      return uuid
    }
    await give(['events.config.mwi_device.created'])
    const lost = await give([global])
    const bindings = [key(), `${tenant.uuid}.all.events.config.mwi_device.created`]
    const consumer = await create(tenant, { user_uuid: person.uuid, bindings })
    const first = await listen(consumer)
    await tenant.admin.call('DELETE', `/api/auth/0.1/users/${person.uuid}/policies/${lost}`)
    await first.closed
    const again = await listen(consumer)
    await makeNoise(tenant)
    await installation.device(tenant)
    await waitFor(() => again.events.length > 0, { what: 'the event that is left' })
    expect(again.events.map(({ name }) => name)).toEqual(['mwi_device_created'])
    await again.stop()
  })

  it('a deleted consumer’s connection is closed, its queue is gone, its name can be used again', async () => {
    const consumer = await create(tenant, { events: ['voicemail_created'] })
    const listener = await listen(consumer)
    await makeNoise(tenant)
    await waitFor(() => listener.events.length === 1, { what: 'the event' })
    await tenant.admin.call('DELETE', `/api/confd/1.1/event-consumers/${consumer.name}`)
    await listener.closed
    const again = await create(tenant, { name: consumer.name, events: ['voicemail_created'], max_length: 5 })
    expect(again).toMatchObject({ queue: consumer.queue, ready: true })
    expect(again.password).not.toBe(consumer.password)
    const { connection } = await open(again)
    await connection.close()
  })

  it('rotated credentials: the old password is closed and refused, the new one opens', async () => {
    const consumer = await create(tenant, { events: ['voicemail_created'] })
    const listener = await listen(consumer)
    const rotated = await tenant.admin.call<{ username: string; password: string }>(
      'POST',
      `/api/confd/1.1/event-consumers/${consumer.name}/credentials`,
    )
    expect(await listener.closed).toMatch(/credentials were changed/)
    await new Promise((resolve) => setTimeout(resolve, CACHE_MS + 100))
    await expect(logIn(consumer)).rejects.toThrow(/403|ACCESS.REFUSED/i)
    const { connection } = await open({ ...consumer, ...rotated })
    await connection.close()
  })
})

describe('what a security team subscribes to', () => {
  const AUTH = '/api/auth/0.1'
  const call = (method: string, path: string, body?: unknown) => tenant.admin.call(method, path, body)
  const guess = (username: string) =>
    request(`${installation.url}${AUTH}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${username}:wrong`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: '{}',
    })

  it('one consumer hears what the audit log notes of logins, sessions, rights, PINs and exports, and nothing of others', async () => {
    const consumer = await create(tenant, { bindings: [`${tenant.uuid}.all.events.auth.security.noticed`] })
    const listener = await listen(consumer)
    const person = await installation.account(tenant.uuid)
    const policy = { name: 'p', acl: ['confd.voicemails.read', 'confd.voicemails.*.read'] }
    const { uuid: policyUuid } = await tenant.admin.call<{ uuid: string }>('POST', `${AUTH}/policies`, policy)
    const { id } = await installation.mailbox(tenant, { password: '830472' })
    const { items } = await tenant.admin.call<{ items: { uuid: string }[] }>(
      'GET',
      `${AUTH}/users/${person.uuid}/sessions`,
    )

    for (let n = 0; n < 12; n++) await guess(person.username)
    await call('DELETE', `${AUTH}/users/${person.uuid}/sessions/${items[0]?.uuid}`)
    await call('PUT', `${AUTH}/users/${person.uuid}/policies/${policyUuid}`)
    await call('PUT', `${AUTH}/policies/${policyUuid}`, { name: 'p', acl: policy.acl.slice(1) })
    await call('DELETE', `${AUTH}/users/${person.uuid}/policies/${policyUuid}`)
    await call('PUT', `${AUTH}/users/${person.uuid}/password`, { new_password: 'another password' })
    await call('PUT', `${AUTH}/users/${person.uuid}`, { enabled: false })
    for (let n = 0; n < 5; n++)
      await call('POST', `/api/confd/1.1/voicemails/${id}/pin/verify`, { pin: `83047${n + 3}9` })
    await call('GET', `/api/calld/1.0/voicemails/${id}/export`).catch(() => {})
    const refused = { name: 'too-much', user_uuid: person.uuid, bindings: [`${tenant.uuid}.all.events.config.#`] }
    await installation
      .account(other.uuid)
      .then(({ username }) => Promise.all(Array.from({ length: 11 }, () => guess(username))))
    await call('PUT', `${AUTH}/users/${person.uuid}`, { enabled: true })
    await expect(call('POST', '/api/confd/1.1/event-consumers', refused)).rejects.toThrow('403')

    await waitFor(() => listener.events.some(({ data }) => data['action'] === 'event_consumer.refused'), {
      what: 'the refusal',
    })
    await listener.stop()
    expect(listener.events.map(({ data }) => [data['action'], data['voicemail_id'], data['details']])).toEqual([
      ['login.throttled', null, { user_uuid: person.uuid }],
      ['session.revoked', null, { user_uuid: person.uuid, session_uuid: items[0]?.uuid }],
      ['rights.removed', null, { policy_uuid: policyUuid }],
      ['rights.removed', null, { policy_uuid: policyUuid, user_uuid: person.uuid }],
      ['password.replaced', null, { user_uuid: person.uuid }],
      ['rights.removed', null, { user_uuid: person.uuid }],
      ['pin.locked', id, expect.objectContaining({ locked: 'mailbox' })],
      ['mailbox.exported', id, { messages: 0 }],
      ['event_consumer.refused', null, expect.objectContaining({ consumer: 'too-much', reason: 'access' })],
    ])
    const logged = await tenant.admin.call<{ items: { action: string }[] }>('GET', '/api/calld/1.0/audit')
    const said = listener.events.map(({ data }) => data['action'])
    const noted = logged.items.map(({ action }) => action).filter((action) => said.includes(action))
    expect(noted.slice(0, said.length).reverse()).toEqual(said)
  })

  it('an ordinary user does not hear it, and may have no consumer for it', async () => {
    const { uuid } = await installation.account(tenant.uuid)
    const wanted = { user_uuid: uuid, events: ['auth_security_noticed'] }
    await expect(create(tenant, wanted)).rejects.toThrow('403')
  })

  it('guesses at a name nobody has are told to the master tenant, without the name', async () => {
    const master = await installation.master()
    for (let n = 0; n < 10; n++) await guess('nobody-has-this-name')
    const { items } = await master.call<{ items: Record<string, unknown>[] }>(
      'GET',
      '/api/calld/1.0/audit?action=login.throttled',
    )
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ details: { user_uuid: null }, remote_addr: '127.0.0.1' })
    expect(JSON.stringify(items)).not.toContain('nobody')
  })
})

describe('consumers over REST', () => {
  it('bus.md 6.3 no. 26: nobody gets more by a consumer than they and its user may have, 403 with the excess', async () => {
    const confd = confdOf(installation, tenant.admin)
    const refused = async (body: Record<string, unknown>, call = confd) => {
      const { status, headers, text } = await call('POST', '/event-consumers', { name: `r${++sequence}`, ...body })
      return { status, code: headers.get('x-error-codes'), text }
    }
    const no = { status: 403, code: 'event-binding-refused' }
    expect(await refused({ bindings: [`${other.uuid}.all.events.*.#`] })).toMatchObject(no)
    expect(await refused({ bindings: [`${tenant.uuid}.all.#`] })).toMatchObject(no)
    const { text } = await refused({ bindings: [`${tenant.uuid}.all.events.#`] })
    expect(text).toContain(`'access': \\"events\\"`)
    const person = await installation.accountWith(tenant.uuid, ['events.users.me.#', 'confd.event-consumers.#'])
    expect(await refused({ user_uuid: person.uuid, bindings: [`${tenant.uuid}.*.events.users.#`] })).toMatchObject(no)
    const own = confdOf(installation, person.api)
    const victim = await installation.account(tenant.uuid)
    const events = ['user_voicemail_message_created']
    expect(await refused({ user_uuid: victim.uuid, events }, own)).toMatchObject(no)
    expect(await refused({ events }, own)).toMatchObject(no)
    expect((await refused({ user_uuid: person.uuid, events }, own)).status).toBe(201)
    // Nor by taking over one that is there.
    const service = await create(tenant, { events })
    const taken = await own('POST', `/event-consumers/${service.name}/credentials`)
    expect([taken.status, taken.headers.get('x-error-codes')]).toEqual([403, 'event-binding-refused'])
    const { connection } = await open(service)
    await connection.close()
  })

  it('are the tenant’s own: another tenant’s are 404; unknown events, keys, users and names are 400', async () => {
    const confd = confdOf(installation, tenant.admin)
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/credentials'],
    ] as const) {
      expect((await confd(method, `/event-consumers/${othersConsumer.name}-x${path}`)).status).toBe(404)
      const mine = await create(tenant, { events: ['voicemail_created'] })
      const foreign = confdOf(installation, other.admin)
      expect((await foreign(method, `/event-consumers/${mine.name}${path}`)).status).toBe(404)
    }
    const events = ['voicemail_created']
    for (const body of [
      { name: 'ok' },
      { name: 'Not.ok', events },
      { name: 'ok', events: ['no_such_event'] },
      { name: 'ok', events: ['voicemail_general_edited'] },
      { name: 'ok', bindings: [`${tenant.uuid}.all.a*`] },
      { name: 'ok', events, user_uuid: other.uuid },
      { name: 'ok', events, expires_s: 10_000_000 },
    ]) {
      expect((await confd('POST', '/event-consumers', body)).status).toBe(400)
    }
  })

  it('bus.md 6.3, 32: the text of personal messages is in no queue of an ordinary user, by name or by key', async () => {
    const person = await installation.accountWith(tenant.uuid, ['events.#'])
    const transcribed = 'call_logd_voicemail_transcription_created'
    await expect(create(tenant, { user_uuid: person.uuid, events: [transcribed] })).rejects.toThrow('403')
    const [users, admins] = await Promise.all([
      create(tenant, {
        user_uuid: person.uuid,
        bindings: ['call_logd.*.created', 'config.voicemail.created'].map(
          (access) => `${tenant.uuid}.all.events.${access}`,
        ),
      }),
      create(tenant, { events: [transcribed] }),
    ])
    const [mine, all] = [await listen(users), await listen(admins)]
    const { id } = await installation.mailbox(tenant)
    const message = await tenant.admin.deposit<{ id: string }>(id, wav(100), {})
    const path = `/api/calld/1.0/voicemails/${id}/messages/${message.id}/transcription`
    await tenant.admin.call('PUT', path, { text: 'a secret' })
    await waitFor(() => all.events.length === 1, { what: 'the transcription' })
    await makeNoise(tenant)
    await waitFor(() => mine.events.length >= 2, { what: 'what came later' })
    expect(mine.events.map(({ name }) => name)).toEqual(['voicemail_created', 'voicemail_created'])
    await Promise.all([mine.stop(), all.stop()])
  })

  it('bus.md 6.2, 22: service events are in no queue of a tenant, asked for by name or by any key, the master’s neither', async () => {
    const root = await installation.master()
    const wanted = { name: 'services', events: ['voicemail_general_edited'] }
    await expect(root.call('POST', '/api/confd/1.1/event-consumers', wanted)).rejects.toThrow('400')
    const masterTenant = installation.lamplighter.setUp.installation.masterTenant
    const everything = { name: 'everything', bindings: [`${masterTenant}.*.events.*.#`] }
    const consumer = await root.call<Created>('POST', '/api/confd/1.1/event-consumers', everything)
    const listener = await listen(consumer)
    await root.call('PUT', '/api/confd/1.1/asterisk/voicemail/general', { options: { tz: 'eu' } })
    await root.call('POST', '/api/confd/1.1/contexts', { label: 'master' })
    await root.call('PUT', '/api/confd/1.1/voicemails/settings', { trash_days: 9 })
    await waitFor(() => listener.events.length > 0, { what: 'an event of the tenant itself' })
    expect(listener.events.map(({ name }) => name)).toEqual(['voicemail_settings_edited'])
    await listener.stop()
  })

  it('a repeated creation happens once and does not tell the password again; the list shows no password', async () => {
    const confd = confdOf(installation, tenant.admin)
    const body = { name: `i${++sequence}`, events: ['voicemail_created'] }
    const headers = { 'idempotency-key': body.name }
    const first = await confd('POST', '/event-consumers', body, headers)
    const second = await confd('POST', '/event-consumers', body, headers)
    expect([first.status, second.status]).toEqual([201, 201])
    const { password, ...shown } = first.json as Created
    expect(password).toHaveLength(43)
    expect(second.json).toEqual(shown)
    expect((await confd('POST', '/event-consumers', body)).status).toBe(400)
    const list = await confd('GET', '/event-consumers')
    expect(list.text).not.toContain('password')
    expect((list.json as { items: { name: string }[] }).items.map(({ name }) => name)).toContain(body.name)
  })
})

describe('what the broker asks', () => {
  it('is answered to the broker only: without its secret there is no such path', async () => {
    const form = {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'username=x',
    }
    const base = `${installation.url}/api/auth/0.1/rabbit`
    expect((await request(`${base}/user`, form)).status).toBe(404)
    expect((await request(`${base}/${BROKER_SECRET}x/user`, form)).status).toBe(404)
    expect(await request(`${base}/${BROKER_SECRET}/user`, form)).toMatchObject({ status: 200, text: 'deny' })
    expect(await request(`${base}/${BROKER_SECRET}/topic`, { ...form, body: '' })).toMatchObject({
      status: 200,
      text: 'deny',
    })
  })
})

describe('an installation', () => {
  const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'username=x' }

  it('without a secret answers the broker of this machine, and nobody a proxy speaks for', async () => {
    const local = await TestInstallation.start({ AMQP_URL: (await takeTestVhost()).url })
    const url = `${local.url}/api/auth/0.1/rabbit/user`
    expect(await request(url, form)).toMatchObject({ status: 200, text: 'deny' })
    const headers = { ...form.headers, 'x-forwarded-for': '203.0.113.9' }
    expect((await request(url, { ...form, headers })).status).toBe(404)
    await local.stop()
  })

  it('without a management API takes the queue away all the same, which ends what was consuming', async () => {
    const { url } = await takeTestVhost()
    const plain = await TestInstallation.start({ AMQP_URL: url })
    const its = await plain.tenant()
    const body = { name: 'crm', events: ['voicemail_created'] }
    const { queue } = await its.admin.call<Created>('POST', '/api/confd/1.1/event-consumers', body)
    const platform = await connect(url)
    const channel = await platform.createChannel()
    const cancelled = new Promise(
      (resolve) => void channel.consume(queue, (message) => message ?? resolve('cancelled')),
    )
    await its.admin.call('DELETE', '/api/confd/1.1/event-consumers/crm')
    expect(await cancelled).toBe('cancelled')
    expect(await attempt(platform, (other) => other.checkQueue(queue))).toMatch(/404|NOT.FOUND/i)
    await platform.close()
    await plain.stop()
  })

  it('without a broker has no consumers, and no backend for one', async () => {
    const alone = await TestInstallation.start()
    const its = await alone.tenant()
    const confd = confdOf(alone, its.admin)
    const { status, headers } = await confd('POST', '/event-consumers', { name: 'crm', events: ['voicemail_created'] })
    expect([status, headers.get('x-error-codes')]).toEqual([400, 'no-broker'])
    expect((await request(`${alone.url}/api/auth/0.1/rabbit/user`, form)).status).toBe(404)
    await alone.stop()
  })
})

async function published(channel: Channel, exchange: string, key: string): Promise<unknown> {
  channel.publish(exchange, key, Buffer.from('{}'))
  // The broker answers what comes behind a refused publication with the closing of the channel.
  return channel.checkExchange('amq.direct')
}

async function waitForMessage(channel: Channel, queue: string): Promise<GetMessage> {
  return (await waitFor(() => channel.get(queue), { what: `a message in ${queue}` })) as GetMessage
}
