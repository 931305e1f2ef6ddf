import type { GatewayAddress, MailboxId } from '@lamplighter/domain'
import type { Prisma } from './generated/client.js'
import { type TenantScope, withinTenant } from './scope.js'

/** Addresses of their own that mailboxes have at the gateways of a scope. */
export class GatewayAddressRepository {
  readonly #db: Prisma.TransactionClient
  readonly #scope: TenantScope

  constructor(db: Prisma.TransactionClient, scope: TenantScope) {
    this.#db = db
    this.#scope = scope
  }

  /** A page of them at a gateway, and how many there are; mailboxes in the trash keep theirs unseen. */
  async list(
    gatewayUuid: string,
    { limit, offset = 0 }: { readonly limit?: number | undefined; readonly offset?: number | undefined },
  ): Promise<{ items: GatewayAddress[]; total: number }> {
    const where = { gatewayUuid, gateway: withinTenant(this.#scope), mailbox: { deletedAt: null } }
    const page = { skip: offset, ...(limit === undefined ? {} : { take: limit }) }
    const [rows, total] = await Promise.all([
      this.#db.gatewayAddress.findMany({ where, orderBy: { mailboxId: 'asc' }, ...page }),
      this.#db.gatewayAddress.count({ where }),
    ])
    const items = rows.map(({ mailboxId, addressTemplate }) => ({ mailboxId: mailboxId as MailboxId, addressTemplate }))
    return { items, total }
  }

  /** What a mailbox has at a gateway. */
  async find(gatewayUuid: string, mailboxId: MailboxId): Promise<string | undefined> {
    const row = await this.#db.gatewayAddress.findFirst({
      where: { gatewayUuid, mailboxId, gateway: withinTenant(this.#scope) },
    })
    return row?.addressTemplate
  }

  /** Sets it for a mailbox and a gateway of one tenant, both found in scope before. */
  async put(gatewayUuid: string, { mailboxId, addressTemplate }: GatewayAddress): Promise<void> {
    await this.#db.gatewayAddress.upsert({
      where: { gatewayUuid_mailboxId: { gatewayUuid, mailboxId } },
      create: { gatewayUuid, mailboxId, addressTemplate },
      update: { addressTemplate },
    })
  }

  /** Takes it away. */
  async delete(gatewayUuid: string, mailboxId: MailboxId): Promise<void> {
    await this.#db.gatewayAddress.deleteMany({ where: { gatewayUuid, mailboxId, gateway: withinTenant(this.#scope) } })
  }
}
