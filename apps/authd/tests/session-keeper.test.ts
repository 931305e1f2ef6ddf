import { randomUUID } from 'node:crypto'
import { deriveKeys, TokenVerifier } from '@lamplighter/access'
import type { SessionId, UserId } from '@lamplighter/domain'
import { type Database, openDatabase, Provisioning, Store } from '@lamplighter/store'
import { createTestDatabase, type TestDatabase } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SessionKeeper } from '../src/session-keeper.js'

describe('the keeper of sessions (rest.md 4.5)', () => {
  let testDatabase: TestDatabase
  let database: Database
  let store: Store
  let keepers: SessionKeeper[]
  let userId: UserId

  beforeAll(async () => {
    testDatabase = await createTestDatabase()
    database = openDatabase(testDatabase.url)
    store = new Store(database, randomUUID(), () => {})
    const provisioning = new Provisioning(database)
    const tenantId = await provisioning.createTenant({ name: 'master', slug: 'master' })
    const account = { tenantId, username: 'anna', passwordHash: 'x', firstname: 'Anna', policies: [] }
    userId = await provisioning.saveAccount(account)
    const { tokenKey } = deriveKeys(randomUUID() + randomUUID())
    keepers = [1, 2].map(() => new SessionKeeper(store, new TokenVerifier(tokenKey, store.accounts)))
  })
  afterAll(async () => {
    await database.close()
    await testDatabase.drop()
  })

  const begin = (expiresInSec: number, refreshTokenId?: string): Promise<SessionId> =>
    store.changeLogins(({ sessions }) => {
      const facts = { userId, mobile: false, userAgent: '', remoteAddr: '', expiryAnnounced: false }
      return sessions.begin({ ...facts, refreshTokenId, expiresInSec })
    })
  const round = () => Promise.all(keepers.map((keeper) => keeper.round()))
  const said = async (session: SessionId): Promise<string[]> => {
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT name FROM event WHERE headers->>'session_uuid' = $1 ORDER BY id`,
      [session],
    )
    return rows.map(({ name }) => name)
  }
  const exists = async (table: 'session' | 'refresh_token', id: string): Promise<boolean> =>
    (await database.pool.query(`SELECT 1 FROM ${table} WHERE uuid = $1`, [id])).rows.length === 1

  it('4.5 [C]: announces an end within a minute exactly once, whoever looks and how often', async () => {
    const [soon, later] = [await begin(59), await begin(120)]
    for (let count = 0; count < 3; count++) await round()
    expect([await said(soon), await said(later)]).toEqual([['auth_session_expire_soon'], []])
  })

  it('4.5 [C]: removes what ran out, says so once, and leaves the rest', async () => {
    const [over, live] = [await begin(-1), await begin(3600)]
    await round()
    await round()
    expect([await exists('session', over), await exists('session', live)]).toEqual([false, true])
    expect([await said(over), await said(live)]).toEqual([['auth_session_deleted'], []])
  })

  it('F-42 [B]: removes refresh tokens that ran out with the sessions made from them', async () => {
    const id = randomUUID()
    const facts = { id, userId, clientId: 'c', tokenHash: id, mobile: false, userAgent: '', remoteAddr: '' }
    await store.changeLogins(({ refreshTokens }) => refreshTokens.add({ ...facts, expiresInSec: -1 }))
    const session = await begin(3600, id)
    await round()
    expect([await exists('refresh_token', id), await exists('session', session)]).toEqual([false, false])
    expect(await said(session)).toEqual(['auth_session_deleted'])
    const { rows } = await database.pool.query(`SELECT 1 FROM event WHERE name = 'auth_refresh_token_deleted'`)
    expect(rows).toHaveLength(1)
  })

  it('takes what piled up in batches, all in one round', async () => {
    await database.pool.query(
      `INSERT INTO session (uuid, user_uuid, expires_at)
         SELECT gen_random_uuid(), $1, now() - interval '1 hour' FROM generate_series(1, 1200)`,
      [userId],
    )
    await round()
    const { rows } = await database.pool.query('SELECT 1 FROM session WHERE expires_at <= now()')
    expect(rows).toEqual([])
  })

  it('forgets failed logins of days ago', async () => {
    await store.throttle.admit('anna', '192.0.2.1')
    await store.throttle.admit('bruno', '192.0.2.1')
    await database.pool.query(
      `UPDATE login_throttle SET failed_at = now() - interval '2 days' WHERE key = 'account:anna'`,
    )
    await round()
    const { rows } = await database.pool.query('SELECT key FROM login_throttle')
    expect(rows).toEqual([{ key: 'account:bruno' }])
  })
})
