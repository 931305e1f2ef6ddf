import { createHash } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from './generated/client.js'

/** One pool for Prisma (configuration) and for hand-written SQL (messages, outbox): decision 0003. */
export type Database = {
  readonly url: string
  readonly pool: pg.Pool
  readonly prisma: PrismaClient
  close(): Promise<void>
}

/** Counts and revisions fit a JavaScript number; 64-bit columns would else arrive as text. */
const INT8 = 20
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? Number
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

/**
 * Our statements are few and made for their indexes: planning each anew, or compiling one, costs more than most of them
 * take.
 */
export const SESSION_OPTIONS = '-c plan_cache_mode=force_generic_plan -c jit=off'

/**
 * Opens the pool; connections are made when needed.
 *
 * @param options.connections upper limit of the pool
 * @param options.onIdleError told of connections lost while idle, which the pool replaces by itself
 */
export function openDatabase(
  url: string,
  options: { connections?: number; onIdleError?: (error: Error) => void } = {},
): Database {
  const config = {
    connectionString: url,
    options: SESSION_OPTIONS,
    application_name: 'lamplighter',
    max: options.connections ?? 16,
    // Statements that do not wait for each other's answers share a round trip.
    pipeline: true,
    types,
  }
  const pool = new pg.Pool(config)
  pool.on('error', (error) => options.onIdleError?.(error))
  // A connection lost between two statements of a transaction: the next one fails, and that is the place to say it.
  pool.on('connect', (client) => client.on('error', () => {}))
  // Named statements save PostgreSQL the planning of what Prisma sends over and over.
  const statementNameGenerator = ({ sql }: { sql: string }) => `p${createHash('sha1').update(sql).digest('base64url')}`
  // Prisma has type parsers of its own and must not see ours, so it brings them per query over the same pool.
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator }) })
  return {
    url,
    pool,
    prisma,
    close: async () => {
      await prisma.$disconnect()
      if (!pool.ended) await pool.end()
    },
  }
}
