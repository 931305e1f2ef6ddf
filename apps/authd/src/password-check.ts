import { createHash } from 'node:crypto'
import { verifySecret } from '@lamplighter/access'
import { AuthenticationError, LamplighterError } from '@lamplighter/domain'
import type { Account, Store } from '@lamplighter/store'

/** Checks passwords, and bounds how many may be tried (users.md S1). */
export class PasswordCheck {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * The account, when the password is its own. A name nobody has costs the same time and is bounded the same way.
   *
   * @param login what the account was looked for by
   * @throws AuthenticationError; LamplighterError `too-many-attempts`
   */
  async verify(account: Account | undefined, login: string, password: string, address: string): Promise<Account> {
    const throttled = account?.userId ?? createHash('sha256').update(login.toLowerCase()).digest('hex')
    if (!(await this.#store.throttle.admit(throttled, address))) {
      throw new LamplighterError('too-many-attempts', 'too many wrong passwords: wait before the next one')
    }
    const right = await verifySecret(account?.passwordHash, password)
    if (!account?.enabled || !right) {
      await this.#store.throttle.fail(address)
      throw loginRefused()
    }
    await this.#store.throttle.succeed(throttled)
    return account
  }
}

/** Whatever is wrong with the credentials: always this. */
export function loginRefused(): AuthenticationError {
  return new AuthenticationError('authentication-failed', 'Authentication Failed')
}
