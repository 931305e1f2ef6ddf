import { createSecretKey, hash, type KeyObject, randomUUID } from 'node:crypto'
import {
  AuthenticationError,
  isUuid,
  type Purpose,
  type SessionId,
  type SessionRecord,
  type TenantId,
  type UserId,
} from '@lamplighter/domain'
import jwt from 'jsonwebtoken'
import { type Acl, compileAcl } from './acl.js'
import { ExpiringCache } from './expiring-cache.js'
import type { SessionSource } from './session.js'

/** Who a valid token stands for, and what its session's user may do at this moment. */
export type Principal = SessionRecord & Acl

/** What a new token is made of. */
export type TokenFacts = {
  readonly userId: UserId
  readonly tenantId: TenantId
  readonly sessionId: SessionId
  readonly purpose: Purpose
  readonly expiresAt: Date
}

const ALGORITHM = 'HS256'
const ISSUER = 'lamplighter'
/** Longer texts are not tokens of ours. */
const MAX_TOKEN_CHARS = 2048

/** Signs access tokens (design 5). */
export class TokenIssuer {
  readonly #key: KeyObject

  constructor(key: Buffer) {
    this.#key = secretKey(key)
  }

  /** A token for a session. */
  issue({ userId, tenantId, sessionId, purpose, expiresAt }: TokenFacts): string {
    const claims = { tid: tenantId, sid: sessionId, prp: purpose, exp: Math.ceil(expiresAt.getTime() / 1000) }
    return jwt.sign(claims, this.#key, { algorithm: ALGORITHM, issuer: ISSUER, subject: userId, jwtid: randomUUID() })
  }
}

/** What is remembered of a session: the look-up, and once it is done who the session is of. */
type Remembered = { readonly pending: Promise<Principal | undefined>; found: Principal | undefined }

/** How long a session is believed without asking the store, and how many are remembered. */
export type VerifierOptions = { readonly ttlMs?: number; readonly capacity?: number }

/**
 * Verifies tokens: signature and expiry here, the session and its ACL from the store, remembered for a few seconds. So
 * a removed policy or an ended session takes effect everywhere within that time, and at once where `invalidate` is told.
 */
export class TokenVerifier {
  readonly #key: KeyObject
  readonly #sessions: SessionSource
  readonly #principals: ExpiringCache<SessionId, Remembered>
  /** By the hash of the token: no token lies in memory, and a hash is a fifth of it. */
  readonly #verified: ExpiringCache<string, SessionId>

  constructor(key: Buffer, sessions: SessionSource, { ttlMs = 3000, capacity = 20_000 }: VerifierOptions = {}) {
    this.#key = secretKey(key)
    this.#sessions = sessions
    this.#principals = new ExpiringCache(capacity, ttlMs)
    this.#verified = new ExpiringCache(capacity, 60_000)
  }

  /**
   * Who the token stands for.
   *
   * @throws AuthenticationError, which never contains the token; whatever the store throws when it does not answer
   */
  async verify(token: string): Promise<Principal> {
    if (token.length > MAX_TOKEN_CHARS) throw refused()
    const hashed = hash('sha256', token, 'base64url')
    return this.verifySession(this.#verified.get(hashed) ?? this.#verifySignature(token, hashed))
  }

  /**
   * Who a session stands for, for whoever was shown its token or a ticket before.
   *
   * @throws AuthenticationError when it is over; whatever the store throws when it does not answer
   */
  async verifySession(sessionId: SessionId): Promise<Principal> {
    const principal = await this.#findPrincipal(sessionId)
    if (!principal || principal.expiresAt.getTime() <= Date.now()) throw refused()
    return principal
  }

  /** Forgets what is remembered of a session. */
  invalidate(sessionId: SessionId): void {
    this.#principals.delete(sessionId)
  }

  /** Forgets the sessions of a user, whose rights changed. */
  invalidateUser(userId: UserId): void {
    this.#forget((principal) => principal.userId === userId)
  }

  /** Forgets the sessions of a tenant, whose policies changed. */
  invalidateTenant(tenantId: TenantId): void {
    this.#forget((principal) => principal.tenantId === tenantId)
  }

  /** Forgets everything: what happened meanwhile may have been missed. */
  invalidateAll(): void {
    this.#forget(() => true)
  }

  /** A look-up that is still under way may have read what was true before, so it is not kept either. */
  #forget(isMeant: (principal: Principal) => boolean): void {
    this.#principals.deleteWhere(({ found }) => found === undefined || isMeant(found))
  }

  #verifySignature(token: string, hashed: string): SessionId {
    const sessionId = readSession(token, this.#key)
    if (!sessionId) throw refused()
    this.#verified.set(hashed, sessionId)
    return sessionId
  }

  #findPrincipal(sessionId: SessionId): Promise<Principal | undefined> {
    const known = this.#principals.get(sessionId)
    if (known !== undefined) return known.pending
    // The promise is kept, so that many requests at once ask the store once.
    const pending = this.#sessions.findSession(sessionId).then((session) => session && toPrincipal(session))
    const remembered: Remembered = { pending, found: undefined }
    pending.then(
      (principal) => {
        remembered.found = principal
      },
      () => this.#principals.delete(sessionId),
    )
    this.#principals.set(sessionId, remembered)
    return pending
  }
}

/** Bytes would be tried as a public key first, for every token anew, which costs many times what the signature does. */
function secretKey(key: Buffer): KeyObject {
  return createSecretKey(key)
}

function readSession(token: string, key: KeyObject): SessionId | undefined {
  try {
    const claims = jwt.verify(token, key, { algorithms: [ALGORITHM], issuer: ISSUER })
    const sessionId = typeof claims === 'object' ? claims['sid'] : undefined
    return typeof sessionId === 'string' && isUuid(sessionId) ? (sessionId as SessionId) : undefined
  } catch {
    return undefined
  }
}

/** What a session's user may do, compiled. @throws LamplighterError `invalid-data` when its ACL is over a limit */
export function toPrincipal(session: SessionRecord): Principal {
  return { ...session, ...compileAcl(session.acl, { userId: session.userId, sessionId: session.sessionId }) }
}

function refused(): AuthenticationError {
  return new AuthenticationError('unauthorized', 'the token is not valid', { reason: 'not_found_or_expired' })
}
