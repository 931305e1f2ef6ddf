#!/usr/bin/env node
/**
 * Authoring and checking of migrations without Prisma's native engine, which cannot be downloaded everywhere: the same
 * schema engine as WebAssembly over a plain `pg` connection.
 *
 *   node scripts/db.mjs new NAME   prints the SQL from the migrated database to schema.prisma into a new migration
 *   node scripts/db.mjs check      exit 1 when DATABASE_URL, migrated, differs from schema.prisma
 *
 * DATABASE_URL names a database to which every migration was applied.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import pg from 'pg'

const SCHEMA = 'prisma/schema.prisma'
const OID_CHAR = 18
const OID_TEXT = 25

async function loadEngine() {
  const directory = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'))
  const glue = await import(path.join(directory, 'schema_engine_bg.js'))
  const wasm = readFileSync(path.join(directory, 'schema_engine_bg.wasm'))
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => console.error(message) }
  return glue.SchemaEngine
}

/** adapter-pg 7.10 cannot map the catalog type "char" the engine reads: it is shown to it as text and put right again. */
function catalogClient(charColumns) {
  const present = (result) => {
    for (const one of Array.isArray(result) ? result : [result]) {
      for (const field of one?.fields ?? []) {
        if (field.dataTypeID !== OID_CHAR) continue
        charColumns.add(field.name)
        field.dataTypeID = OID_TEXT
      }
    }
    return result
  }
  return class extends pg.Client {
    query(...args) {
      const callback = args.at(-1)
      if (typeof callback === 'function') args[args.length - 1] = (error, result) => callback(error, present(result))
      const pending = super.query(...args)
      return typeof pending?.then === 'function' ? pending.then(present) : pending
    }
  }
}

async function connect(url) {
  const charColumns = new Set()
  const { hostname, port, username, password, pathname } = new URL(url)
  const pool = new pg.Pool({
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
    max: 1,
    Client: catalogClient(charColumns),
  })
  const inner = await new PrismaPg(pool).connect()
  return {
    provider: inner.provider,
    adapterName: inner.adapterName,
    executeRaw: (query) => inner.executeRaw(query),
    getConnectionInfo: () => inner.getConnectionInfo(),
    startTransaction: (isolation) => inner.startTransaction(isolation),
    // Whole, because adapter-pg splits at every semicolon.
    executeScript: async (script) => void (await pool.query(script)),
    queryRaw: async (query) => {
      charColumns.clear()
      const result = await inner.queryRaw(query)
      const columnTypes = result.columnTypes.map((type, index) =>
        charColumns.has(result.columnNames[index]) ? ColumnTypeEnum.Character : type,
      )
      return { ...result, columnTypes }
    },
    dispose: async () => {
      await inner.dispose()
      await pool.end()
    },
  }
}

/** SQL that turns the database into what the schema says; empty when they agree. */
async function difference(url) {
  const content = readFileSync(SCHEMA, 'utf8')
  const SchemaEngine = await loadEngine()
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connect(url),
    connectToShadowDb: () => Promise.reject(new Error('no shadow database is needed')),
  })
  const engine = await SchemaEngine.new({ datamodels: [[SCHEMA, content]] }, () => {}, factory)
  const files = [{ path: SCHEMA, content }]
  const result = await engine.diff({
    from: { tag: 'schemaDatasource', files, configDir: '.' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: true,
    filters: { externalTables: [], externalEnums: [] },
  })
  return result.exitCode === 0 ? '' : (result.stdout ?? '')
}

const [command, name] = process.argv.slice(2)
const url = process.env.DATABASE_URL
if (!url || !['new', 'check'].includes(command) || (command === 'new' && !/^[a-z0-9_]+$/.test(name ?? ''))) {
  console.error('usage: DATABASE_URL=… node scripts/db.mjs check | new a_name')
  process.exit(2)
}
const sql = await difference(url)
if (command === 'check') {
  if (sql) console.error(`the migrated database differs from ${SCHEMA}:\n${sql}`)
  process.exit(sql ? 1 : 0)
}
const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
const target = path.join('prisma/migrations', `${stamp}_${name}`)
mkdirSync(target, { recursive: true })
writeFileSync(path.join(target, 'migration.sql'), sql)
console.log(target)
process.exit(0)
