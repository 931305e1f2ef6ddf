import { randomUUID } from 'node:crypto'
import { createTestDatabase, type TestDatabase } from '@lamplighter/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Database, openDatabase, Store } from '../src/index.js'

let disposable: TestDatabase
let database: Database
let store: Store

beforeAll(async () => {
  disposable = await createTestDatabase()
  database = openDatabase(disposable.url, { connections: 1 })
  store = new Store(database, randomUUID(), () => {})
})
afterAll(async () => {
  await database.close()
  await disposable.drop()
})

it('a letter that dies again before it is forgotten is kept, once', async () => {
  const { deadLetters } = store
  const letter = {
    queue: 'q',
    reason: 'rejected',
    eventId: randomUUID(),
    name: 'n',
    headers: {},
    body: Buffer.from('{}'),
  }
  await deadLetters.keep(letter)
  const [sent] = (await deadLetters.list(10, 0)).items
  await deadLetters.keep({ ...letter, reason: 'delivery_limit' })
  expect(await deadLetters.delete(sent?.id ?? 0)).toBe(false)
  const { items, total } = await deadLetters.list(10, 0)
  expect([total, items.map(({ eventId, reason }) => [eventId, reason])]).toEqual([
    1,
    [[letter.eventId, 'delivery_limit']],
  ])
})

it('a letter with characters that PostgreSQL cannot hold, or that only look like them, is kept', async () => {
  const { deadLetters } = store
  const headers = { look: String.raw`a\u0000`, path: String.raw`c:\\u0000\x`, nul: 'a\0b', 'k\0': ['\0'] }
  const texts = { reason: 'rejected', eventId: `id\0${randomUUID()}`, name: 'n\0' }
  await deadLetters.keep({ queue: 'nul', ...texts, headers, body: Buffer.from([0, 1]) })
  const [kept] = (await deadLetters.list(1, 0)).items
  expect(kept).toMatchObject({ queue: 'nul', name: 'n', eventId: texts.eventId.replace('\0', ''), size: 2 })
  expect(kept?.headers).toEqual({ ...headers, nul: 'ab', k: [''], 'k\0': undefined })
})
