import { createTestDatabase, type TestDatabase } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../src/index.js'

describe('the database', () => {
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

  it('lost between two statements of a transaction fails the next one, and nothing else', async () => {
    const client = await database.pool.connect()
    await client.query('BEGIN')
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const ended = new Promise((resolve) => client.once('end', resolve))
    await database.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
    await ended
    await expect(client.query('SELECT 1')).rejects.toThrow()
    client.release(true)
    expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })
})
