import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createTestDatabase, type TestDatabase } from '@lamplighter/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../src/migrate.js'

const MIGRATIONS = new URL('../../../prisma/migrations/', import.meta.url)
const ROOT = new URL('../../../', import.meta.url)

describe('migrations', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())

  it('leave exactly what schema.prisma describes, by the official schema engine', async () => {
    const env = { ...process.env, DATABASE_URL: database.url }
    const check = promisify(execFile)(process.execPath, ['scripts/db.mjs', 'check'], { cwd: ROOT, env })
    await expect(check).resolves.toMatchObject({ stderr: '' })
  })

  it('find nothing to do the second time, also when two come at once', async () => {
    expect(await Promise.all([migrate(database.url, MIGRATIONS), migrate(database.url, MIGRATIONS)])).toEqual([[], []])
  })

  it('refuse a database that holds something else', async () => {
    const foreign = await createTestDatabase()
    const client = new pg.Client({ connectionString: foreign.url })
    await client.connect()
    await client.query('DROP TABLE _prisma_migrations')
    await client.end()
    await expect(migrate(foreign.url, MIGRATIONS)).rejects.toThrow('already holds tables of something else')
    await foreign.drop()
  })

  it('refuse a migration that was edited after it was applied', async () => {
    const edited = await createTestDatabase()
    const client = new pg.Client({ connectionString: edited.url })
    await client.connect()
    await client.query(`UPDATE _prisma_migrations SET checksum = 'x'`)
    await client.end()
    await expect(migrate(edited.url, MIGRATIONS)).rejects.toThrow('was edited')
    await edited.drop()
  })
})
