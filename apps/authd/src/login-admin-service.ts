import type { TokenVerifier } from '@lamplighter/access'
import { type SessionHead, sessionEnded } from '@lamplighter/contracts'
import { type Actor, ResourceError, type SessionId, type TenantId, type UserId } from '@lamplighter/domain'
import type { LoginChange, Store, TenantScope } from '@lamplighter/store'
import { unknownUser } from './errors.js'
import { revokeAll } from './refresh-token-service.js'

/** Ends other people's sessions and refresh tokens, or one's own (rest.md 4.1, 6 to 12). */
export class LoginAdminService {
  readonly #store: Store
  readonly #verifier: TokenVerifier

  constructor(store: Store, verifier: TokenVerifier) {
    this.#store = store
    this.#verifier = verifier
  }

  /** The user with this UUID. @throws ResourceError `unknown-user` */
  async findUser(scope: TenantScope, uuid: string): Promise<UserId> {
    const user = await this.#store.access(scope).users.find(uuid)
    if (!user) throw unknownUser(uuid)
    return user.uuid
  }

  /** Ends a session of the tenant or one below it; any other is as good as ended. */
  async endSession(root: TenantId, id: string, actor: Actor): Promise<void> {
    await this.#end(actor, ({ sessions }) => sessions.endBelow(id as SessionId, root))
  }

  /** Ends a session of a user. */
  async endSessionOfUser(user: UserId, id: string, actor: Actor): Promise<void> {
    await this.#end(actor, ({ sessions }) => sessions.endOfUser(id as SessionId, user))
  }

  /** Revokes the refresh token of a user's client, and ends the sessions made from it. @throws ResourceError */
  async revokeRefreshToken(user: UserId, clientId: string, actor: Actor): Promise<void> {
    const ended = await this.#store.changeLogins(async (change) => {
      const tokens = await change.refreshTokens.lockOfUser(user, clientId)
      if (tokens.length === 0) throw unknownRefreshToken(clientId)
      const about = { user_uuid: user, client_id: clientId }
      await noteRevoked(change, actor, 'refresh_token.revoked', tokens, () => about)
      return revokeAll(change, tokens)
    })
    this.#forget(ended)
  }

  async #end(actor: Actor, work: (change: LoginChange) => Promise<SessionHead[]>): Promise<void> {
    const ended = await this.#store.changeLogins(async (change) => {
      const heads = await work(change)
      await noteRevoked(change, actor, 'session.revoked', heads, ({ userId, sessionId }) => ({
        user_uuid: userId,
        session_uuid: sessionId,
      }))
      change.outbox.add(heads.map(sessionEnded))
      return heads
    })
    this.#forget(ended)
  }

  /** Here at once; elsewhere when the event arrives. */
  #forget(ended: readonly SessionHead[]): void {
    for (const { sessionId } of ended) this.#verifier.invalidate(sessionId)
  }
}

/** Notes what was taken from somebody else; what one ends of one's own is nobody's concern. */
async function noteRevoked<Owned extends { readonly userId: UserId; readonly tenantId: TenantId }>(
  { audit }: LoginChange,
  actor: Actor,
  action: 'session.revoked' | 'refresh_token.revoked',
  revoked: readonly Owned[],
  detailsOf: (one: Owned) => Readonly<Record<string, unknown>>,
): Promise<void> {
  const others = revoked.filter(({ userId }) => userId !== actor.userId)
  await audit.add(...others.map((one) => ({ tenantId: one.tenantId, actor, action, details: detailsOf(one) })))
}

function unknownRefreshToken(clientId: string): ResourceError {
  const code = 'cannot-find-refresh-token-matching-client-id'
  return new ResourceError('tokens', code, 'the client has no refresh token', { client_id: clientId })
}
