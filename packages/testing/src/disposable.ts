import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

/** A database of one test file: migrated, empty, gone afterwards. */
export type TestDatabase = { readonly url: string; drop(): Promise<void> }

/** Copies the migrated template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = inject('pgAdminUrl')
  const name = `lamplighter_test_${Math.floor(Date.now() / 1000)}_${randomBytes(6).toString('hex')}`
  await asAdmin(adminUrl, async (client) => {
    // Only one copy of a template can be made at a time.
    await client.query('SELECT pg_advisory_lock(4210098)')
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${inject('pgTemplate')}`)
  })
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: () => asAdmin(adminUrl, async (client) => void (await client.query(`DROP DATABASE ${name} WITH (FORCE)`))),
  }
}

async function asAdmin(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

/** Virtual hosts of this run that nobody has taken yet, shared between workers through the database server. */
export async function takeTestVhost(): Promise<{ readonly url: string; readonly name: string }> {
  const names = inject('amqpVhosts')
  let taken: string | undefined
  await asAdmin(inject('pgAdminUrl'), async (client) => {
    await client.query('SELECT pg_advisory_lock(4210097)')
    await client.query('CREATE TABLE IF NOT EXISTS lamplighter_test_vhost (name text PRIMARY KEY)')
    const { rows } = await client.query<{ name: string }>(
      `INSERT INTO lamplighter_test_vhost SELECT name FROM unnest($1::text[]) name
         WHERE name NOT IN (SELECT name FROM lamplighter_test_vhost) LIMIT 1 RETURNING name`,
      [names],
    )
    taken = rows[0]?.name
  })
  if (taken === undefined) throw new Error('there are no virtual hosts left for tests; raise VHOSTS in global-setup.ts')
  return { url: `${inject('amqpUrl')}/${encodeURIComponent(taken)}`, name: taken }
}
