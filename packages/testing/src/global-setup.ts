import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { migrate, startEmbeddedPostgres } from '@lamplighter/store'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { evaluate, provideBroker, type TestBroker } from './rabbitmq.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A database whose owner may create others. */
    pgAdminUrl: string
    /** The migrated database each test file's own is copied from. */
    pgTemplate: string
    amqpUrl: string
    amqpCtlEnv: Readonly<Record<string, string>>
    /** Virtual hosts made beforehand, one per test that wants one. */
    amqpVhosts: readonly string[]
  }
}

const MIGRATIONS = new URL('../../../prisma/migrations/', import.meta.url)
const LOCAL = 'postgresql://postgres@127.0.0.1:5432/postgres'
/** More than there are test files that want one. */
const VHOSTS = 40

type Ender = () => Promise<void>

/** Finds or starts what the integration tests talk to, in parallel, and ends what it started. */
export default async function setup(project: TestProject): Promise<Ender> {
  const [database, broker] = await Promise.all([provideDatabase(), provideBroker()])
  const vhosts = await makeVhosts(broker)
  project.provide('pgAdminUrl', database.url)
  project.provide('pgTemplate', database.template)
  project.provide('amqpUrl', broker.url)
  project.provide('amqpCtlEnv', broker.ctlEnv)
  project.provide('amqpVhosts', vhosts)
  return async () => {
    await dropVhosts(broker, vhosts)
    await Promise.all([database.stop(), broker.stop()])
  }
}

async function provideDatabase(): Promise<{ url: string; template: string; stop: Ender }> {
  const given = process.env['LAMPLIGHTER_TEST_DATABASE_URL'] ?? LOCAL
  if (await mayCreateDatabases(given)) return { url: given, template: await makeTemplate(given), stop: async () => {} }
  const directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-tests-'))
  const embedded = await startEmbeddedPostgres({ directory, durable: false })
  const stop = async () => {
    await embedded.stop()
    await rm(directory, { recursive: true, force: true })
  }
  return { url: embedded.url, template: await makeTemplate(embedded.url), stop }
}

async function mayCreateDatabases(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  try {
    await client.connect()
    const { rows } = await client.query<{ may: boolean }>(
      'SELECT rolcreatedb OR rolsuper AS may FROM pg_roles WHERE rolname = current_user',
    )
    return rows[0]?.may === true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/** One template per state of the migrations, kept between runs. */
async function makeTemplate(adminUrl: string): Promise<string> {
  const name = `lamplighter_template_${await migrationsHash()}`
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock(4210099)')
    await dropLeftovers(client)
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (rowCount === 0) {
      await client.query(`CREATE DATABASE ${name}`)
      const url = new URL(adminUrl)
      url.pathname = `/${name}`
      await migrate(url.href, MIGRATIONS)
    }
    return name
  } finally {
    await client.end()
  }
}

/** Test databases carry the second they were made; those of runs that died are old. */
async function dropLeftovers(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    `SELECT datname FROM pg_database WHERE datname LIKE 'lamplighter_test_%'`,
  )
  for (const { datname } of rows) {
    const madeAt = Number(datname.split('_')[2])
    if (Date.now() / 1000 - madeAt > 3600) await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`)
  }
}

async function migrationsHash(): Promise<string> {
  const hash = createHash('sha256')
  for (const name of (await readdir(MIGRATIONS)).sort()) {
    if (!name.endsWith('.toml')) hash.update(await readFile(new URL(`${name}/migration.sql`, MIGRATIONS)))
  }
  return hash.digest('hex').slice(0, 12)
}

async function makeVhosts(broker: TestBroker): Promise<string[]> {
  const stamp = Math.floor(Date.now() / 1000)
  const names = Array.from({ length: VHOSTS }, (_, index) => `lamplighter-test-${stamp}-${process.pid}-${index}`)
  const make = `rabbit_vhost:add(V, <<"tests">>), rabbit_auth_backend_internal:set_permissions(<<"guest">>, V, <<".*">>, <<".*">>, <<".*">>, <<"tests">>)`
  await evaluate(
    broker.ctlEnv,
    `lists:foreach(fun(V) -> ${make} end, [${names.map((name) => `<<"${name}">>`).join(',')}]).`,
  )
  return names
}

async function dropVhosts(broker: TestBroker, names: readonly string[]): Promise<void> {
  const list = names.map((name) => `<<"${name}">>`).join(',')
  await evaluate(broker.ctlEnv, `lists:foreach(fun(V) -> rabbit_vhost:delete(V, <<"tests">>) end, [${list}]).`)
}
