import type pg from 'pg'
import { gather } from './gather.js'
import { pgSql, type Sql, type SqlValue } from './sql.js'

/** SQL of a transaction on a connection that pipelines. */
export type TransactionSql = Sql & {
  /** Sends a statement that nobody in the transaction waits for: it runs before those sent later, and the commit fails with it. */
  send(name: string, text: string, values: readonly SqlValue[]): void
  /** Resolves when all of them have run. @throws why the first one failed */
  sent(): Promise<void>
}

/** Hand-written SQL over a client with an open transaction. */
export function transactionSql(client: pg.PoolClient): TransactionSql {
  const sql = pgSql(client)
  const sent: Promise<unknown>[] = []
  let failed: { readonly why: unknown } | undefined
  return {
    both: sql.both,
    // Behind a statement that failed PostgreSQL refuses all others: the first failure is the one to tell.
    rows: <Row extends object>(name: string | undefined, text: string, values: readonly SqlValue[]) =>
      sql.rows<Row>(name, text, values).catch((error: unknown) => Promise.reject(failed ? failed.why : error)),
    send: (name, text, values) => {
      gather(client)
      const run = sql.rows(name, text, values)
      run.catch((why: unknown) => {
        failed ??= { why }
      })
      sent.push(run)
    },
    sent: async () => {
      await Promise.all(sent)
    },
  }
}
