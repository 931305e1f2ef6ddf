import type { MailboxHead, MailboxId, MailboxMember, TenantId, UserId } from '@lamplighter/domain'
import type { Prisma } from './generated/client.js'
import { type TenantScope, withinTenant } from './scope.js'

/** Whom mailboxes of a scope are shared with, beside their own users. */
export class MemberRepository {
  readonly #db: Prisma.TransactionClient
  readonly #scope: TenantScope

  constructor(db: Prisma.TransactionClient, scope: TenantScope) {
    this.#db = db
    this.#scope = scope
  }

  /** The members of a mailbox, the oldest first; none when it is not in scope. */
  async of(id: MailboxId): Promise<MailboxMember[]> {
    const rows = await this.#db.mailboxMember.findMany({
      where: { mailboxId: id, mailbox: withinTenant(this.#scope) },
      orderBy: { id: 'asc' },
    })
    return rows.map(({ userUuid, rights }) => ({ userId: userUuid as UserId | null, rights }))
  }

  /** Takes some members out of a mailbox whose lock is held and puts others in. */
  async change(
    { id, tenantId }: Pick<MailboxHead, 'id' | 'tenantId'>,
    gone: readonly MailboxMember[],
    added: readonly MailboxMember[],
  ): Promise<void> {
    const users = gone.flatMap(({ userId }) => userId ?? [])
    const everyone = gone.some(({ userId }) => userId === null) ? [{ userUuid: null }] : []
    await this.#db.mailboxMember.deleteMany({
      where: { mailboxId: id, OR: [{ userUuid: { in: users } }, ...everyone] },
    })
    await this.#db.mailboxMember.createMany({
      data: added.map(({ userId, rights }) => ({ mailboxId: id, tenantUuid: tenantId, userUuid: userId, rights })),
    })
  }

  /** Takes a user who goes out of every mailbox. Gives those that somebody has, which now have a member less. */
  async leaveAll(user: UserId): Promise<Pick<MailboxHead, 'id' | 'tenantId'>[]> {
    const where = { userUuid: user, mailbox: withinTenant(this.#scope) }
    const rows = await this.#db.mailboxMember.findMany({
      where: { ...where, mailbox: { ...where.mailbox, deletedAt: null } },
      select: { mailboxId: true, tenantUuid: true },
      orderBy: { mailboxId: 'asc' },
    })
    await this.#db.mailboxMember.deleteMany({ where })
    return rows.map(({ mailboxId, tenantUuid }) => ({ id: mailboxId as MailboxId, tenantId: tenantUuid as TenantId }))
  }

  /** Which of these users there are in a tenant. */
  async usersOf(tenantId: TenantId, users: readonly UserId[]): Promise<Set<UserId>> {
    const rows = await this.#db.user.findMany({
      where: { tenantUuid: tenantId, uuid: { in: [...users] } },
      select: { uuid: true },
    })
    return new Set(rows.map(({ uuid }) => uuid as UserId))
  }
}
