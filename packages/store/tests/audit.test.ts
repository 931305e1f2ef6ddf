import { randomUUID } from 'node:crypto'
import type { Actor, TenantId, UserId } from '@lamplighter/domain'
import { createTestDatabase, type TestDatabase } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../src/database.js'
import { onlyTenant } from '../src/scope.js'
import { Store } from '../src/store.js'

describe('the audit log', () => {
  const tenant = randomUUID() as TenantId
  const actor: Actor = { userId: randomUUID() as UserId, requestId: 'r1', remoteAddr: '192.0.2.1' }
  let disposable: TestDatabase
  let database: Database
  let store: Store

  beforeAll(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url)
    store = new Store(database, randomUUID(), () => {})
  })
  afterAll(async () => {
    await database.close()
    await disposable.drop()
  })

  const actions = async () =>
    (await database.pool.query<{ action: string }>('SELECT action FROM audit ORDER BY id')).rows.map(
      (row) => row.action,
    )

  it('is written by changes of messages and of the configuration, and vanishes with a change that fails', async () => {
    await store.changeMessages(onlyTenant(tenant), ({ audit }) =>
      audit.add(
        { tenantId: tenant, actor, action: 'message.moved' },
        { tenantId: tenant, actor, action: 'message.held' },
      ),
    )
    await store.changeConfiguration(onlyTenant(tenant), ({ audit }) =>
      audit.add({ tenantId: tenant, actor, action: 'mailbox.edited', details: { changed: ['name'] } }),
    )
    const failing = store.changeMessages(onlyTenant(tenant), async ({ audit }) => {
      await audit.add({ tenantId: tenant, actor, action: 'message.purged' })
      throw new Error('undone')
    })
    await expect(failing).rejects.toThrow('undone')
    expect(await actions()).toEqual(['message.moved', 'message.held', 'mailbox.edited'])
  })

  it.each(['UPDATE audit SET action = $$x$$', 'DELETE FROM audit', 'TRUNCATE audit'])(
    'is append-only: %s fails',
    async (statement) => {
      const before = await actions()
      await expect(database.pool.query(statement)).rejects.toThrow('the audit log is append-only')
      expect(await actions()).toEqual(before)
    },
  )
})
