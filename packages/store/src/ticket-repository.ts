import type { SessionId } from '@lamplighter/domain'
import type { Sql } from './sql.js'

/**
 * Tickets nobody used go with the next one that is made; what somebody else is just deleting is left to them. The session
 * is locked, so that it cannot end between being seen and being referred to.
 */
const CREATE = `
  WITH unused AS (
    DELETE FROM ws_ticket
    WHERE hash IN (SELECT hash FROM ws_ticket WHERE expires_at <= now() FOR UPDATE SKIP LOCKED)
  )
  INSERT INTO ws_ticket (hash, session_uuid, expires_at)
  SELECT $1, uuid, now() + make_interval(secs => $3) FROM session WHERE uuid = $2::uuid FOR KEY SHARE
  RETURNING hash`
const TAKE = 'DELETE FROM ws_ticket WHERE hash = $1 RETURNING session_uuid::text, expires_at > now() AS valid'

/** One-time tickets: each opens one socket for its session. */
export class TicketRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Keeps the hash of a ticket for a session. False when the session has ended. */
  async create(hash: string, sessionId: SessionId, lifetimeSec: number): Promise<boolean> {
    const rows = await this.#sql.rows('ticket.create', CREATE, [hash, sessionId, lifetimeSec])
    return rows.length > 0
  }

  /** Uses a ticket up: whose session it opens, or undefined when it is unknown, used or too old. */
  async take(hash: string): Promise<SessionId | undefined> {
    const [row] = await this.#sql.rows<{ session_uuid: string; valid: boolean }>('ticket.take', TAKE, [hash])
    return row?.valid ? (row.session_uuid as SessionId) : undefined
  }
}
