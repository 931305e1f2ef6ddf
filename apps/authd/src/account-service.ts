import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { hashSecret, type Principal, type TokenVerifier } from '@lamplighter/access'
import {
  type AccountCreate,
  type AccountUpdate,
  memberGoneDrafts,
  rightsChanged,
  type SessionHead,
  sessionEnded,
} from '@lamplighter/contracts'
import {
  type Created,
  InvalidInputError,
  type RepeatKey,
  type SessionId,
  type TenantId,
  type UserId,
} from '@lamplighter/domain'
import {
  type AccessChange,
  type LoginAccount,
  type LoginAccountFields,
  onlyTenant,
  type Store,
  type TenantScope,
} from '@lamplighter/store'
import { refuseExcess } from './delegation.js'
import { unknownUser } from './errors.js'
import { loginRefused, type PasswordCheck } from './password-check.js'
import { revokeAll } from './refresh-token-service.js'

/** Creates, changes and deletes accounts, and sets their passwords. */
export class AccountService {
  readonly #store: Store
  readonly #verifier: TokenVerifier
  readonly #passwords: PasswordCheck

  constructor(store: Store, verifier: TokenVerifier, passwords: PasswordCheck) {
    this.#store = store
    this.#verifier = verifier
    this.#passwords = passwords
  }

  /** @throws ResourceError `unknown-user` */
  async get(scope: TenantScope, uuid: string): Promise<LoginAccount> {
    return found(await this.#store.access(scope).users.find(uuid), uuid)
  }

  /** Creates an account in a tenant. @throws InvalidInputError, ResourceError `conflict` */
  async create(
    tenantId: TenantId,
    repeat: RepeatKey | undefined,
    { uuid, password, ...input }: AccountCreate,
  ): Promise<Created<LoginAccount>> {
    const fields = merge(undefined, input)
    const passwordHash = password ? await hashSecret(password) : null
    const id = uuid?.toLowerCase() ?? randomUUID()
    return this.#store.createAccessOnce(onlyTenant(tenantId), repeat, ({ users }) =>
      users.create(id, fields, passwordHash),
    )
  }

  /**
   * Changes what `input` names; nothing changed, nothing said. A disabled account loses its sessions.
   *
   * @throws InvalidInputError; ResourceError `unknown-user`, `conflict`; LamplighterError `access-not-delegable`
   */
  async update(scope: TenantScope, caller: Principal, uuid: string, input: AccountUpdate): Promise<LoginAccount> {
    const { account, ended } = await this.#store.changeAccess(scope, async (change) => {
      const current = await lockAccount(change, uuid)
      await refuseStrongerThan(change, caller, current.uuid)
      const fields = merge(current, input)
      if (isDeepStrictEqual({ ...current, ...fields }, current)) return { account: current, ended: [] }
      const account = await change.users.update(current.uuid, fields)
      change.outbox.add([rightsChanged({ userId: account.uuid, tenantId: account.tenantId })])
      if (current.enabled && !account.enabled) await note(change, 'rights.removed', account)
      return { account, ended: account.enabled ? [] : await endLogins(change, account.uuid) }
    })
    this.#forget(account.uuid, ended)
    return account
  }

  /** Deletes an account. @throws ResourceError `unknown-user`, RuleError while it has a mailbox or a device */
  async delete(scope: TenantScope, uuid: string): Promise<void> {
    const { userId, ended } = await this.#store.changeAccess(scope, async (change) => {
      const account = await lockAccount(change, uuid)
      const { uuid: userId, tenantId } = account
      const ended = await endLogins(change, userId)
      change.outbox.add([rightsChanged({ userId, tenantId })])
      await note(change, 'rights.removed', account)
      change.outbox.add(memberGoneDrafts(await change.members.leaveAll(userId)))
      await change.users.delete(userId)
      return { userId, ended }
    })
    this.#forget(userId, ended)
  }

  /**
   * Sets the password of a user; whoever knew the old one is logged out.
   *
   * @param oldPassword checked when it is given
   * @throws ResourceError `unknown-user`; AuthenticationError; LamplighterError `access-not-delegable`
   */
  async setPassword(
    scope: TenantScope,
    caller: Principal,
    uuid: string,
    { oldPassword, newPassword, address }: NewPassword,
  ): Promise<void> {
    const user = await this.get(scope, uuid)
    if (oldPassword !== undefined) await this.#verifyPassword(user.uuid, oldPassword, address)
    const passwordHash = await hashSecret(newPassword)
    const ended = await this.#store.changeAccess(scope, async (change) => {
      await refuseStrongerThan(change, caller, user.uuid)
      if (user.uuid !== caller.userId) await note(change, 'password.replaced', user)
      return replacePassword(change, user.uuid, passwordHash)
    })
    this.#forget(user.uuid, ended)
  }

  /** Changes the caller's own password; the session that asks goes on, every other ends. @throws AuthenticationError */
  async changeOwnPassword(caller: Principal, oldPassword: string, newPassword: string, address: string): Promise<void> {
    const { userId, tenantId, sessionId } = caller
    const checked = await this.#verifyPassword(userId, oldPassword, address)
    const passwordHash = await hashSecret(newPassword)
    const ended = await this.#store.changeAccess(onlyTenant(tenantId), async (change) => {
      const current = await change.accounts.lockAccount(userId)
      // Of two changes at once only the first knew the old password.
      if (current?.passwordHash !== checked.passwordHash) throw loginRefused()
      return replacePassword(change, userId, passwordHash, sessionId)
    })
    this.#forget(userId, ended)
  }

  async #verifyPassword(userId: UserId, password: string, address: string) {
    const account = await this.#store.accounts.readAccount(userId)
    return this.#passwords.verify(account, userId, password, address)
  }

  #forget(userId: UserId, ended: readonly SessionHead[]): void {
    this.#verifier.invalidateUser(userId)
    for (const { sessionId } of ended) this.#verifier.invalidate(sessionId)
  }
}

