import type { RefreshTokenHead, SessionHead } from '@lamplighter/contracts'
import type { UserId } from '@lamplighter/domain'
import type { Sql } from './sql.js'

/** A refresh token as logins need it. */
export type RefreshToken = RefreshTokenHead & { readonly id: string }

/** A refresh token about to be given out. Only the hash is kept. */
export type NewRefreshToken = {
  readonly id: string
  readonly userId: UserId
  readonly clientId: string
  readonly tokenHash: string
  readonly mobile: boolean
  readonly userAgent: string
  readonly remoteAddr: string
  readonly expiresInSec: number
}

const HEAD = `r.uuid::text AS id, r.user_uuid::text AS "userId", u.tenant_uuid::text AS "tenantId",
    r.client_id AS "clientId", r.mobile`
const FROM_USER = `FROM refresh_token r JOIN "user" u ON u.uuid = r.user_uuid`
const FIND_BY_HASH = `
  SELECT ${HEAD}, u.enabled ${FROM_USER} WHERE r.token_hash = $1 AND r.client_id = $2 AND r.expires_at > now()`
const FIND_OF_CLIENT = `
  SELECT ${HEAD} ${FROM_USER}
  WHERE r.user_uuid = $1::uuid AND md5(r.client_id) = md5($2) AND r.expires_at > now()`
const LOCK_SUPERSEDED = `
  SELECT ${HEAD} ${FROM_USER}
  WHERE r.user_uuid = $1::uuid AND (
    md5(r.client_id) = md5($2) OR ($3::boolean AND r.mobile) OR r.expires_at <= now()
    OR r.uuid IN (SELECT uuid FROM refresh_token WHERE user_uuid = $1::uuid ORDER BY used_at DESC, uuid OFFSET $4::int))
  FOR UPDATE OF r`
const LOCK_OF_USER = `
  SELECT ${HEAD} ${FROM_USER}
  WHERE r.user_uuid = $1::uuid AND ($2::text IS NULL OR r.client_id = $2) FOR UPDATE OF r`
const LOCK_EXPIRED = `
  SELECT ${HEAD} ${FROM_USER} WHERE r.expires_at <= now() ORDER BY r.expires_at LIMIT $1::int FOR UPDATE OF r SKIP LOCKED`
/** Lists show and filter by whole milliseconds. */
const ADD = `
  INSERT INTO refresh_token (uuid, user_uuid, client_id, token_hash, mobile, user_agent, remote_addr, created_at, expires_at)
  VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6, $7, date_trunc('milliseconds', now()), now() + make_interval(secs => $8))`
const USE = `
  UPDATE refresh_token SET used_at = now(), expires_at = now() + make_interval(secs => $2::int)
  WHERE uuid = $1::uuid RETURNING uuid`
const END_SESSIONS = `
  DELETE FROM session s USING "user" u
  WHERE u.uuid = s.user_uuid AND s.refresh_token_uuid IN (SELECT value::uuid FROM json_array_elements_text($1::json))
  RETURNING s.uuid::text AS "sessionId", s.user_uuid::text AS "userId", u.tenant_uuid::text AS "tenantId"`
const DELETE = `DELETE FROM refresh_token WHERE uuid IN (SELECT value::uuid FROM json_array_elements_text($1::json))`

/**
 * Refresh tokens. Those to be revoked are locked first: a session that is being made from one waits, and then finds it
 * gone. Not bound to a scope: the caller has found the user, or holds the token.
 */
export class RefreshTokenRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** The live token with this hash, if it was given to this client of an enabled user. */
  async findByHash(tokenHash: string, clientId: string): Promise<RefreshToken | undefined> {
    const [row] = await this.#sql.rows<RefreshToken & { enabled: boolean }>('refreshToken.find', FIND_BY_HASH, [
      tokenHash,
      clientId,
    ])
    return row?.enabled ? row : undefined
  }

  /** The live token of a user's client. */
  async findOfClient(userId: UserId, clientId: string): Promise<RefreshToken | undefined> {
    const [row] = await this.#sql.rows<RefreshToken>('refreshToken.ofClient', FIND_OF_CLIENT, [userId, clientId])
    return row
  }

  /**
   * Locks what a new token for a client replaces: the client's own, with a mobile one every mobile one, whatever ran
   * out, and the longest unused beyond the newest `kept`.
   */
  lockSuperseded(userId: UserId, clientId: string, mobile: boolean, kept: number): Promise<RefreshToken[]> {
    return this.#sql.rows('refreshToken.superseded', LOCK_SUPERSEDED, [userId, clientId, mobile, kept])
  }

  /** Locks the tokens of a user, or the one of a client. */
  lockOfUser(userId: UserId, clientId?: string): Promise<RefreshToken[]> {
    return this.#sql.rows('refreshToken.lockOfUser', LOCK_OF_USER, [userId, clientId ?? null])
  }

  /** Locks tokens that ran out; several processes may do it at once. */
  lockExpired(limit: number): Promise<RefreshToken[]> {
    return this.#sql.rows('refreshToken.lockExpired', LOCK_EXPIRED, [limit])
  }

  /** Gives a token out. */
  async add(token: NewRefreshToken): Promise<void> {
    const { id, userId, clientId, tokenHash, mobile, userAgent, remoteAddr, expiresInSec } = token
    const values = [id, userId, clientId, tokenHash, mobile, userAgent, remoteAddr, expiresInSec]
    await this.#sql.rows('refreshToken.add', ADD, values)
  }

  /** Puts the token's end off because it is used, and holds its row. False when it was revoked meanwhile. */
  async use(id: string, expiresInSec: number): Promise<boolean> {
    return (await this.#sql.rows('refreshToken.use', USE, [id, expiresInSec])).length === 1
  }

  /** Deletes locked tokens and ends the sessions made from them; says which sessions. */
  async revoke(tokens: readonly RefreshToken[]): Promise<SessionHead[]> {
    const ids = JSON.stringify(tokens.map(({ id }) => id))
    const ended = await this.#sql.rows<SessionHead>('refreshToken.endSessions', END_SESSIONS, [ids])
    await this.#sql.rows('refreshToken.delete', DELETE, [ids])
    return ended
  }
}
