import { randomUUID } from 'node:crypto'
import { draft, globalMwiUpdated } from '@lamplighter/contracts'
import type { MailboxId, TenantId } from '@lamplighter/domain'
import { createTestDatabase, type TestDatabase } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../src/database.js'
import { Outbox } from '../src/outbox.js'
import { pgSql, prismaSql } from '../src/sql.js'

const ROWS = `
  SELECT event_id::text AS "eventId", name, tenant_uuid::text AS "tenantId", user_uuid::text AS "userId",
    routing_key AS "routingKey", required_acl AS "requiredAcl", mailbox_id AS "mailboxId",
    mailbox_revision AS "mailboxRevision", headers, body
  FROM event WHERE tenant_uuid = $1 ORDER BY id`

describe('the outbox', () => {
  let disposable: TestDatabase
  let database: Database

  beforeAll(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url, { connections: 2 })
  })
  afterAll(async () => {
    await database.close()
    await disposable.drop()
  })

  /** Says so many events of one mailbox. */
  function say(outbox: Outbox, tenant: TenantId, count: number): void {
    for (let revision = 1; revision <= count; revision++) {
      const counts = { voicemail_id: 7, new: revision, old: 0, urgent_new: 0, urgent_old: 0, version: revision }
      outbox.add([draft(globalMwiUpdated, { tenant, mailbox: { id: 7 as MailboxId, revision } }, counts)])
    }
  }

  it.each([0, 1, 2, 4, 5, 50])('writes %i events exactly as they were said, in order', async (count) => {
    const tenant = randomUUID() as TenantId
    const outbox = new Outbox(pgSql(database.pool), randomUUID())
    say(outbox, tenant, count)
    await outbox.flush()
    expect((await database.pool.query(ROWS, [tenant])).rows).toEqual(outbox.said)
    expect(outbox.said).toHaveLength(count)
  })

  it.each([2, 5])('writes %i events through a transaction of Prisma too', async (count) => {
    const tenant = randomUUID() as TenantId
    const said = await database.prisma.$transaction(async (db) => {
      const outbox = new Outbox(prismaSql(db), randomUUID())
      say(outbox, tenant, count)
      await outbox.flush()
      return outbox.said
    })
    expect((await database.pool.query(ROWS, [tenant])).rows).toEqual(said)
  })
})
