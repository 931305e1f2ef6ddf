import {
  type Gateway,
  type GatewayFields,
  type GatewayMethod,
  type GatewayProfile,
  type GatewayTarget,
  RuleError,
  type TenantId,
} from '@lamplighter/domain'
import { violatedConstraint } from './constraint.js'
import type { Prisma } from './generated/client.js'
import { cut, type ListQuery } from './page.js'
import { type TenantScope, withinTenant } from './scope.js'
import { holding } from './search.js'

/** Columns a list of gateways may be ordered by and filtered on. */
export type GatewayColumn = 'name' | 'profile' | 'method'

/** A secret already sealed; undefined leaves the stored one, null takes it away. */
export type SealedChange = string | null | undefined

/** Gateways of a scope; a deleted one is not there, though the worker still darkens what it lit. */
export class GatewayRepository {
  readonly #db: Prisma.TransactionClient
  readonly #scope: TenantScope

  constructor(db: Prisma.TransactionClient, scope: TenantScope) {
    this.#db = db
    this.#scope = scope
  }

  /** The gateway with this UUID. */
  async find(uuid: string): Promise<Gateway | undefined> {
    const row = await this.#db.gateway.findFirst({ where: { uuid, deletedAt: null, ...withinTenant(this.#scope) } })
    return row ? toGateway(row) : undefined
  }

  /** A page of gateways and how many match. */
  async list(query: ListQuery<GatewayColumn>): Promise<{ items: Gateway[]; total: number }> {
    const search = await holding(this.#db, query.search)
    const where = { deletedAt: null, ...withinTenant(this.#scope), ...query.filters, ...search }
    const orderBy = [{ [query.order]: query.direction }, { uuid: 'asc' as const }]
    const [rows, total] = await Promise.all([
      this.#db.gateway.findMany({ where, orderBy, ...cut(query) }),
      this.#db.gateway.count({ where }),
    ])
    return { items: rows.map(toGateway), total }
  }

  /** Creates a gateway in the scope's tenant. @throws RuleError when the tenant has one of this name */
  async create(uuid: string, fields: GatewayFields, sealed: SealedChange): Promise<Gateway> {
    const data = { uuid, tenantUuid: this.#scope.tenantId as string, ...toColumns(fields, sealed) }
    return toGateway(await refusing(fields.name, () => this.#db.gateway.create({ data })))
  }

  /** Writes a gateway. @throws RuleError as {@link create} */
  async update(uuid: string, fields: GatewayFields, sealed: SealedChange): Promise<void> {
    await refusing(fields.name, () => this.#db.gateway.update({ where: { uuid }, data: toColumns(fields, sealed) }))
  }

  /** Takes a gateway away; its row stays until the worker has put out what it lit. */
  async delete(uuid: string): Promise<void> {
    await this.#db.gateway.update({ where: { uuid }, data: { deletedAt: new Date() } })
  }

  /** How many the scope's tenant has, those that still go dark included. */
  count(): Promise<number> {
    return this.#db.gateway.count({ where: { tenantUuid: this.#scope.tenantId as string } })
  }

  /** Which of these contexts the tenant does not have. */
  async unknownContexts(tenantId: TenantId, names: readonly string[]): Promise<string[]> {
    const rows = await this.#db.context.findMany({
      where: { name: { in: [...names] }, tenantUuid: tenantId as string },
      select: { name: true },
    })
    const own = new Set(rows.map(({ name }) => name))
    return names.filter((name) => !own.has(name))
  }
}

async function refusing<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (violatedConstraint(error) !== 'gateway_name_of_tenant') throw error
    throw new RuleError('gateway-exists', 'the name is taken', { name }, { cause: error })
  }
}

function toColumns({ targets, contexts, ...fields }: GatewayFields, sealed: SealedChange) {
  return {
    ...fields,
    targets: targets as unknown as Prisma.InputJsonValue,
    allContexts: contexts === null,
    contexts: [...(contexts ?? [])],
    ...(sealed === undefined ? {} : { sealedSecret: sealed }),
  }
}

function toGateway(row: Prisma.GatewayGetPayload<object>): Gateway {
  return {
    uuid: row.uuid,
    tenantId: row.tenantUuid as TenantId,
    name: row.name,
    profile: row.profile as GatewayProfile,
    method: row.method as GatewayMethod,
    targets: row.targets as unknown as readonly GatewayTarget[],
    username: row.username,
    hasSecret: row.sealedSecret !== null,
    addressTemplate: row.addressTemplate,
    fromTemplate: row.fromTemplate,
    mailboxTemplate: row.mailboxTemplate,
    ariPath: row.ariPath,
    contexts: row.allContexts ? null : row.contexts,
    mwiEnabled: row.mwiEnabled,
    retryForSec: row.retryForSec,
    reassertEverySec: row.reassertEverySec,
    pingEverySec: row.pingEverySec,
    maxPerSec: row.maxPerSec,
  }
}
