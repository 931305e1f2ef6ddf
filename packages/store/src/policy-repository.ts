import { randomUUID } from 'node:crypto'
import type { TenantId, UserId } from '@lamplighter/domain'
import { ADMIN_POLICY_SLUG, USER_POLICY_SLUG } from './account-repository.js'
import { type AuthListQuery, type AuthPage, containing } from './auth-list.js'
import { violatedConstraint } from './constraint.js'
import type { Prisma } from './generated/client.js'
import { cut } from './page.js'
import { type TenantScope, withinTenant } from './scope.js'
import { taken } from './tenant-repository.js'

/** A policy: a named list of patterns of a tenant. */
export type Policy = {
  readonly uuid: string
  readonly tenantId: TenantId
  readonly name: string
  readonly slug: string
  readonly description: string | null
  readonly acl: readonly string[]
  /** One of the two every tenant has: nobody changes or deletes it. */
  readonly builtIn: boolean
}

/** What a client may set of a policy. */
export type PolicyFields = Pick<Policy, 'name' | 'description' | 'acl'>

/** Columns policies can be ordered by. */
export type PolicyColumn = 'name' | 'slug' | 'description' | 'uuid'

/** Slugs of the policies that are built in. */
const BUILT_IN: ReadonlySet<string> = new Set([ADMIN_POLICY_SLUG, USER_POLICY_SLUG])

/** Policies of a scope, and who has them. */
export class PolicyRepository {
  readonly #db: Prisma.TransactionClient
  readonly #scope: TenantScope

  constructor(db: Prisma.TransactionClient, scope: TenantScope) {
    this.#db = db
    this.#scope = scope
  }

  /** The policy with this UUID. */
  async find(uuid: string): Promise<Policy | undefined> {
    const row = await this.#db.policy.findFirst({ where: { uuid: uuid.toLowerCase(), ...withinTenant(this.#scope) } })
    return row ? toPolicy(row) : undefined
  }

  /** A page of policies. */
  list(query: AuthListQuery<PolicyColumn>): Promise<AuthPage<Policy>> {
    return this.#list(withinTenant(this.#scope), query)
  }

  /** A page of the policies of a user found in the scope. */
  listOfUser(user: UserId, query: AuthListQuery<PolicyColumn>): Promise<AuthPage<Policy>> {
    return this.#list({ users: { some: { userUuid: user } } }, query)
  }

  async #list(inScope: Prisma.PolicyWhereInput, query: AuthListQuery<PolicyColumn>): Promise<AuthPage<Policy>> {
    const where = { AND: [inScope, matching(query.search)] }
    const orderBy = [{ [query.order ?? 'name']: query.direction }, { uuid: 'asc' as const }]
    const [rows, filtered, total] = await Promise.all([
      this.#db.policy.findMany({ where, orderBy, ...cut(query) }),
      this.#db.policy.count({ where }),
      this.#db.policy.count({ where: inScope }),
    ])
    return { items: rows.map(toPolicy), filtered, total }
  }

  /** Creates a policy in the scope's tenant. @throws ResourceError `conflict` when the slug is taken there */
  async create(slug: string, { acl, ...fields }: PolicyFields): Promise<Policy> {
    const tenantUuid: string = this.#scope.tenantId
    try {
      return toPolicy(
        await this.#db.policy.create({ data: { uuid: randomUUID(), tenantUuid, slug, ...fields, acl: [...acl] } }),
      )
    } catch (error) {
      if (violatedConstraint(error) !== 'policy_tenant_uuid_slug_key') throw error
      throw taken('policies', 'slug', error)
    }
  }

  /** Writes all fields of a policy found in the scope. */
  async update(uuid: string, { acl, ...fields }: PolicyFields): Promise<Policy> {
    return toPolicy(await this.#db.policy.update({ where: { uuid }, data: { ...fields, acl: [...acl] } }))
  }

  /** Deletes a policy found in the scope; whoever has it loses it. */
  async delete(uuid: string): Promise<void> {
    await this.#db.policy.delete({ where: { uuid } })
  }

  /** Every pattern a user holds, through whatever policy. */
  async patternsOfUser(user: UserId): Promise<string[]> {
    const rows = await this.#db.policy.findMany({
      where: { users: { some: { userUuid: user } } },
      select: { acl: true },
    })
    return rows.flatMap(({ acl }) => acl)
  }

  /** How many policies a user has. */
  countOfUser(user: UserId): Promise<number> {
    return this.#db.userPolicy.count({ where: { userUuid: user } })
  }

  /** Gives a user a policy. False when the user has it already. */
  async give(user: UserId, policy: string): Promise<boolean> {
    const data = [{ userUuid: user, policyUuid: policy }]
    return (await this.#db.userPolicy.createMany({ data, skipDuplicates: true })).count === 1
  }

  /** Takes a policy away from a user. False when the user did not have it. */
  async take(user: UserId, policy: string): Promise<boolean> {
    return (await this.#db.userPolicy.deleteMany({ where: { userUuid: user, policyUuid: policy } })).count === 1
  }
}

function matching(search: string | undefined): Prisma.PolicyWhereInput {
  if (!search) return {}
  const term = containing(search)
  return { OR: [{ name: term }, { slug: term }, { description: term }] }
}

type PolicyRow = {
  uuid: string
  tenantUuid: string
  name: string
  slug: string
  description: string | null
  acl: string[]
}

function toPolicy({ tenantUuid, ...row }: PolicyRow): Policy {
  return { ...row, tenantId: tenantUuid as TenantId, builtIn: BUILT_IN.has(row.slug) }
}
