import { randomUUID } from 'node:crypto'
import { hashRefreshToken, type RefreshTokenIssuer } from '@lamplighter/access'
import { refreshTokenGiven, refreshTokenRevoked, type SessionHead, sessionEnded } from '@lamplighter/contracts'
import type { Account, LoginChange, RefreshToken } from '@lamplighter/store'
import type { LoginRequest } from './login-request.js'

/** What a login has to do with refresh tokens: the one its session belongs to, and the sessions it ended. */
export type Grant = {
  readonly token: string | undefined
  readonly refreshTokenId: string | undefined
  readonly ended: readonly SessionHead[]
}

/** Clients of a user that may hold a refresh token; the longest unused loses its own to a new one. */
const MAX_TOKENS_OF_USER = 100

/** Gives out, keeps alive and revokes refresh tokens (rest.md 4.2, decision 0009). */
export class RefreshTokenService {
  readonly #issuer: RefreshTokenIssuer
  readonly #lifetimeSec: number

  constructor(issuer: RefreshTokenIssuer, lifetimeSec: number) {
    this.#issuer = issuer
    this.#lifetimeSec = lifetimeSec
  }

  /**
   * What an offline login gets, in the login's transaction with its account locked. A client that is not mobile gets
   * the same token again; a mobile one a new one, and every other mobile token of the user goes with its sessions.
   */
  async grant(change: LoginChange, account: Account, request: LoginRequest): Promise<Grant> {
    const { offlineClientId: clientId, mobile } = request
    if (clientId === undefined) return { token: undefined, refreshTokenId: undefined, ended: [] }
    const known = mobile ? undefined : await change.refreshTokens.findOfClient(account.userId, clientId)
    if (known && (await this.use(change, known))) {
      return { token: this.#issuer.issue(known.id), refreshTokenId: known.id, ended: [] }
    }
    const { refreshTokens } = change
    const superseded = await refreshTokens.lockSuperseded(account.userId, clientId, mobile, MAX_TOKENS_OF_USER - 1)
    const ended = await revokeAll(change, superseded)
    return { ...(await this.#add(change, account, clientId, request)), ended }
  }

  async #add(
    { refreshTokens, outbox }: LoginChange,
    { userId, tenantId }: Account,
    clientId: string,
    { mobile, userAgent, remoteAddr }: LoginRequest,
  ): Promise<{ token: string; refreshTokenId: string }> {
    const id = randomUUID()
    const token = this.#issuer.issue(id)
    const facts = { id, userId, clientId, mobile, userAgent, remoteAddr }
    await refreshTokens.add({ ...facts, tokenHash: hashRefreshToken(token), expiresInSec: this.#lifetimeSec })
    outbox.add([refreshTokenGiven({ userId, tenantId, clientId, mobile })])
    return { token, refreshTokenId: id }
  }

  /** Puts the end of a token off, because it is used. False when it was revoked meanwhile. */
  use({ refreshTokens }: LoginChange, token: RefreshToken): Promise<boolean> {
    return refreshTokens.use(token.id, this.#lifetimeSec)
  }
}

/** Revokes locked tokens with the sessions made from them, and says so. */
export async function revokeAll(
  { refreshTokens, outbox }: Pick<LoginChange, 'refreshTokens' | 'outbox'>,
  tokens: readonly RefreshToken[],
): Promise<SessionHead[]> {
  if (tokens.length === 0) return []
  const ended = await refreshTokens.revoke(tokens)
  outbox.add([...ended.map(sessionEnded), ...tokens.map(refreshTokenRevoked)])
  return ended
}
