/**
 * Classes and codes of PostgreSQL's errors that are about the server and its moment, not about what was asked: a lost
 * connection, no room, a start or an end, a deadlock, a server that only reads until it is promoted.
 */
const PASSING_STATE = /^(08...|53[134]..|57P0[1235]|40001|40P01|55P03|25006)$/
/** Codes of the network's errors. */
const AWAY: readonly string[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]
/** How `pg` begins what it says of a lost connection; it gives no code. */
const LOST =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/

/** Whether hand-written SQL failed because of the database's moment: the same again can succeed later. */
export function isPassingFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  if (typeof code === 'string') return AWAY.includes(code) || PASSING_STATE.test(code)
  return LOST.test(error.message)
}