/** A password about to be set, and where the request came from. */
export type NewPassword = {
  readonly oldPassword: string | undefined
  readonly newPassword: string
  readonly address: string
}

/** The account as it is when nobody else changes it: of the same change made twice at once, only the first is one. */
async function lockAccount({ accounts, users }: AccessChange, uuid: string): Promise<LoginAccount> {
  const { uuid: known } = found(await users.find(uuid), uuid)
  await accounts.lockAccount(known)
  return found(await users.find(known), uuid)
}

/** Who decides how somebody logs in could log in as them, so they must be able to do all of it themselves. */
async function refuseStrongerThan({ policies }: AccessChange, caller: Principal, user: UserId): Promise<void> {
  if (user !== caller.userId) refuseExcess(await policies.patternsOfUser(user), caller)
}

/** Notes what somebody did to an account. */
async function note(
  { audit, actor }: AccessChange,
  action: 'rights.removed' | 'password.replaced',
  { uuid, tenantId }: LoginAccount,
): Promise<void> {
  await audit.add({ tenantId, actor, action, details: { user_uuid: uuid } })
}

async function replacePassword(
  change: AccessChange,
  userId: UserId,
  passwordHash: string,
  except?: SessionId,
): Promise<SessionHead[]> {
  await change.users.setPassword(userId, passwordHash)
  return endLogins(change, userId, except)
}

/** Ends every session of a user, but maybe one, and revokes the user's refresh tokens. */
async function endLogins(change: AccessChange, userId: UserId, except?: SessionId): Promise<SessionHead[]> {
  const spared = await change.refreshTokens.lockOfUser(userId)
  const ended = await change.sessions.endAllOfUser(userId, except)
  change.outbox.add(ended.map(sessionEnded))
  return [...ended, ...(await revokeAll(change, spared))]
}

function merge(current: LoginAccountFields | undefined, input: AccountUpdate): LoginAccountFields {
  const fields = {
    username: input.username === undefined ? (current?.username ?? null) : (input.username?.toLowerCase() ?? null),
    firstname: input.firstname === undefined ? (current?.firstname ?? '') : (input.firstname ?? ''),
    lastname: input.lastname === undefined ? (current?.lastname ?? null) : input.lastname,
    email: input.email_address === undefined ? (current?.email ?? null) : input.email_address,
    purpose: input.purpose ?? current?.purpose ?? 'user',
    enabled: input.enabled ?? current?.enabled ?? true,
  } as const
  if (fields.username === null && fields.email === null) {
    throw InvalidInputError.of('username', 'required', 'is required without an e-mail address')
  }
  return fields
}

function found(account: LoginAccount | undefined, uuid: string): LoginAccount {
  if (!account) throw unknownUser(uuid)
  return account
}
