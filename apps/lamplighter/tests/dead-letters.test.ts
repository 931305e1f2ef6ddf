import { randomUUID } from 'node:crypto'
import { takeTestVhost, waitFor } from '@lamplighter/testing'
import { type Channel, type ChannelModel, type ConsumeMessage, connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConfdCall, confdOf } from './confd-support.js'
import { queryRows } from './database.js'
import { TestInstallation } from './support.js'

type Letter = { id: number; queue: string; reason: string; name: string; event_id: string | null; headers: object }
type Letters = { total: number; items: Letter[] }

describe('dead letters (bus.md 5.4)', () => {
  let installation: TestInstallation
  let connection: ChannelModel
  let channel: Channel
  let master: ConfdCall

  beforeAll(async () => {
    const { url } = await takeTestVhost()
    installation = await TestInstallation.start({ AMQP_URL: url })
    master = confdOf(installation, await installation.master())
    connection = await connect(url)
    channel = await connection.createChannel()
  })
  afterAll(async () => {
    await connection.close()
    await installation.stop()
  })

  const list = async (query = '') => (await master('GET', `/dead-letters${query}`)).json as Letters
  const letterOf = (eventId: string) =>
    waitFor(async () => (await list()).items.find((one) => one.event_id === eventId), { what: 'the dead letter' })
  const redrive = (id: number) => master('POST', `/dead-letters/${id}/redrive`)

  /** A consumer of somebody else's that refuses at first. */
  async function refusingQueue(name: string) {
    const taken: ConsumeMessage[] = []
    let refusing = true
    await channel.assertQueue(name, {
      exclusive: true,
      deadLetterExchange: '',
      deadLetterRoutingKey: 'lamplighter.dead',
    })
    await channel.bindQueue(name, 'wazo-headers', '', { mark: name, 'x-match': 'all' })
    await channel.consume(name, (message) => {
      if (!message) return
      if (refusing) return channel.nack(message, false, false)
      taken.push(message)
      channel.ack(message)
    })
    const accept = () => {
      refusing = false
    }
    return { taken, accept }
  }

  function say(headers: Record<string, unknown>, body: string): string {
    const messageId = randomUUID()
    channel.publish('wazo-headers', 'a.b', Buffer.from(body), { headers, messageId })
    return messageId
  }

  it('are kept and counted, shown with their body, and sent again to their queue and no other', async () => {
    const name = `test.${randomUUID()}`
    const [own, other] = [await refusingQueue(name), `${name}.other`]
    const bystander = await refusingQueue(other)
    await channel.bindQueue(other, 'wazo-headers', '', { mark: name, 'x-match': 'all' })
    bystander.accept()
    const { total } = await list()
    const eventId = say({ mark: name, name: 'n', 'user_uuid:*': true }, '{"é":1}')
    const letter = await letterOf(eventId)
    expect(letter).toMatchObject({ queue: name, reason: 'rejected', name: 'n', size: 8 })
    expect(letter.headers).toEqual({ mark: name, name: 'n', 'user_uuid:*': true })
    expect((await list()).total).toBe(total + 1)
    expect((await master('GET', `/dead-letters/${letter.id}`)).json).toMatchObject({ ...letter, body: '{"é":1}' })
    own.accept()
    expect((await redrive(letter.id)).status).toBe(204)
    const again = await waitFor(() => own.taken[0], { what: 'the message again' })
    expect([again.content.toString(), again.properties.messageId]).toEqual(['{"é":1}', eventId])
    expect(again.properties.headers).toEqual(letter.headers)
    expect([(await list()).total, (await redrive(letter.id)).status]).toEqual([total, 404])
    expect(bystander.taken).toHaveLength(1)
  })

  it('a poison message of a queue of ours is parked, and dies again when it is sent again unchanged', async () => {
    const eventId = say({ name: 'voicemail_transcription_completed' }, '{"data": 7}')
    const letter = await letterOf(eventId)
    expect(letter).toMatchObject({ queue: 'calld.transcription', reason: 'rejected' })
    expect((await redrive(letter.id)).status).toBe(204)
    const again = await waitFor(
      async () => (await list()).items.find((one) => one.event_id === eventId && one.id !== letter.id),
      { what: 'the dead letter again' },
    )
    expect((await master('DELETE', `/dead-letters/${again.id}`)).status).toBe(204)
    expect((await master('DELETE', `/dead-letters/${again.id}`)).status).toBe(404)
  })

  it('one whose queue is gone stays, and the answer says why', async () => {
    const name = `test.${randomUUID()}`
    await refusingQueue(name)
    const letter = await letterOf(say({ mark: name, name: 'n' }, '{}'))
    await channel.deleteQueue(name)
    const { status, headers } = await redrive(letter.id)
    expect([status, headers.get('x-error-codes')]).toEqual([400, 'dead-letter-queue-gone'])
    expect((await master('GET', `/dead-letters/${letter.id}`)).status).toBe(200)
  })

  it('are the master tenant’s alone: 401 for any other', async () => {
    const tenant = await installation.tenant()
    const call = confdOf(installation, tenant.admin)
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/1'],
      ['POST', '/1/redrive'],
      ['DELETE', '/1'],
    ] as const)
      expect((await call(method, `/dead-letters${path}`)).status, `${method} ${path}`).toBe(401)
  })

  it('are listed newest first by pages, and refuse what is no page', async () => {
    await queryRows(
      installation.databaseUrl,
      `INSERT INTO dead_letter (queue, reason, event_id, name, headers, body)
         SELECT 'q', 'rejected', n::text, 'n', '{}', '' FROM generate_series(1, 250) n`,
    )
    const ids = [...(await list()).items, ...(await list('?offset=100')).items].map(({ id }) => id)
    expect(ids).toHaveLength(200)
    expect(ids).toEqual(ids.toSorted((one, other) => other - one))
    for (const query of ['limit=0', 'limit=1001', 'offset=-1'])
      expect((await master('GET', `/dead-letters?${query}`)).status, query).toBe(400)
  })

  it('are bounded: beyond ten thousand the oldest goes, of our queues and of tenants’ apart', async () => {
    const add = (queue: string) =>
      queryRows(
        installation.databaseUrl,
        `INSERT INTO dead_letter (queue, reason, event_id, name, headers, body)
           SELECT '${queue}', 'rejected', n::text, 'n', '{}', '' FROM generate_series(1, 10100) n`,
      )
    const count = async () => {
      const text = `SELECT count(*) FILTER (WHERE queue LIKE 'ev.%')::int AS tenants, count(*)::int AS all FROM dead_letter`
      const [row] = await queryRows<{ tenants: number; all: number }>(installation.databaseUrl, text)
      return [(row?.all ?? 0) - (row?.tenants ?? 0), row?.tenants]
    }
    await add('many')
    await add('ev.tenant.consumer')
    const name = `test.${randomUUID()}`
    await refusingQueue(name)
    await letterOf(say({ mark: name, name: 'n' }, '{}'))
    expect(await count()).toEqual([10_000, 10_100])
    await channel.assertExchange('vm.dead', 'fanout')
    const headers = { name: 'n', 'x-first-death-queue': 'ev.other.consumer', 'x-first-death-reason': 'rejected' }
    const eventId = randomUUID()
    channel.publish('vm.dead', '', Buffer.from('{}'), { headers, messageId: eventId })
    await letterOf(eventId)
    expect(await count()).toEqual([10_000, 10_000])
  })
})
