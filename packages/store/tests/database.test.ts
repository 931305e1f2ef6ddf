import { createTestDatabase, type TestDatabase } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Database, openDatabase } from '../src/index.js'
import { pgSql } from '../src/sql.js'
import { inTransaction } from '../src/transaction.js'

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

  it('fails a transaction whose work passed over a failed statement: its commit changed nothing', async () => {
    await database.pool.query('CREATE TABLE passed_over (id int PRIMARY KEY)')
    const client = await database.pool.connect()
    const work = async () => {
      await client.query('INSERT INTO passed_over VALUES (1)')
      await client.query('SELECT 1/0').catch(() => {})
    }
    await expect(inTransaction(client, work)).rejects.toThrow('rolled back')
    expect((await database.pool.query('SELECT * FROM passed_over')).rows).toEqual([])
  })

  it('fails a transaction whose last statement fails, although the commit has gone out behind it', async () => {
    await database.pool.query('CREATE TABLE last_one (id int PRIMARY KEY)')
    const client = await database.pool.connect()
    const insert = async () => void (await client.query('INSERT INTO last_one VALUES (1)'))
    await expect(inTransaction(client, insert, insert)).rejects.toThrow('duplicate key')
    expect((await database.pool.query('SELECT * FROM last_one')).rows).toEqual([])
    expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })
  it('sends what a transaction begins with as one write, and what it ends with as another', async () => {
    const client = await database.pool.connect()
    const { stream } = client.connection
    const writes = [vi.spyOn(stream, '_write'), vi.spyOn(stream, '_writev')]
    const sql = pgSql(client)
    const one = (name: string) => sql.rows<{ one: number }>(name, 'SELECT 1 AS one', [])
    const work = () =>
      sql.both(
        () => one('first'),
        () => one('second'),
      )
    const last = async () => void (await one('last'))
    await expect(inTransaction(client, work, last)).resolves.toEqual([[{ one: 1 }], [{ one: 1 }]])
    expect(writes.reduce((sum, { mock }) => sum + mock.calls.length, 0)).toBe(2)
    vi.restoreAllMocks()
  })
})
