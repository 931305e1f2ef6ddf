import type { Principal, TokenVerifier } from '@lamplighter/access'
import { sessionEnded } from '@lamplighter/contracts'
import { AuthenticationError, isUuid, NotFoundError, type TenantId } from '@lamplighter/domain'
import type { Store } from '@lamplighter/store'

/** What may be asked of a token beside its validity. */
export type TokenQuestion = { readonly scope: string | undefined; readonly tenant: string | undefined }

/** Checks and ends tokens. */
export class TokenService {
  readonly #store: Store
  readonly #verifier: TokenVerifier

  constructor(store: Store, verifier: TokenVerifier) {
    this.#store = store
    this.#verifier = verifier
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

  /** Ends the token's session, everywhere at once. An unknown token is as good as ended. */
  async revoke(token: string): Promise<void> {
    const principal = await this.#verifier.verify(token).catch(onlyUnknown)
    if (!principal) return
    const { sessionId } = principal
    await this.#store.changeLogins(async ({ sessions, outbox }) => {
      outbox.add((await sessions.end(sessionId)).map(sessionEnded))
    })
    this.#verifier.invalidate(sessionId)
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
