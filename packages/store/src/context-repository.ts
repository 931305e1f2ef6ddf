import type { TenantId } from '@lamplighter/domain'
import type { Prisma } from './generated/client.js'
import { cut, type Page } from './page.js'
import { type TenantScope, withinTenant } from './scope.js'

/** A dialling context; mailboxes belong to one, and through it to a tenant. */
export type Context = {
  readonly id: number
  readonly uuid: string
  readonly name: string
  readonly label: string
  readonly type: string
  readonly tenantId: TenantId
  /** False: rule R3 holds, one global mailbox in this context. */
  readonly manyGlobals: boolean
}

const WITH_TENANT = { tenant: { select: { manyGlobals: true } } } satisfies Prisma.ContextInclude

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
    const row = await this.#db.context.findFirst({
      where: { name, ...withinTenant(this.#scope) },
      include: WITH_TENANT,
    })
    return row ? toContext(row) : undefined
  }

  /** The context with this id. */
  async find(id: number): Promise<Context | undefined> {
    const row = await this.#db.context.findFirst({ where: { id, ...withinTenant(this.#scope) }, include: WITH_TENANT })
    return row ? toContext(row) : undefined
  }

  /** A page of contexts, by name, and how many there are. */
  async list(page: Page): Promise<{ items: Context[]; total: number }> {
    const where = withinTenant(this.#scope)
    const [rows, total] = await Promise.all([
      this.#db.context.findMany({ where, include: WITH_TENANT, orderBy: { name: 'asc' }, ...cut(page) }),
      this.#db.context.count({ where }),
    ])
    return { items: rows.map(toContext), total }
  }

  /** Creates a context in the scope's tenant; its name is generated and unique over all tenants (rest.md 2.11). */
  async create(fields: { uuid: string; label: string; type: string }): Promise<Context> {
    const tenantUuid: string = this.#scope.tenantId
    const { slug } = await this.#db.tenant.findUniqueOrThrow({ where: { uuid: tenantUuid }, select: { slug: true } })
    const name = `ctx-${slug}-${fields.type}-${fields.uuid}`
    const row = await this.#db.context.create({ data: { ...fields, name, tenantUuid }, include: WITH_TENANT })
    return toContext(row)
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

function toContext({ tenantUuid, tenant, ...row }: Prisma.ContextGetPayload<{ include: typeof WITH_TENANT }>): Context {
  return { ...row, tenantId: tenantUuid as TenantId, manyGlobals: tenant.manyGlobals }
}
