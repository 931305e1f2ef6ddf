import type pg from 'pg'

/**
 * Lets what is sent over a connection until the end of this turn of the event loop leave as one write: statements that
 * are pipelined one by one cost a system call each, and wake PostgreSQL for each.
 */
export function gather({ connection: { stream } }: pg.PoolClient): void {
  stream.cork()
  process.nextTick(() => stream.uncork())
}
