import { randomUUID } from 'node:crypto'
import { draft, voicemailEdited } from '@lamplighter/contracts'
import type { MailboxId, TenantId } from '@lamplighter/domain'
import { createTestDatabase, explainPrepared, recordStatements, type TestDatabase, waitFor } from '@lamplighter/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EventLog } from '../src/event-log.js'
import { EventTail } from '../src/event-tail.js'
import { Outbox } from '../src/outbox.js'
import { pgSql } from '../src/sql.js'

describe('the event log as the relay reads it', () => {
  const tenant = randomUUID() as TenantId
  let disposable: TestDatabase
  let [relay, writer, slow]: pg.Client[] = []
  let log: EventLog

  beforeAll(async () => {
    disposable = await createTestDatabase()
    const connect = async () => {
      const client = new pg.Client({ connectionString: disposable.url })
      await client.connect()
      return client
    }
    ;[relay, writer, slow] = [await connect(), await connect(), await connect()]
    log = new EventLog(relay)
  })
  afterAll(async () => {
    for (const client of [relay, writer, slow]) await client?.end()
    await disposable.drop()
  })

  /** Says events of these mailboxes in whatever transaction is open. */
  async function say(client: pg.Client | undefined, ...mailboxes: number[]): Promise<void> {
    const outbox = new Outbox(pgSql(client as pg.PoolClient), randomUUID())
    for (const id of mailboxes) {
      const mailbox = { id: id as MailboxId, revision: 1 }
      outbox.add([draft(voicemailEdited, { tenant, mailbox, attributes: { mailbox_id: String(id) } }, { id })])
    }
    await outbox.flush()
  }

  const mailboxesOf = ({ events }: Awaited<ReturnType<EventLog['claim']>>) => events.map(({ orderKey }) => orderKey)

  it('claims in order of ids, and goes on where the cursors end', async () => {
    await say(writer, 1, 2, 3)
    const [first, second] = [await log.claim(2), await log.claim(2)]
    expect([mailboxesOf(first), mailboxesOf(second)]).toEqual([['1', '2'], ['3']])
    expect([...first.events, ...second.events].map(({ cursor }) => cursor)).toEqual([1, 2, 3])
  })

  it('leaves what it only numbers in the log, unconfirmed', async () => {
    await log.confirm((await log.unconfirmed(10)).events)
    await say(writer, 4, 5)
    expect(await log.number(10)).toBe(2)
    expect(mailboxesOf(await log.claim(10))).toEqual([])
    expect(mailboxesOf(await log.unconfirmed(10))).toEqual(['4', '5'])
  })

  it('tells how far the bus has it, and whether something waits for too long, with a cursor or without', async () => {
    const tail = new EventTail(pgSql(relay as unknown as pg.Pool))
    const relayed = async () => [(await tail.relayed(0)).waiting, (await tail.relayed(60)).waiting]
    await log.number(100)
    const { events } = await log.unconfirmed(100)
    await log.confirm(events)
    const confirmed = events.at(-1)?.cursor ?? 0
    expect([(await tail.relayed(60)).confirmed, await relayed()]).toEqual([confirmed, [false, false]])
    await say(writer, 6)
    expect(await relayed()).toEqual([true, false])
    await log.number(100)
    expect(await relayed()).toEqual([true, false])
    expect((await tail.relayed(60)).confirmed).toBe(confirmed)
    await log.confirm((await log.unconfirmed(100)).events)
    expect(await relayed()).toEqual([false, false])
  })

  it('finds at once what took its id just before others, and in a while what took it long before', async () => {
    await slow?.query('BEGIN')
    await say(slow, 6)
    await writer?.query("SELECT setval('event_id_seq', nextval('event_id_seq') + 1500)")
    await say(writer, 7)
    expect(mailboxesOf(await log.claim(10))).toEqual(['7'])
    await slow?.query('COMMIT')
    expect(mailboxesOf(await log.claim(10))).toEqual(['6'])

    await slow?.query('BEGIN')
    await say(slow, 8)
    await writer?.query("SELECT setval('event_id_seq', nextval('event_id_seq') + 50000)")
    await say(writer, 9)
    expect(mailboxesOf(await log.claim(10))).toEqual(['9'])
    await slow?.query('COMMIT')
    const late = await waitFor(async () => mailboxesOf(await log.claim(10)).at(0), { what: 'what came late' })
    expect(late).toBe('8')
  })

  it('is asked how far the bus has it by key, among many events', async () => {
    await relay?.query(
      `INSERT INTO event (event_id, name, routing_key, headers, body, cursor, published_at)
       SELECT gen_random_uuid(), 'x', 'x', '{}', '', 1000 + n, now() FROM generate_series(1, 20000) n`,
    )
    await relay?.query('UPDATE relay_progress SET confirmed_cursor = 21000')
    await relay?.query('ANALYZE event')
    const { pool, sent } = recordStatements(relay as unknown as pg.Pool)
    await new EventTail(pgSql(pool)).relayed(5)
    const plain = new pg.Pool({ connectionString: disposable.url, max: 1 })
    const plans = await Promise.all(sent.map((statement) => explainPrepared(plain, statement)))
    await plain.end()
    expect(plans.map(({ sequentialScans, indexes }) => [sequentialScans, [...indexes].sort()])).toEqual([
      [['relay_progress'], ['event_cursor', 'event_unclaimed']],
    ])
  })
})
