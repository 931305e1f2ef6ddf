import { type Principal, type TokenIssuer, type TokenVerifier, verifySecret } from '@lamplighter/access'
import { AuthenticationError, isUuid, LamplighterError, NotFoundError, type TenantId } from '@lamplighter/domain'
import type { Account, Store } from '@lamplighter/store'

/** What a login sends. */
export type Login = {
  readonly username: string
  readonly password: string
  readonly expirationSec: number
  readonly mobile: boolean
  readonly userAgent: string
  readonly remoteAddr: string
}

/** A token and what it stands for. */
export type IssuedToken = { readonly token: string; readonly principal: Principal }

/** What may be asked of a token beside its validity. */
export type TokenQuestion = { readonly scope: string | undefined; readonly tenant: string | undefined }

const MAX_SESSIONS = 100

/** Logs in, checks and ends tokens. */
export class TokenService {
  readonly #store: Store
  readonly #issuer: TokenIssuer
  readonly #verifier: TokenVerifier

  constructor(store: Store, issuer: TokenIssuer, verifier: TokenVerifier) {
    this.#store = store
    this.#issuer = issuer
    this.#verifier = verifier
  }

  /**
   * Begins a session. An unknown user and a wrong password cannot be told apart, by answer or by time.
   *
   * @throws AuthenticationError, or LamplighterError `too-many-sessions`
   */
  async logIn(login: Login): Promise<IssuedToken> {
    const account = await this.#store.accounts.findAccount(login.username)
    const right = await verifySecret(account?.passwordHash, login.password)
    if (!account || !right) throw new AuthenticationError('authentication-failed', 'Authentication Failed')
    if (account.purpose !== 'internal' && account.sessions >= MAX_SESSIONS) {
      throw new LamplighterError('too-many-sessions', 'the user has too many sessions')
    }
    return this.#begin(account, login)
  }

  async #begin(account: Account, { expirationSec, mobile, userAgent, remoteAddr }: Login): Promise<IssuedToken> {
    const expiresAt = new Date(Date.now() + expirationSec * 1000)
    const { userId, tenantId, purpose } = account
    const sessionId = await this.#store.accounts.createSession({ userId, mobile, userAgent, remoteAddr, expiresAt })
    const token = this.#issuer.issue({ userId, tenantId, sessionId, purpose, expiresAt })
    return { token, principal: await this.#verifier.verify(token) }
  }

  /**
   * Checks a token, then the access asked for, then the tenant (rest.md 4.3).
   *
   * @throws NotFoundError `no-such-token`, or AuthenticationError `token-forbidden`
   */
  async check(token: string, { scope, tenant }: TokenQuestion): Promise<Principal> {
    const principal = await this.#find(token)
    if (scope !== undefined && !principal.allows(scope)) {
      throw new AuthenticationError('token-forbidden', 'the token lacks the access', { scope })
    }
    if (tenant && !(await this.#covers(principal, tenant))) {
      throw new AuthenticationError('token-forbidden', 'the token does not cover the tenant', { tenant })
    }
    return principal
  }

  /** Which of the accesses the token holds. @throws as {@link check} */
  async checkScopes(
    token: string,
    scopes: readonly string[],
    tenant: string | undefined,
  ): Promise<Record<string, boolean>> {
    const principal = await this.check(token, { scope: undefined, tenant })
    return Object.fromEntries(scopes.map((scope) => [scope, principal.allows(scope)]))
  }

  /** Ends the token's session, here at once and elsewhere within seconds. An unknown token is as good as ended. */
  async revoke(token: string): Promise<void> {
    const principal = await this.#verifier.verify(token).catch(onlyUnknown)
    if (!principal) return
    await this.#store.accounts.deleteSession(principal.sessionId)
    this.#verifier.invalidate(principal.sessionId)
  }

  async #find(token: string): Promise<Principal> {
    const principal = await this.#verifier.verify(token).catch(onlyUnknown)
    // The JavaScript client compares this very text (rest.md 4.3).
    if (!principal) throw new NotFoundError('no-such-token', 'No such token')
    return principal
  }

  async #covers(principal: Principal, tenant: string): Promise<boolean> {
    const wanted = tenant.toLowerCase()
    if (wanted === principal.tenantId) return true
    return isUuid(wanted) && this.#store.accounts.covers(principal.tenantId, wanted as TenantId)
  }
}

function onlyUnknown(error: unknown): undefined {
  if (error instanceof AuthenticationError) return undefined
  throw error
}
