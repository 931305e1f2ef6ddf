import { isUuid, MAX_INTEGER_ID, type MailboxId, RuleError, type TenantId, type UserId } from '@lamplighter/domain'
import { USER_POLICY_SLUG } from './account-repository.js'
import { violatedConstraint } from './constraint.js'
import type { Prisma } from './generated/client.js'
import { cut, type ListQuery } from './page.js'
import { type TenantScope, withinTenant } from './scope.js'
import { holding } from './search.js'

/** A user as the configuration shows it. */
export type User = {
  readonly uuid: UserId
  readonly id: number
  readonly tenantId: TenantId
  readonly username: string | null
  readonly firstname: string
  readonly lastname: string | null
  readonly email: string | null
  readonly mailbox: { readonly id: MailboxId; readonly name: string } | null
}

/** What a client may set of a user. */
export type UserFields = {
  readonly firstname: string
  readonly lastname: string | null
  readonly email: string | null
  readonly username: string | null
  readonly passwordHash: string | null
}

/** Columns a list of users may be ordered by and filtered on. */
export type UserColumn = 'firstname' | 'lastname' | 'email' | 'username'

const WITH_MAILBOX = {
  mailbox: { select: { mailbox: { select: { id: true, name: true } } } },
} satisfies Prisma.UserInclude

/** Users of a scope. */
export class UserRepository {
  readonly #db: Prisma.TransactionClient
  readonly #scope: TenantScope

  constructor(db: Prisma.TransactionClient, scope: TenantScope) {
    this.#db = db
    this.#scope = scope
  }

  /** The user with this UUID or integer id; both stand in paths. */
  async find(reference: string): Promise<User | undefined> {
    const key = toKey(reference)
    if (!key) return undefined
    const row = await this.#db.user.findFirst({
      where: { ...key, ...withinTenant(this.#scope) },
      include: WITH_MAILBOX,
    })
    return row ? toUser(row) : undefined
  }

  /** A page of users and how many match. */
  async list(query: ListQuery<UserColumn>): Promise<{ items: User[]; total: number }> {
    const search = await holding(this.#db, query.search)
    const where = { ...withinTenant(this.#scope), ...query.filters, ...search }
    const [rows, total] = await Promise.all([
      this.#db.user.findMany({
        where,
        include: WITH_MAILBOX,
        orderBy: [{ [query.order]: query.direction }, { id: 'asc' }],
        ...cut(query),
      }),
      this.#db.user.count({ where }),
    ])
    return { items: rows.map(toUser), total }
  }

  /** Creates a user with the tenant's default user policy. @throws RuleError when the username is taken, in whatever tenant. */
  async create(uuid: UserId, fields: UserFields): Promise<User> {
    const tenantUuid: string = this.#scope.tenantId
    const policies = await this.#db.policy.findMany({
      where: { tenantUuid, slug: USER_POLICY_SLUG },
      select: { uuid: true },
    })
    const data = {
      uuid,
      tenantUuid,
      ...fields,
      username: fields.username?.toLowerCase() ?? null,
      policies: { create: policies.map((policy) => ({ policyUuid: policy.uuid })) },
    }
    return toUser(await refusingUsername(fields, () => this.#db.user.create({ data, include: WITH_MAILBOX })))
  }

  /** Writes fields of a user. @throws RuleError as {@link create}. */
  async update(uuid: UserId, fields: Omit<UserFields, 'passwordHash'>): Promise<void> {
    const data = { ...fields, username: fields.username?.toLowerCase() ?? null }
    await refusingUsername(fields, () => this.#db.user.update({ where: { uuid }, data }))
  }

  /** @throws RuleError while the user still has a device; mailboxes are the caller's to take away first. */
  async delete(uuid: UserId): Promise<void> {
    try {
      await this.#db.user.delete({ where: { uuid } })
    } catch (error) {
      if (violatedConstraint(error) === undefined) throw error
      throw new RuleError('user-in-use', 'the user still has a device', { user_uuid: uuid }, { cause: error })
    }
  }
}

async function refusingUsername<T>({ username }: Pick<UserFields, 'username'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (violatedConstraint(error) !== 'user_username_key') throw error
    throw new RuleError('username-exists', 'the username is taken', { username }, { cause: error })
  }
}

function toKey(reference: string): { uuid: string } | { id: number } | undefined {
  if (isUuid(reference)) return { uuid: reference.toLowerCase() }
  const id = /^\d{1,10}$/.test(reference) ? Number(reference) : Number.NaN
  return id <= MAX_INTEGER_ID ? { id } : undefined
}

function toUser({ mailbox, ...row }: Prisma.UserGetPayload<{ include: typeof WITH_MAILBOX }>): User {
  const own = mailbox[0]?.mailbox
  return {
    uuid: row.uuid as UserId,
    id: row.id,
    tenantId: row.tenantUuid as TenantId,
    username: row.username,
    firstname: row.firstname,
    lastname: row.lastname,
    email: row.email,
    mailbox: own ? { id: own.id as MailboxId, name: own.name } : null,
  }
}
