import type pg from 'pg'
import { gather } from './gather.js'

/**
 * Runs the work in a transaction. Connections pipeline ({@link openDatabase}): its beginning goes out together with the
 * first statement, and its end with the last ones. A connection whose transaction cannot be ended cleanly is thrown
 * away, not given back.
 *
 * @param last sends the statements behind the work that nothing waits for
 */
export async function inTransaction<T>(
  client: pg.PoolClient,
  work: () => Promise<T>,
  last: () => Promise<void> = async () => {},
): Promise<T> {
  let broken: Error | undefined
  try {
    gather(client)
    const begun = client.query('BEGIN')
    // Whoever fails first is told below; a connection that cannot begin can do nothing else either.
    begun.catch(() => {})
    const result = await work()
    gather(client)
    const [, , ended] = await Promise.all([begun, last(), client.query('COMMIT')])
    // PostgreSQL ends a transaction in which a statement failed so, without an error.
    if (ended.command !== 'COMMIT') throw new Error('the transaction was rolled back')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}
