import { randomUUID } from 'node:crypto'
import { Baresip, reasonWithout, runSipp, takeTestVhost, waitFor } from '@lamplighter/testing'
import { connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EventListener } from '../src/event-listener.js'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

type BusEvent = { headers: Record<string, unknown>; body: { name: string; data: Record<string, unknown> } }

const withoutBaresip = await reasonWithout('baresip')
const withoutSipp = await reasonWithout('sipp')
const skipNote = (reason: string | undefined) => (reason ? ` [skipped: ${reason}]` : '')

/** PostgreSQL, RabbitMQ and the phones are separate processes; everything between them is the product. */
describe('a voicemail and real phones, through PostgreSQL and RabbitMQ', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let other: Tenant
  let anna: Person
  let bruno: Person
  let annas: Voicemail
  let shared: Voicemail
  let amqpUrl: string

  beforeAll(async () => {
    amqpUrl = (await takeTestVhost()).url
    installation = await TestInstallation.start({ AMQP_URL: amqpUrl })
    tenant = await installation.tenant()
    other = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    bruno = await installation.account(tenant.uuid)
    annas = await installation.mailbox(tenant, {}, [anna])
    await installation.mailbox(tenant, {}, [bruno])
    shared = await installation.mailbox(tenant, { accesstype: 'global' })
  })
  afterAll(() => installation.stop())

  const server = () => `127.0.0.1:${installation.sipPort}`

  async function phoneOf(owner: Tenant, user: Person): Promise<Baresip> {
    const device = await installation.device(owner, { user_uuid: user.uuid })
    const phone = await Baresip.start({ server: server(), ...device })
    await phone.lampAfter(0, () => true, 'its first NOTIFY')
    return phone
  }

  /** Everything on wazo-headers, as a consumer that knows nothing of us would bind. */
  async function tap(): Promise<{ events: BusEvent[]; close: () => Promise<void> }> {
    const connection = await connect(amqpUrl)
    const channel = await connection.createChannel()
    await channel.assertExchange('wazo-headers', 'headers', { durable: true })
    const { queue } = await channel.assertQueue('', { exclusive: true })
    await channel.bindQueue(queue, 'wazo-headers', '', {
      origin_uuid: installation.lamplighter.originUuid,
      'x-match': 'all',
    })
    const events: BusEvent[] = []
    await channel.consume(
      queue,
      (message) => {
        if (message)
          events.push({ headers: message.properties.headers ?? {}, body: JSON.parse(message.content.toString()) })
      },
      { noAck: true },
    )
    return { events, close: () => connection.close() }
  }

  it.skipIf(withoutBaresip)(
    `baresip: a personal message lights its user's phone only, a shared one every phone of the tenant${skipNote(withoutBaresip)}`,
    async () => {
      const carla = await installation.account(other.uuid)
      const phones = await Promise.all([phoneOf(tenant, anna), phoneOf(tenant, bruno), phoneOf(other, carla)])
      const [annasPhone, brunosPhone, strangersPhone] = phones
      if (!annasPhone || !brunosPhone || !strangersPhone) throw new Error('a phone is missing')
      const bus = await tap()
      const heard: { name: string; data: Record<string, unknown> }[] = []
      const listener = await EventListener.open(installation.websocketUrl, anna.api.token, (event) => heard.push(event))
      const seen = () => phones.map(({ lamps }) => lamps.length)

      let from = seen()
      const personal = await tenant.admin.deposit<{ id: string }>(annas.id, wav(), { caller_id_num: '+15550100' })
      await annasPhone.lampAfter(
        from[0] ?? 0,
        ({ lit, new: unread }) => lit && unread === 1,
        'the personal message lights it',
      )

      from = seen()
      const global = await tenant.admin.deposit<{ id: string }>(shared.id, wav(), {})
      await annasPhone.lampAfter(from[0] ?? 0, ({ new: unread }) => unread === 2, 'the shared message adds to it')
      await brunosPhone.lampAfter(
        from[1] ?? 0,
        ({ lit, new: unread }) => lit && unread === 1,
        'the shared message lights it',
      )

      from = seen()
      await bruno.api.call('PUT', `/api/calld/1.0/users/me/voicemails/messages/${global.id}`, { folder_id: 2 })
      await brunosPhone.lampAfter(from[1] ?? 0, ({ lit, old }) => !lit && old === 1, 'reading darkens it')
      await annasPhone.lampAfter(from[0] ?? 0, ({ new: unread }) => unread === 1, 'one message is left')

      from = seen()
      await anna.api.call('DELETE', `/api/calld/1.0/users/me/voicemails/messages/${personal.id}`)
      await annasPhone.lampAfter(from[0] ?? 0, ({ lit }) => !lit, 'deleting darkens it')

      expect(strangersPhone.lamps.every(({ lit }) => !lit)).toBe(true)
      expect(brunosPhone.lamps.filter(({ lit }) => lit)).toEqual([{ lit: true, new: 1, old: 0 }])

      await waitFor(() => heard.some(({ name, data }) => name === 'user_voicemail_mwi_updated' && data['new'] === 0), {
        what: 'the last count',
      })
      const expected = [
        ['user_voicemail_message_created', personal.id],
        ['user_voicemail_mwi_updated', undefined],
        ['global_voicemail_message_created', global.id],
        ['global_voicemail_mwi_updated', undefined],
        ['global_voicemail_message_updated', global.id],
        ['global_voicemail_mwi_updated', undefined],
        ['user_voicemail_message_deleted', personal.id],
        ['user_voicemail_mwi_updated', undefined],
      ]
      expect(heard.map(({ name, data }) => [name, data['message_id']])).toEqual(expected)
      expect(bus.events.map(({ body }) => [body.name, body.data['message_id']])).toEqual(expected)
      expect(bus.events[0]?.headers).toMatchObject({
        name: 'user_voicemail_message_created',
        tenant_uuid: tenant.uuid,
        [`user_uuid:${anna.uuid}`]: true,
        required_acl: `events.users.${anna.uuid}.voicemails`,
        required_access: 'event.user_voicemail_message_created',
      })
      expect(bus.events[2]?.headers).toMatchObject({
        'user_uuid:*': true,
        required_acl: 'events.voicemails.global.messages.created',
      })

      listener.close()
      await bus.close()
      for (const phone of phones) await phone.stop()
    },
  )

  it.skipIf(withoutSipp)(
    `sipp: 50 phones subscribe with digest, see their state and leave${skipNote(withoutSipp)}`,
    async () => {
      const users = await Promise.all(Array.from({ length: 50 }, () => installation.device(tenant)))
      const result = await runSipp({ scenario: 'subscribe', server: server(), users })
      expect(result.errors).toBe('')
      expect(result.code).toBe(0)
    },
  )

  it.skipIf(withoutSipp)(
    `sipp: every phone of the tenant is lit by a shared message and darkened by reading it${skipNote(withoutSipp)}`,
    async () => {
      const quiet = await installation.tenant()
      const box = await installation.mailbox(quiet, { accesstype: 'global' })
      const users = await Promise.all(Array.from({ length: 20 }, () => installation.device(quiet)))
      const running = runSipp({ scenario: 'watch', server: server(), users })
      await waitFor(async () => (await subscriptions(quiet)) === 20, { what: 'all phones to subscribe' })
      const message = await quiet.admin.deposit<{ id: string }>(box.id, wav(), {})
      const path = `/api/calld/1.0/voicemails/${box.id}/messages/${message.id}`
      await waitFor(async () => (await lamps(quiet, 'acknowledged_new = 1')) === 20, {
        what: 'all lamps to be acknowledged lit',
      })
      await quiet.admin.call('PUT', path, { folder_id: 2 })
      const { code, log, errors } = await running
      expect(errors).toBe('')
      expect(code).toBe(0)
      expect(log.match(/Messages-Waiting: yes Voice-Message: 1\/0 \(0\/0\)/g)).toHaveLength(20)
      await waitFor(
        async () =>
          (await lamps(quiet, `acknowledged_new = 0 AND acknowledged_old = 1 AND reason = 'acknowledged'`)) === 20,
        {
          what: 'the ledger to say that every lamp is dark',
        },
      )
    },
  )

  async function subscriptions({ uuid }: Tenant): Promise<number> {
    return count(`SELECT count(*)::int AS n FROM sip_subscription WHERE tenant_uuid = $1`, uuid)
  }

  async function lamps({ uuid }: Tenant, where: string): Promise<number> {
    return count(`SELECT count(*)::int AS n FROM lamp WHERE tenant_uuid = $1 AND ${where}`, uuid)
  }

  async function count(text: string, uuid: string): Promise<number> {
    const { openDatabase } = await import('@lamplighter/store')
    const database = openDatabase(installation.databaseUrl, { connections: 1 })
    const { rows } = await database.pool.query<{ n: number }>(text, [uuid])
    await database.close()
    return rows[0]?.n ?? -1
  }

  it('answers who asks with the very body a phone gets', async () => {
    const { text, headers } = await request(
      `${installation.url}/api/calld/1.0/users/me/voicemails/mwi?voicemail_type=personal`,
      {
        token: bruno.api.token,
        headers: { accept: 'application/simple-message-summary' },
      },
    )
    expect(headers.get('content-type')).toContain('application/simple-message-summary')
    expect(text).toBe('Messages-Waiting: no\r\nVoice-Message: 0/0 (0/0)\r\n')
  })

  it('knows nobody it does not know', async () => {
    if (withoutSipp) return
    const { code } = await runSipp({
      scenario: 'subscribe',
      server: server(),
      users: [{ username: `x${randomUUID()}`, password: 'x' }],
      timeoutSec: 5,
    })
    expect(code).not.toBe(0)
  })
})
