import type { Mailbox, MailboxId } from '@lamplighter/domain'
import type { Prisma } from './generated/client.js'
import { type MailboxPlace, refusingPlace, toMailbox, WITH_USERS } from './mailbox-repository.js'
import { cut, type Page } from './page.js'
import { type TenantScope, withinTenant } from './scope.js'

/** A mailbox in the trash. Its context is null when that was deleted meanwhile. */
export type DeletedMailbox = Omit<Mailbox, 'context'> & {
  readonly context: string | null
  readonly deletedAt: Date
  /** When housekeeping takes it away for good, unless one of its messages is on hold. */
  readonly purgeAt: Date
}

const DAY_MS = 24 * 60 * 60 * 1000
const WITH_RETENTION = { ...WITH_USERS, tenant: { select: { trashDays: true } } } satisfies Prisma.MailboxInclude

/** Deleted mailboxes of a scope: they keep their messages for the tenant's retention, and their number is free. */
export class MailboxTrash {
  readonly #db: Prisma.TransactionClient
  readonly #scope: TenantScope

  constructor(db: Prisma.TransactionClient, scope: TenantScope) {
    this.#db = db
    this.#scope = scope
  }

  /** A page of deleted mailboxes, the latest first, and how many there are. */
  async list(page: Page): Promise<{ items: DeletedMailbox[]; total: number }> {
    const where: Prisma.MailboxWhereInput = { deletedAt: { not: null }, ...withinTenant(this.#scope) }
    const [rows, total] = await Promise.all([
      this.#db.mailbox.findMany({
        where,
        include: WITH_RETENTION,
        orderBy: [{ deletedAt: 'desc' }, { id: 'desc' }],
        ...cut(page),
      }),
      this.#db.mailbox.count({ where }),
    ])
    return { items: rows.map(toDeleted), total }
  }

  /** A deleted mailbox. */
  async find(id: MailboxId): Promise<DeletedMailbox | undefined> {
    const row = await this.#db.mailbox.findFirst({
      where: { id, deletedAt: { not: null }, ...withinTenant(this.#scope) },
      include: WITH_RETENTION,
    })
    return row ? toDeleted(row) : undefined
  }

  /** Deletes a mailbox that has no users. Call it under the mailbox's lock. */
  async add(id: MailboxId): Promise<void> {
    await this.#db.mailbox.update({ where: { id }, data: { deletedAt: new Date() } })
  }

  /** Brings a mailbox back to a place of its tenant. @throws RuleError when the place is taken */
  async restore(id: MailboxId, place: MailboxPlace, exclusiveGlobal: boolean): Promise<void> {
    await refusingPlace(place, () =>
      this.#db.mailbox.update({ where: { id }, data: { ...place, exclusiveGlobal, deletedAt: null } }),
    )
  }
}

function toDeleted({
  tenant,
  deletedAt,
  ...row
}: Prisma.MailboxGetPayload<{ include: typeof WITH_RETENTION }>): DeletedMailbox {
  const deleted = deletedAt ?? new Date(0)
  const purgeAt = new Date(deleted.getTime() + tenant.trashDays * DAY_MS)
  return { ...toMailbox({ ...row, deletedAt }), context: row.context, deletedAt: deleted, purgeAt }
}
