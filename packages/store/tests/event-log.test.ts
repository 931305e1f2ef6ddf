import { randomUUID } from 'node:crypto'
import { draft, voicemailEdited } from '@lamplighter/contracts'
import type { MailboxId, TenantId } from '@lamplighter/domain'
import { createTestDatabase, type TestDatabase, waitFor } from '@lamplighter/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EventLog } from '../src/event-log.js'
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
})
