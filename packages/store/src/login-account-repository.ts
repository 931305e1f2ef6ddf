import { type Purpose, RuleError, type TenantId, type UserId } from '@lamplighter/domain'
import { USER_POLICY_SLUG } from './account-repository.js'
import { type AuthListQuery, type AuthPage, containing } from './auth-list.js'
import { violatedConstraint } from './constraint.js'
import type { Prisma } from './generated/client.js'
import { cut } from './page.js'
import { type TenantScope, withinTenant } from './scope.js'
import { taken } from './tenant-repository.js'

/** What a client may set of an account, beside its password. */
export type LoginAccountFields = {
  readonly username: string | null
  readonly firstname: string
  readonly lastname: string | null
  readonly email: string | null
  readonly purpose: Purpose
  readonly enabled: boolean
}

/** A user as auth shows it: somebody who may log in. */
export type LoginAccount = LoginAccountFields & { readonly uuid: UserId; readonly tenantId: TenantId }

/** Columns accounts can be ordered by. */
export type LoginAccountColumn = 'username' | 'firstname' | 'lastname'

/** What a list of accounts is asked for; filters are exact. */
export type LoginAccountListQuery = AuthListQuery<LoginAccountColumn> & {
  readonly filters: {
    readonly uuid?: string
    readonly username?: string
    readonly firstname?: string
    readonly lastname?: string
    readonly purpose?: string
  }
}

/** Accounts of a scope. */
export class LoginAccountRepository {
  readonly #db: Prisma.TransactionClient
  readonly #scope: TenantScope

  constructor(db: Prisma.TransactionClient, scope: TenantScope) {
    this.#db = db
    this.#scope = scope
  }

  /** The account with this UUID. */
  async find(uuid: string): Promise<LoginAccount | undefined> {
    const row = await this.#db.user.findFirst({ where: { uuid: uuid.toLowerCase(), ...withinTenant(this.#scope) } })
    return row ? toAccount(row) : undefined
  }

  /** A page of accounts. */
  async list(query: LoginAccountListQuery): Promise<AuthPage<LoginAccount>> {
    const inScope: Prisma.UserWhereInput = withinTenant(this.#scope)
    const where = { AND: [inScope, matching(query)] }
    const orderBy = [{ [query.order ?? 'username']: query.direction }, { uuid: 'asc' as const }]
    const [rows, filtered, total] = await Promise.all([
      this.#db.user.findMany({ where, orderBy, ...cut(query) }),
      this.#db.user.count({ where }),
      this.#db.user.count({ where: inScope }),
    ])
    return { items: rows.map(toAccount), filtered, total }
  }

  /**
   * Creates an account with its tenant's policy for users.
   *
   * @throws ResourceError `conflict` when UUID or username is taken, in whatever tenant
   */
  async create(uuid: string, fields: LoginAccountFields, passwordHash: string | null): Promise<LoginAccount> {
    const tenantUuid: string = this.#scope.tenantId
    const policies = await this.#db.policy.findMany({
      where: { tenantUuid, slug: USER_POLICY_SLUG },
      select: { uuid: true },
    })
    const data = {
      uuid,
      tenantUuid,
      passwordHash,
      ...fields,
      policies: { create: policies.map((policy) => ({ policyUuid: policy.uuid })) },
    }
    return toAccount(await refusing(() => this.#db.user.create({ data })))
  }

  /** Writes all fields of an account found in the scope. @throws ResourceError `conflict` */
  async update(uuid: UserId, fields: LoginAccountFields): Promise<LoginAccount> {
    return toAccount(await refusing(() => this.#db.user.update({ where: { uuid }, data: fields })))
  }

  /** Sets the password of an account found in the scope. */
  async setPassword(uuid: UserId, passwordHash: string): Promise<void> {
    await this.#db.user.update({ where: { uuid }, data: { passwordHash } })
  }

  /** Deletes an account found in the scope. @throws RuleError while it has a mailbox or a device */
  async delete(uuid: UserId): Promise<void> {
    try {
      await this.#db.user.delete({ where: { uuid } })
    } catch (error) {
      if (violatedConstraint(error) === undefined) throw error
      throw new RuleError(
        'user-in-use',
        'the user still has a mailbox or a device',
        { user_uuid: uuid },
        { cause: error },
      )
    }
  }
}

function matching({ search, filters }: LoginAccountListQuery): Prisma.UserWhereInput {
  if (!search) return filters
  const term = containing(search)
  return { ...filters, OR: [{ username: term }, { firstname: term }, { lastname: term }, { email: term }] }
}

const COLUMN_OF_CONSTRAINT: Readonly<Record<string, string>> = { user_pkey: 'uuid', user_username_key: 'username' }

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const column = COLUMN_OF_CONSTRAINT[violatedConstraint(error) ?? '']
    if (column === undefined) throw error
    throw taken('users', column, error)
  }
}

type UserRow = Omit<LoginAccount, 'uuid' | 'tenantId' | 'purpose'> & {
  uuid: string
  tenantUuid: string
  purpose: string
}

function toAccount(row: UserRow): LoginAccount {
  return {
    uuid: row.uuid as UserId,
    tenantId: row.tenantUuid as TenantId,
    username: row.username,
    firstname: row.firstname,
    lastname: row.lastname,
    email: row.email,
    purpose: row.purpose as Purpose,
    enabled: row.enabled,
  }
}
