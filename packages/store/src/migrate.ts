import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'

/** The lock Prisma's own migrate takes, so that the two never run at once. */
const MIGRATION_LOCK = 72_707_369

const CREATE_HISTORY = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`

/** The database cannot be migrated: it belongs to something else, is ahead of this build, or a migration failed. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

type HistoryRow = { migration_name: string; checksum: string; finished_at: Date | null; logs: string | null }
type Migration = { readonly name: string; readonly sql: string; readonly checksum: string }

/**
 * Applies what is missing of `directory/<name>/migration.sql`, in order of name, each in a transaction of its own, and
 * keeps Prisma's history table, so that `prisma migrate status` agrees. Two processes may call it at once.
 *
 * @returns the names it applied
 * @throws MigrationError with one sentence
 */
export async function migrate(connectionString: string, directory: URL): Promise<string[]> {
  const client = new pg.Client({ connectionString, application_name: 'lamplighter-migrate' })
  await client.connect()
  try {
    await client.query(`SET lock_timeout = '30s'`)
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    await refuseForeignDatabase(client)
    await client.query(CREATE_HISTORY)
    const migrations = await readMigrations(directory)
    const history = await readHistory(client, migrations)
    const missing = migrations.filter(({ name }) => !history.has(name))
    for (const migration of missing) await apply(client, migration)
    return missing.map(({ name }) => name)
  } finally {
    await client.end()
  }
}

async function refuseForeignDatabase(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ history: string | null; tables: number }>(
    `SELECT to_regclass('_prisma_migrations')::text AS history,
       (SELECT count(*)::int FROM pg_tables WHERE schemaname = current_schema()) AS tables`,
  )
  if (rows[0]?.history === null && rows[0].tables > 0) {
    throw new MigrationError('the database already holds tables of something else; give Lamplighter an empty one')
  }
}

async function readMigrations(directory: URL): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(new URL(`${name}/migration.sql`, directory), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

async function readHistory(client: pg.Client, migrations: readonly Migration[]): Promise<Set<string>> {
  const { rows } = await client.query<HistoryRow>(
    'SELECT migration_name, checksum, finished_at, logs FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  )
  const known = new Map(migrations.map((migration) => [migration.name, migration.checksum]))
  for (const row of rows) {
    const checksum = known.get(row.migration_name)
    if (checksum === undefined) {
      throw new MigrationError(`the database has the migration ${row.migration_name}, which this build does not know`)
    }
    if (checksum !== row.checksum)
      throw new MigrationError(`migration ${row.migration_name} was edited after it was applied`)
    if (!row.finished_at)
      throw new MigrationError(`migration ${row.migration_name} failed earlier: ${row.logs ?? 'no log'}`)
  }
  return new Set(rows.map((row) => row.migration_name))
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  const id = randomUUID()
  await client.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)', [
    id,
    checksum,
    name,
  ])
  try {
    // One simple query is one implicit transaction.
    await client.query(sql)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    await client.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, reason])
    throw new MigrationError(`migration ${name} failed: ${reason}`, { cause: error })
  }
  await client.query('UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [id])
}
