import { createHash } from 'node:crypto'
import { verifySecret } from '@lamplighter/access'
import { AuthenticationError, LamplighterError, SYSTEM_ACTOR, type TenantId } from '@lamplighter/domain'
import type { Account, Store } from '@lamplighter/store'

/** Checks passwords, and bounds how many may be tried (users.md S1). */
export class PasswordCheck {
  readonly #store: Store
  readonly #masterTenant: TenantId

  /** @param masterTenant hears of guesses at names nobody has */
  constructor(store: Store, masterTenant: TenantId) {
    this.#store = store
    this.#masterTenant = masterTenant
  }

  /**
   * The account, when the password is its own. A name nobody has costs the same time and is bounded the same way.
   *
   * @param login what the account was looked for by
   * @throws AuthenticationError; LamplighterError `too-many-attempts`
   */
  async verify(account: Account | undefined, login: string, password: string, address: string): Promise<Account> {
    const throttled = account?.userId ?? createHash('sha256').update(login.toLowerCase()).digest('hex')
    const admitted = await this.#store.throttle.admit(throttled, address)
    if (!admitted) {
      throw new LamplighterError('too-many-attempts', 'too many wrong passwords: wait before the next one')
    }
    const right = await verifySecret(account?.passwordHash, password)
    if (!account?.enabled || !right) {
      await this.#store.throttle.fail(address)
      if (admitted.isLast) await this.#noteThrottled(account, address)
      throw loginRefused()
    }
    await this.#store.throttle.succeed(throttled)
    return account
  }

  /** As much work for a name nobody has. What was typed is not written down: it may be a password. */
  async #noteThrottled(account: Account | undefined, address: string): Promise<void> {
    await this.#store.note({
      tenantId: account?.tenantId ?? this.#masterTenant,
      actor: { ...SYSTEM_ACTOR, remoteAddr: address },
      action: 'login.throttled',
      details: { user_uuid: account?.userId ?? null },
    })
  }
}

/** Whatever is wrong with the credentials: always this. */
export function loginRefused(): AuthenticationError {
  return new AuthenticationError('authentication-failed', 'Authentication Failed')
}
