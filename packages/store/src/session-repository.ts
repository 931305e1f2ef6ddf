import { randomUUID } from 'node:crypto'
import type { SessionHead } from '@lamplighter/contracts'
import type { SessionId, TenantId, UserId } from '@lamplighter/domain'
import type { Sql } from './sql.js'

/** A session about to begin. */
export type NewSession = {
  readonly userId: UserId
  readonly mobile: boolean
  readonly userAgent: string
  readonly remoteAddr: string
  readonly expiresInSec: number
  /** The refresh token it is made from, if it is. */
  readonly refreshTokenId: string | undefined
  /** True when its end is announced with its beginning. */
  readonly expiryAnnounced: boolean
}

const BEGIN = `
  INSERT INTO session (uuid, user_uuid, mobile, user_agent, remote_addr, expires_at, refresh_token_uuid, expiry_announced)
  VALUES ($1::uuid, $2::uuid, $3, $4, $5, now() + make_interval(secs => $6), $7::uuid, $8)`
const COUNT = 'SELECT count(*)::int AS live FROM session WHERE user_uuid = $1::uuid AND expires_at > now()'

/** Columns of a {@link SessionHead}. */
const HEAD = `s.uuid::text AS "sessionId", s.user_uuid::text AS "userId", u.tenant_uuid::text AS "tenantId"`
const END = `DELETE FROM session s USING "user" u WHERE u.uuid = s.user_uuid`
const END_ONE = `${END} AND s.uuid = $1::uuid RETURNING ${HEAD}`
const END_ONE_OF_USER = `${END} AND s.uuid = $1::uuid AND s.user_uuid = $2::uuid RETURNING ${HEAD}`
const END_ONE_BELOW = `
  DELETE FROM session s USING "user" u, tenant t
  WHERE u.uuid = s.user_uuid AND t.uuid = u.tenant_uuid AND s.uuid = $1::uuid AND t.ancestors @> ARRAY[$2::uuid]
  RETURNING ${HEAD}`
const END_ALL_OF_USER = `${END} AND s.user_uuid = $1::uuid AND s.uuid IS DISTINCT FROM $2::uuid RETURNING ${HEAD}`
const END_EXPIRED = `
  ${END} AND s.uuid IN (
    SELECT uuid FROM session WHERE expires_at <= now() ORDER BY expires_at LIMIT $1::int FOR UPDATE SKIP LOCKED)
  RETURNING ${HEAD}`
const ANNOUNCE = `
  UPDATE session s SET expiry_announced = true FROM "user" u
  WHERE u.uuid = s.user_uuid AND s.uuid IN (
    SELECT uuid FROM session
    WHERE NOT expiry_announced AND expires_at > now() AND expires_at <= now() + make_interval(secs => $1::int)
    ORDER BY expires_at LIMIT $2::int FOR UPDATE SKIP LOCKED)
  RETURNING ${HEAD}`

/**
 * Begins and ends sessions. Every method that ends some says which, so that the same transaction can announce it. Not
 * bound to a scope: the caller has found the user, or holds the token.
 */
export class SessionRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Begins a session. */
  async begin(session: NewSession): Promise<SessionId> {
    const uuid = randomUUID()
    await this.#sql.rows('session.begin', BEGIN, [
      uuid,
      session.userId,
      session.mobile,
      session.userAgent,
      session.remoteAddr,
      session.expiresInSec,
      session.refreshTokenId ?? null,
      session.expiryAnnounced,
    ])
    return uuid as SessionId
  }

  /** How many sessions of a user have not run out. */
  async countLive(userId: UserId): Promise<number> {
    const [row] = await this.#sql.rows<{ live: number }>('session.count', COUNT, [userId])
    return row?.live ?? 0
  }

  /** Ends a session. */
  end(id: SessionId): Promise<SessionHead[]> {
    return this.#sql.rows('session.end', END_ONE, [id])
  }

  /** Ends a session if it is this user's. */
  endOfUser(id: SessionId, userId: UserId): Promise<SessionHead[]> {
    return this.#sql.rows('session.endOfUser', END_ONE_OF_USER, [id, userId])
  }

  /** Ends a session if its user belongs to the tenant or one below it. */
  endBelow(id: SessionId, root: TenantId): Promise<SessionHead[]> {
    return this.#sql.rows('session.endBelow', END_ONE_BELOW, [id, root])
  }

  /** Ends every session of a user but one. */
  endAllOfUser(userId: UserId, except?: SessionId): Promise<SessionHead[]> {
    return this.#sql.rows('session.endAllOfUser', END_ALL_OF_USER, [userId, except ?? null])
  }

  /** Removes sessions that ran out, the oldest first; several processes may do it at once. */
  endExpired(limit: number): Promise<SessionHead[]> {
    return this.#sql.rows('session.endExpired', END_EXPIRED, [limit])
  }

  /** Marks sessions that end within `withinSec` as announced. A session is returned once in its life. */
  announceExpiring(withinSec: number, limit: number): Promise<SessionHead[]> {
    return this.#sql.rows('session.announce', ANNOUNCE, [withinSec, limit])
  }
}
