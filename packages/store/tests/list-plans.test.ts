import { randomUUID } from 'node:crypto'
import {
  createTestDatabase,
  explainPrepared,
  type ListRequest,
  listRequests,
  type PlanFacts,
  recordStatements,
  type SeededPlace,
  seedLists,
  type TestDatabase,
} from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../src/database.js'
import { Store } from '../src/store.js'

/** Rows a page of 50 may look at in a flat list: the page itself, one ahead, and a few mailboxes' or tenants' firsts. */
const FEW = 600

describe('lists at 40,000 messages in 400 mailboxes of 4 tenants', () => {
  let disposable: TestDatabase
  let database: Database
  let place: SeededPlace
  let requests: ListRequest[]

  beforeAll(async () => {
    disposable = await createTestDatabase()
    database = openDatabase(disposable.url)
    place = await seedLists(database.pool, { tenants: 4, mailboxes: 400, messagesEach: 100 })
    requests = listRequests(place)
  }, 120_000)
  afterAll(async () => {
    await database.close()
    await disposable.drop()
  })

  async function plansOf({ run }: ListRequest): Promise<PlanFacts[]> {
    const { pool, sent } = recordStatements(database.pool)
    await run(new Store({ ...database, pool }, randomUUID(), () => {}))
    const facts: PlanFacts[] = []
    for (const statement of sent) facts.push(await explainPrepared(database.pool, statement))
    return facts
  }

  it('F-22 [B], G1 to G3: each is one statement, and none reads the table of messages from end to end', async () => {
    const subtree = new Set<string>()
    for (const request of requests) {
      const plans = await plansOf(request)
      expect(plans.length, request.name).toBe(1)
      // A list over the master tenant covers every row there is: only then is the whole table the shortest way.
      if (request.name.startsWith('subtree') || request.name.includes('of a subtree')) subtree.add(request.name)
      else expect(plans[0]?.sequentialScans, request.name).not.toContain('message')
    }
    expect(requests.length - subtree.size).toBeGreaterThan(80)
  }, 120_000)

  it('F-21 [B]: by time, plain or behind a cursor, a page is read from an index in order: the cost follows the page', async () => {
    const flat = requests.filter((request) => request.flat)
    expect(flat.length).toBeGreaterThan(20)
    for (const request of flat) {
      const [plan] = await plansOf(request)
      expect(plan?.indexes, request.name).toEqual(
        expect.arrayContaining([expect.stringMatching(/^message_of_(mailbox|tenant)$/)]),
      )
      expect(plan?.rowsRead['message'], request.name).toBeLessThanOrEqual(
        request.name.includes('offset') ? 4 * FEW : FEW,
      )
    }
  }, 120_000)
})
