import { type MwiPolicy, type MwiPolicyFields, RuleError, type TenantId } from '@lamplighter/domain'
import { violatedConstraint } from './constraint.js'
import type { Prisma } from './generated/client.js'
import { cut, type ListQuery } from './page.js'
import { type TenantScope, withinTenant } from './scope.js'
import { holding } from './search.js'

/** Columns a list of policies may be ordered by and filtered on. */
export type MwiPolicyColumn = 'name'

/** Policies of a scope that allow or forbid lamps. */
export class MwiPolicyRepository {
  readonly #db: Prisma.TransactionClient
  readonly #scope: TenantScope

  constructor(db: Prisma.TransactionClient, scope: TenantScope) {
    this.#db = db
    this.#scope = scope
  }

  /** The policy with this UUID. */
  async find(uuid: string): Promise<MwiPolicy | undefined> {
    const row = await this.#db.mwiPolicy.findFirst({ where: { uuid, ...withinTenant(this.#scope) } })
    return row ? toPolicy(row) : undefined
  }

  /** A page of policies and how many match. */
  async list(query: ListQuery<MwiPolicyColumn>): Promise<{ items: MwiPolicy[]; total: number }> {
    const search = await holding(this.#db, query.search)
    const where = { ...withinTenant(this.#scope), ...query.filters, ...search }
    const orderBy = [{ [query.order]: query.direction }, { uuid: 'asc' as const }]
    const [rows, total] = await Promise.all([
      this.#db.mwiPolicy.findMany({ where, orderBy, ...cut(query) }),
      this.#db.mwiPolicy.count({ where }),
    ])
    return { items: rows.map(toPolicy), total }
  }

  /** Creates a policy in the scope's tenant. @throws RuleError when the tenant has one of this name */
  async create(uuid: string, fields: MwiPolicyFields): Promise<MwiPolicy> {
    const data = { uuid, tenantUuid: this.#scope.tenantId as string, ...fields }
    return toPolicy(await refusing(fields.name, () => this.#db.mwiPolicy.create({ data })))
  }

  /** Writes a policy. @throws RuleError as {@link create} */
  async update(uuid: string, fields: MwiPolicyFields): Promise<void> {
    await refusing(fields.name, () => this.#db.mwiPolicy.update({ where: { uuid }, data: fields }))
  }

  /** Deletes a policy that no mailbox has; one in the trash loses it. @throws RuleError `mwi-policy-in-use` */
  async delete(uuid: string): Promise<void> {
    await this.#db.mailbox.updateMany({
      where: { mwiPolicyUuid: uuid, deletedAt: { not: null } },
      data: { mwiPolicyUuid: null },
    })
    const user = await this.#db.mailbox.findFirst({ where: { mwiPolicyUuid: uuid }, select: { id: true } })
    if (user) throw new RuleError('mwi-policy-in-use', 'a mailbox has the policy', { voicemail_id: user.id })
    await this.#db.mwiPolicy.delete({ where: { uuid } })
  }
}

async function refusing<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (violatedConstraint(error) !== 'mwi_policy_tenant_uuid_name_key') throw error
    throw new RuleError('mwi-policy-exists', 'the name is taken', { name }, { cause: error })
  }
}

function toPolicy({ uuid, tenantUuid, name, allowMwi }: Prisma.MwiPolicyGetPayload<object>): MwiPolicy {
  return { uuid, tenantId: tenantUuid as TenantId, name, allowMwi }
}
