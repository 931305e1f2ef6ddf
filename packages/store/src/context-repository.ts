import type { TenantId } from '@lamplighter/domain'
import type { Prisma } from './generated/client.js'
import { cut, type ListQuery } from './page.js'
import { type TenantScope, withinTenant } from './scope.js'
import { holding } from './search.js'

/** A dialling context; mailboxes belong to one, and through it to a tenant. */
export type Context = {
  readonly id: number
  readonly uuid: string
  readonly name: string
  readonly label: string
  readonly type: string
  readonly tenantId: TenantId
}

/** Columns a list of contexts may be ordered by and filtered on. */
export type ContextColumn = 'name' | 'label' | 'type'

/** Contexts of a scope. */
export class ContextRepository {
  readonly #db: Prisma.TransactionClient
  readonly #scope: TenantScope

  constructor(db: Prisma.TransactionClient, scope: TenantScope) {
    this.#db = db
    this.#scope = scope
  }

  /** The context with this name. */
  async findByName(name: string): Promise<Context | undefined> {
    const row = await this.#db.context.findFirst({ where: { name, ...withinTenant(this.#scope) } })
    return row ? toContext(row) : undefined
  }

  /** The context with this id. */
  async find(id: number): Promise<Context | undefined> {
    const row = await this.#db.context.findFirst({ where: { id, ...withinTenant(this.#scope) } })
    return row ? toContext(row) : undefined
  }

  /** A page of contexts and how many match. */
  async list(query: ListQuery<ContextColumn>): Promise<{ items: Context[]; total: number }> {
    const search = await holding(this.#db, query.search)
    const where = { ...withinTenant(this.#scope), ...query.filters, ...search }
    const orderBy = [{ [query.order]: query.direction }, { id: 'asc' as const }]
    const [rows, total] = await Promise.all([
      this.#db.context.findMany({ where, orderBy, ...cut(query) }),
      this.#db.context.count({ where }),
    ])
    return { items: rows.map(toContext), total }
  }

  /** Creates a context in the scope's tenant; its name is generated and unique over all tenants (rest.md 2.11). */
  async create(fields: { uuid: string; label: string; type: string }): Promise<Context> {
    const tenantUuid: string = this.#scope.tenantId
    const { slug } = await this.#db.tenant.findUniqueOrThrow({ where: { uuid: tenantUuid }, select: { slug: true } })
    const name = `ctx-${slug}-${fields.type}-${fields.uuid}`
    const row = await this.#db.context.create({ data: { ...fields, name, tenantUuid } })
    return toContext(row)
  }

  /** Writes a context's label. */
  async update(id: number, label: string): Promise<void> {
    await this.#db.context.update({ where: { id }, data: { label } })
  }

  /** Whether a mailbox lies in the context; what is in the trash does not count. */
  async hasMailbox(name: string): Promise<boolean> {
    return (
      (await this.#db.mailbox.findFirst({ where: { context: name, deletedAt: null }, select: { id: true } })) !== null
    )
  }

  /** Deletes an empty context. A mailbox in the trash can be restored to another one. */
  async delete({ id, name }: Context): Promise<void> {
    await this.#db.mailbox.updateMany({ where: { context: name, deletedAt: { not: null } }, data: { context: null } })
    await this.#db.context.delete({ where: { id } })
  }
}

function toContext({ id, uuid, name, label, type, tenantUuid }: Prisma.ContextGetPayload<object>): Context {
  return { id, uuid, name, label, type, tenantId: tenantUuid as TenantId }
}
