import { hashRefreshToken, type Principal, type TokenIssuer, type TokenVerifier } from '@lamplighter/access'
import { type EventDraft, type SessionHead, sessionBegan, sessionEndsSoon } from '@lamplighter/contracts'
import { LamplighterError } from '@lamplighter/domain'
import type { Account, LoginChange, Store } from '@lamplighter/store'
import type { LoginRequest, Proof } from './login-request.js'
import { loginRefused, type PasswordCheck } from './password-check.js'
import type { RefreshTokenService } from './refresh-token-service.js'
import { EXPIRES_SOON_SEC } from './session-keeper.js'

/** Limits of logins, set for the installation. */
export type LoginSettings = {
  /** Live sessions a user may have. */
  readonly maxSessions: number
  /** Life of a token when the login does not say. */
  readonly tokenLifetimeSec: number
}

/** A token and what it stands for. */
export type IssuedToken = {
  readonly token: string
  readonly principal: Principal
  /** Only for an offline login. */
  readonly refreshToken: string | undefined
  /** Sessions that ended because of the login. */
  readonly sessionsRevoked: number
}

/** What the transaction of a login leaves. */
type Begun = Omit<IssuedToken, 'token' | 'principal'> & {
  readonly session: SessionHead
  readonly account: Account
  readonly ended: readonly SessionHead[]
}

/** Logs in, by password or by refresh token (rest.md 4.2). */
export class LoginService {
  readonly #store: Store
  readonly #issuer: TokenIssuer
  readonly #verifier: TokenVerifier
  readonly #passwords: PasswordCheck
  readonly #refreshTokens: RefreshTokenService
  readonly #settings: LoginSettings

  constructor(
    store: Store,
    issuer: TokenIssuer,
    verifier: TokenVerifier,
    passwords: PasswordCheck,
    refreshTokens: RefreshTokenService,
    settings: LoginSettings,
  ) {
    this.#store = store
    this.#issuer = issuer
    this.#verifier = verifier
    this.#passwords = passwords
    this.#refreshTokens = refreshTokens
    this.#settings = settings
  }

  /**
   * Begins a session. Whatever is wrong with the credentials cannot be told apart, by answer or by time.
   *
   * @throws AuthenticationError; LamplighterError `too-many-sessions` or `too-many-attempts`
   */
  async logIn(request: LoginRequest): Promise<IssuedToken> {
    const expirationSec = request.expirationSec ?? this.#settings.tokenLifetimeSec
    const begun = await this.#begin(request, expirationSec)
    for (const { sessionId } of begun.ended) this.#verifier.invalidate(sessionId)
    const { userId, tenantId, purpose } = begun.account
    const { sessionId } = begun.session
    const expiresAt = new Date(Date.now() + expirationSec * 1000)
    const token = this.#issuer.issue({ userId, tenantId, sessionId, purpose, expiresAt })
    const principal = await this.#verifier.verify(token)
    return { token, principal, refreshToken: begun.refreshToken, sessionsRevoked: begun.sessionsRevoked }
  }

  #begin(request: LoginRequest, expirationSec: number): Promise<Begun> {
    switch (request.proof.kind) {
      case 'password':
        return this.#beginByPassword(request, request.proof, expirationSec)
      case 'refresh_token':
        return this.#beginByRefreshToken(request, request.proof, expirationSec)
      case 'none':
        throw loginRefused()
    }
  }

  async #beginByPassword(
    request: LoginRequest,
    proof: Proof & { kind: 'password' },
    expirationSec: number,
  ): Promise<Begun> {
    const { username, password } = proof
    const known = await this.#store.accounts.findAccount(username)
    const account = await this.#passwords.verify(known, username, password, request.remoteAddr)
    return this.#store.changeLogins(async (change) => {
      const current = await change.accounts.lockAccount(account.userId)
      // Between the check and the lock the password may have been changed.
      if (!current?.enabled || current.passwordHash !== account.passwordHash) throw loginRefused()
      const grant = await this.#refreshTokens.grant(change, current, request)
      const session = await this.#beginSession(change, current, request, { ...grant, expirationSec })
      const sessionsRevoked = grant.ended.length
      return { session, account: current, refreshToken: grant.token, sessionsRevoked, ended: grant.ended }
    })
  }

  async #beginByRefreshToken(
    request: LoginRequest,
    proof: Proof & { kind: 'refresh_token' },
    expirationSec: number,
  ): Promise<Begun> {
    const { refreshToken, clientId } = proof
    return this.#store.changeLogins(async (change) => {
      const token = await change.refreshTokens.findByHash(hashRefreshToken(refreshToken), clientId)
      const account = token && (await change.accounts.lockAccount(token.userId))
      if (!token || !account?.enabled || !(await this.#refreshTokens.use(change, token))) throw loginRefused()
      const facts = { refreshTokenId: token.id, expirationSec }
      const session = await this.#beginSession(change, account, { ...request, mobile: token.mobile }, facts)
      return { session, account, refreshToken: undefined, sessionsRevoked: 0, ended: [] }
    })
  }

  /** The account is locked, so the count holds. */
  async #beginSession(
    { sessions, outbox }: LoginChange,
    { userId, tenantId, purpose }: Account,
    { mobile, userAgent, remoteAddr }: LoginRequest,
    { refreshTokenId, expirationSec }: { refreshTokenId: string | undefined; expirationSec: number },
  ): Promise<SessionHead> {
    if (purpose !== 'internal' && (await sessions.countLive(userId)) >= this.#settings.maxSessions) {
      throw new LamplighterError('too-many-sessions', 'the user has too many sessions')
    }
    const expiryAnnounced = expirationSec <= EXPIRES_SOON_SEC
    const facts = { userId, mobile, userAgent, remoteAddr, refreshTokenId, expiryAnnounced }
    const session = { sessionId: await sessions.begin({ ...facts, expiresInSec: expirationSec }), userId, tenantId }
    const drafts: EventDraft[] = [sessionBegan(session, mobile)]
    if (expiryAnnounced) drafts.push(sessionEndsSoon(session))
    outbox.add(drafts)
    return session
  }
}
