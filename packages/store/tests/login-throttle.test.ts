import { createTestDatabase, type TestDatabase } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../src/database.js'
import { LoginThrottle } from '../src/login-throttle.js'
import { pgSql } from '../src/sql.js'

describe('the throttle of an address', () => {
  let testDatabase: TestDatabase
  let database: Database
  let throttle: LoginThrottle

  beforeAll(async () => {
    testDatabase = await createTestDatabase()
    database = openDatabase(testDatabase.url)
    throttle = new LoginThrottle(pgSql(database.pool))
  })
  afterAll(async () => {
    await database.close()
    await testDatabase.drop()
  })

  it.each([
    ['192.0.2.1', 'address:192.0.2.1'],
    ['::ffff:192.0.2.1', 'address:::ffff:192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', 'address:2001:db8:1:2'],
    ['2001:db8::1', 'address:2001:db8:0:0'],
    ['::1', 'address:0:0:0:0'],
    ['2001:db8:1:2::', 'address:2001:db8:1:2'],
    ['fe80::1:2:3:4:5', 'address:fe80:0:0:1'],
  ])('takes the /64 of %s', async (address, key) => {
    await database.pool.query('DELETE FROM login_throttle')
    await throttle.fail(address)
    expect((await database.pool.query('SELECT key FROM login_throttle')).rows).toEqual([{ key }])
  })

  it('holds back an address without charging the account it tries', async () => {
    await database.pool.query('DELETE FROM login_throttle')
    for (let count = 0; count < 100; count++) await throttle.fail('192.0.2.7')
    expect(await throttle.admit('anna', '192.0.2.7')).toBeUndefined()
    expect((await database.pool.query(`SELECT 1 FROM login_throttle WHERE key LIKE 'account:%'`)).rows).toEqual([])
    expect(await throttle.admit('anna', '192.0.2.8')).toEqual({ isLast: false })
  })
})
