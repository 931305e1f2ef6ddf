import type { Sql } from './sql.js'

/** How many failures are free, how long one is remembered, and the longest pause. */
type Bounds = { readonly free: number; readonly forgetSec: number; readonly maxPauseSec: number }

/** Ten tries, then pauses from a second to a quarter of an hour: about a hundred tries a day in the long run. */
const ACCOUNT: Bounds = { free: 10, forgetSec: 900, maxPauseSec: 900 }
/** Many people may share an address, so it has more tries and shorter pauses. */
const ADDRESS: Bounds = { free: 100, forgetSec: 60, maxPauseSec: 60 }

/**
 * Failures with this one: those of long ago fade one by one ($1 free, $2 to forget one, $3 longest pause). By the clock and
 * not by the start of the transaction, which of tries at once may lie before what the row was last given.
 */
const COUNTED = `greatest(0, t.failures - floor(extract(epoch FROM clock_timestamp() - t.failed_at) / $2)::int) + 1`
/** Pauses double with each failure beyond the free ones. */
const PAUSE = (failures: string) =>
  `clock_timestamp() + make_interval(secs => CASE WHEN ${failures} < $1 THEN 0 ELSE least($3, 2 ^ least(${failures} - $1, 20)) END)`

/** The address is only looked at; the account's try counts as failed until it is known to be right. */
const ADMIT = `
  WITH free AS (
    SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM login_throttle WHERE key = $5 AND blocked_until > clock_timestamp())),
  counted AS (
    INSERT INTO login_throttle AS t (key, failures, blocked_until) SELECT $4, 1, now() FROM free
    ON CONFLICT (key) DO UPDATE SET failures = ${COUNTED}, failed_at = clock_timestamp(), blocked_until = ${PAUSE(COUNTED)}
    WHERE t.blocked_until <= clock_timestamp()
    RETURNING failures)
  SELECT failures FROM counted`
const FAIL = `
  INSERT INTO login_throttle AS t (key, failures, blocked_until) VALUES ($4, 1, now())
  ON CONFLICT (key) DO UPDATE SET failures = ${COUNTED}, failed_at = clock_timestamp(), blocked_until = ${PAUSE(COUNTED)}`
const FORGIVE = 'DELETE FROM login_throttle WHERE key = $1'
const PURGE = `DELETE FROM login_throttle WHERE failed_at < now() - interval '1 day'`

/**
 * Bounds the guessing of passwords, per account and per address, over all processes and restarts. A try is counted
 * before the password is looked at, so that many at once do not slip through together.
 */
export class LoginThrottle {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /**
   * Lets a try go on, or not. It counts as a failure of the account until `succeed` is told.
   *
   * @returns undefined when it may not; else whether it is the one that makes the account wait, if it fails: said once,
   *   until the failures have begun to fade
   */
  async admit(account: string, address: string): Promise<{ readonly isLast: boolean } | undefined> {
    const values = [...boundsOf(ACCOUNT), accountKey(account), addressKey(address)]
    const [row] = await this.#sql.rows<{ failures: number }>('throttle.admit', ADMIT, values)
    return row && { isLast: row.failures === ACCOUNT.free }
  }

  /** The password was wrong: the address is charged too. */
  async fail(address: string): Promise<void> {
    await this.#sql.rows('throttle.fail', FAIL, [...boundsOf(ADDRESS), addressKey(address)])
  }

  /** The password was right: the account's failures are forgotten. */
  async succeed(account: string): Promise<void> {
    await this.#sql.rows('throttle.forgive', FORGIVE, [accountKey(account)])
  }

  /** Removes what no longer matters. */
  async purge(): Promise<void> {
    await this.#sql.rows('throttle.purge', PURGE, [])
  }
}

/** The first three parameters of the statements. */
function boundsOf({ free, forgetSec, maxPauseSec }: Bounds): number[] {
  return [free, forgetSec, maxPauseSec]
}

function accountKey(account: string): string {
  return `account:${account}`
}

function addressKey(address: string): string {
  return `address:${networkOf(address)}`
}

/** Who has one IPv6 address usually has its whole /64. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const full = [...groups, ...Array.from({ length: missing }, () => '0'), ...(tail ? tail.split(':') : [])]
  return full.slice(0, 4).join(':')
}
