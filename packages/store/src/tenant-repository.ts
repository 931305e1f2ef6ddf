import { randomUUID } from 'node:crypto'
import { ResourceError, type TenantId } from '@lamplighter/domain'
import { type AuthListQuery, type AuthPage, containing } from './auth-list.js'
import { violatedConstraint } from './constraint.js'
import { DEFAULT_POLICIES } from './default-policies.js'
import type { Prisma } from './generated/client.js'
import { cut } from './page.js'
import type { TenantScope } from './scope.js'

/** Parts of a postal address by their wire names. */
export type Address = Readonly<Record<string, string | null>>

/** What can be said of a tenant beside its place in the tree. */
export type TenantFields = {
  readonly name: string
  readonly contact: string | null
  readonly phone: string | null
  readonly address: Address
  readonly domainNames: readonly string[]
}

/** A tenant as auth shows it. */
export type Tenant = TenantFields & {
  readonly uuid: TenantId
  readonly parentId: TenantId
  readonly slug: string
}

/** What a list of tenants is asked for; filters are exact. */
export type TenantListQuery = AuthListQuery<'name' | 'slug'> & {
  readonly filters: { readonly uuid?: string; readonly name?: string; readonly slug?: string }
}

const WITH_DOMAINS = { domains: { orderBy: { name: 'asc' } } } satisfies Prisma.TenantInclude

/** The tenant of a scope and those below it. */
export class TenantRepository {
  readonly #db: Prisma.TransactionClient
  readonly #scope: TenantScope

  constructor(db: Prisma.TransactionClient, scope: TenantScope) {
    this.#db = db
    this.#scope = scope
  }

  /** The tenant with this UUID. */
  async find(uuid: string): Promise<Tenant | undefined> {
    const where = { AND: [{ uuid: uuid.toLowerCase() }, this.#within()] }
    const row = await this.#db.tenant.findFirst({ where, include: WITH_DOMAINS })
    return row ? toTenant(row) : undefined
  }

  /** A page of tenants. */
  async list(query: TenantListQuery): Promise<AuthPage<Tenant>> {
    const where = { AND: [this.#within(), matching(query)] }
    const orderBy = [{ [query.order ?? 'name']: query.direction }, { uuid: 'asc' as const }]
    const [rows, filtered, total] = await Promise.all([
      this.#db.tenant.findMany({ where, include: WITH_DOMAINS, orderBy, ...cut(query) }),
      this.#db.tenant.count({ where }),
      this.#db.tenant.count({ where: this.#within() }),
    ])
    return { items: rows.map(toTenant), filtered, total }
  }

  /** Which of these slugs are taken, in the whole installation. */
  async takenSlugs(slugs: readonly string[]): Promise<Set<string>> {
    const rows = await this.#db.tenant.findMany({ where: { slug: { in: [...slugs] } }, select: { slug: true } })
    return new Set(rows.map(({ slug }) => slug))
  }

  /** Creates a tenant below the scope's, with the policies every tenant has. @throws ResourceError `conflict` when UUID, slug or a domain is taken */
  async create(uuid: string, slug: string, fields: TenantFields): Promise<Tenant> {
    const parentUuid: string = this.#scope.tenantId
    const { ancestors } = await this.#db.tenant.findUniqueOrThrow({
      where: { uuid: parentUuid },
      select: { ancestors: true },
    })
    const { domainNames, address, ...columns } = fields
    const domains = { create: domainNames.map((name) => ({ name })) }
    const policies = {
      create: DEFAULT_POLICIES.map((policy) => ({ uuid: randomUUID(), ...policy, acl: [...policy.acl] })),
    }
    const place = { uuid, slug, parentUuid, ancestors: [...ancestors, uuid] }
    const row = await refusing(() =>
      this.#db.tenant.create({
        data: { ...place, ...columns, address: { ...address }, domains, policies },
        include: WITH_DOMAINS,
      }),
    )
    return toTenant(row)
  }

  /** Writes all fields of a tenant found in the scope. @throws ResourceError `conflict` when a domain is taken */
  async update(uuid: TenantId, { domainNames, address, ...columns }: TenantFields): Promise<Tenant> {
    const domains = { deleteMany: {}, create: domainNames.map((name) => ({ name })) }
    const data = { ...columns, address: { ...address }, domains }
    return toTenant(await refusing(() => this.#db.tenant.update({ where: { uuid }, data, include: WITH_DOMAINS })))
  }

  /**
   * Deletes a tenant found in the scope, with its policies. How far its events are gone from the log the master remembers:
   * nobody else goes on from where they were.
   *
   * @throws ResourceError `tenant-in-use` while anything else belongs to it
   */
  async delete(uuid: TenantId): Promise<void> {
    try {
      await this.#db.policy.deleteMany({ where: { tenantUuid: uuid } })
      const { purgedCursor } = await this.#db.tenant.delete({ where: { uuid }, select: { purgedCursor: true } })
      const isMaster = { parentUuid: { equals: this.#db.tenant.fields.uuid } }
      await this.#db.tenant.updateMany({
        where: { ...isMaster, purgedCursor: { lt: purgedCursor } },
        data: { purgedCursor },
      })
    } catch (error) {
      if (violatedConstraint(error) === undefined) throw error
      const message = 'the tenant still has tenants below it, users, contexts or devices'
      throw new ResourceError('tenants', 'tenant-in-use', message, { tenant_uuid: uuid }, { cause: error })
    }
  }

  #within(): Prisma.TenantWhereInput {
    const { tenantId, subtree } = this.#scope
    return subtree ? { ancestors: { has: tenantId as string } } : { uuid: tenantId }
  }
}

function matching({ search, filters }: TenantListQuery): Prisma.TenantWhereInput {
  if (!search) return filters
  const term = containing(search)
  return { ...filters, OR: [{ name: term }, { slug: term }, { domains: { some: { name: term } } }] }
}

const COLUMN_OF_CONSTRAINT: Readonly<Record<string, string>> = {
  tenant_pkey: 'uuid',
  tenant_slug_key: 'slug',
  tenant_domain_pkey: 'domain_names',
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const column = COLUMN_OF_CONSTRAINT[violatedConstraint(error) ?? '']
    if (column === undefined) throw error
    throw taken('tenants', column, error)
  }
}

/** Something that must be unique is taken; maybe by what the caller cannot see, so nothing more is said. */
export function taken(resource: string, column: string, cause: unknown): ResourceError {
  const details = { [column]: { constraint_id: 'unique', constraint: 'unique', message: 'is already used' } }
  return new ResourceError(resource, 'conflict', `the ${column} is already used`, details, { cause })
}

function toTenant(row: Prisma.TenantGetPayload<{ include: typeof WITH_DOMAINS }>): Tenant {
  return {
    uuid: row.uuid as TenantId,
    parentId: row.parentUuid as TenantId,
    name: row.name,
    slug: row.slug,
    contact: row.contact,
    phone: row.phone,
    address: row.address as Address,
    domainNames: row.domains.map(({ name }) => name),
  }
}
