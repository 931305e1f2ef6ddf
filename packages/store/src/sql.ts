import type pg from 'pg'
import { gather } from './gather.js'

/** Values a hand-written statement may carry. Arrays and JSON go as JSON text. */
export type SqlValue = string | number | bigint | boolean | null | Date | readonly string[] | readonly number[]

/**
 * Runs hand-written SQL on whatever transaction is open: a `pg` client on the hot paths, Prisma's on configuration
 * paths. The outbox and the summaries are written against it, so that there is one of each.
 */
export type Sql = {
  /** `name` makes it a prepared statement where the connection supports that; one name, one text. Undefined: planned each time. */
  rows<Row extends object>(name: string | undefined, text: string, values: readonly SqlValue[]): Promise<Row[]>
  /** Two statements, the second right behind the first: one round trip where the connection pipelines. */
  both<First, Second>(first: () => Promise<First>, second: () => Promise<Second>): Promise<[First, Second]>
}

/** Hand-written SQL over `pg`, prepared by name. */
export function pgSql(client: pg.Pool | pg.PoolClient): Sql {
  return {
    rows: async <Row extends object>(name: string | undefined, text: string, values: readonly SqlValue[]) => {
      const result = await client.query<Row>({ ...(name === undefined ? {} : { name }), text, values: [...values] })
      return result.rows
    },
    both: (first, second) => {
      if ('connection' in client) gather(client)
      return Promise.all([first(), second()])
    },
  }
}

/** The part of Prisma's transaction client that runs SQL. */
type RawClient = { $queryRawUnsafe<T>(query: string, ...values: unknown[]): Promise<T> }

/** Hand-written SQL inside a Prisma transaction. The text is ours; every value is a parameter. */
export function prismaSql(client: RawClient): Sql {
  return {
    rows: (_name, text, values) => client.$queryRawUnsafe(text, ...values),
    both: async (first, second) => [await first(), await second()],
  }
}
