import {
  type AccessType,
  type External,
  type ExternalSource,
  type Mailbox,
  type MailboxId,
  RuleError,
  type TenantId,
  type UserId,
} from '@lamplighter/domain'
import { violatedConstraint } from './constraint.js'
import type { Prisma } from './generated/client.js'
import { cut, type ListQuery } from './page.js'
import { type TenantScope, withinTenant } from './scope.js'
import { holding } from './search.js'

/** What a client may set of a mailbox. The PIN comes hashed; undefined leaves it, null removes it. */
export type MailboxFields = Omit<Mailbox, 'id' | 'tenantId' | 'hasPin' | 'users' | 'external'> & {
  readonly pinHash?: string | null
  /** Goes with a new PIN: it was used before, so it opens nothing. */
  readonly pinReused?: boolean
}

/** Columns a list of mailboxes may be ordered by and filtered on (rest.md 2.4). */
export type MailboxColumn = 'name' | 'number' | 'email' | 'context' | 'language' | 'timezone' | 'pager' | 'accesstype'

/** Where a mailbox lies: no other mailbox has the same (rest.md 2.3 R2). */
export type MailboxPlace = Pick<MailboxFields, 'number' | 'context'>

/** Every mailbox comes with its users. */
export const WITH_USERS = {
  users: { include: { user: { select: { uuid: true, id: true, firstname: true, lastname: true } } } },
} satisfies Prisma.MailboxInclude

type MailboxRow = Prisma.MailboxGetPayload<{ include: typeof WITH_USERS }>

/** Mailboxes of a scope: configuration only, their counts are the summary's. */
export class MailboxRepository {
  readonly #db: Prisma.TransactionClient
  readonly #scope: TenantScope

  constructor(db: Prisma.TransactionClient, scope: TenantScope) {
    this.#db = db
    this.#scope = scope
  }

  /** The mailbox with its users. */
  async find(id: MailboxId): Promise<Mailbox | undefined> {
    const row = await this.#db.mailbox.findFirst({
      where: { id, deletedAt: null, ...withinTenant(this.#scope) },
      include: WITH_USERS,
    })
    return row ? toMailbox(row) : undefined
  }

  /** The mailbox of a user, if there is one in scope. */
  async findOfUser(user: UserId): Promise<Mailbox | undefined> {
    const row = await this.#db.mailbox.findFirst({
      where: { users: { some: { userUuid: user } }, ...withinTenant(this.#scope) },
      include: WITH_USERS,
    })
    return row ? toMailbox(row) : undefined
  }

  /** A page of mailboxes and how many match. */
  async list(query: ListQuery<MailboxColumn>): Promise<{ items: Mailbox[]; total: number }> {
    const search = await holding(this.#db, query.search)
    const where = { deletedAt: null, ...withinTenant(this.#scope), ...query.filters, ...search }
    const [rows, total] = await Promise.all([
      this.#db.mailbox.findMany({
        where,
        include: WITH_USERS,
        orderBy: [{ [query.order]: query.direction }, { id: 'asc' }],
        ...cut(query),
      }),
      this.#db.mailbox.count({ where }),
    ])
    return { items: rows.map(toMailbox), total }
  }

  /** @throws RuleError when number and context are taken, or the context has its global mailbox already. */
  async create(
    tenantId: TenantId,
    exclusiveGlobal: boolean,
    fields: MailboxFields,
    external: ExternalSource | null = null,
  ): Promise<Mailbox> {
    const row = await refusingPlace(fields, () =>
      this.#db.mailbox.create({
        data: {
          tenantUuid: tenantId,
          exclusiveGlobal,
          external,
          ...toColumns(fields),
          summary: { create: {} },
        } as Prisma.MailboxUncheckedCreateInput,
        include: WITH_USERS,
      }),
    )
    return toMailbox(row)
  }

  /** Writes the given fields. @throws RuleError as {@link create}. */
  async update(id: MailboxId, tenantId: TenantId, exclusiveGlobal: boolean, fields: MailboxFields): Promise<void> {
    await refusingPlace(fields, () =>
      this.#db.mailbox.update({
        where: { id },
        data: { tenantUuid: tenantId, exclusiveGlobal, ...toColumns(fields) } as Prisma.MailboxUncheckedUpdateInput,
      }),
    )
  }

  /** Ends every claim on its messages: who holds one does not reach a mailbox that has left the tenant. */
  async endClaims(id: MailboxId): Promise<void> {
    const data = { claimedBy: null, claimExpiresAt: null }
    await this.#db.message.updateMany({ where: { mailboxId: id, claimedBy: { not: null } }, data })
  }

  /** Gives a user a personal mailbox of the same tenant. */
  async addUser(mailbox: Mailbox, user: UserId): Promise<void> {
    try {
      await this.#db.mailboxUser.create({
        data: { userUuid: user, mailboxId: mailbox.id, tenantUuid: mailbox.tenantId },
      })
    } catch (error) {
      if (violatedConstraint(error) === 'mailbox_user_pkey') {
        throw new RuleError(
          'user-has-voicemail',
          'the user has a mailbox already',
          { user_uuid: user },
          { cause: error },
        )
      }
      throw error
    }
  }

  /** Takes a user's mailbox away; false when it was another one or none. */
  async removeUser(mailbox: MailboxId, user: UserId): Promise<boolean> {
    const { count } = await this.#db.mailboxUser.deleteMany({ where: { userUuid: user, mailboxId: mailbox } })
    return count === 1
  }
}

/**
 * Turns what the database forbids into the rule behind it, in the contract's order: R2 and R3 are unique indexes, which
 * it looks at first, R4 and F-35 the foreign key of the users. Lost races end here too.
 */
export async function refusingPlace<T>(
  place: MailboxPlace & { accesstype?: AccessType },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const constraint = violatedConstraint(error)
    const details = { number: place.number, context: place.context }
    if (constraint === 'mailbox_number_context_key') {
      throw new RuleError('voicemail-exists', 'a mailbox with this number exists in the context', details, {
        cause: error,
      })
    }
    if (constraint === 'mailbox_one_global_per_context') {
      throw new RuleError('operation-not-permitted', 'the context has a global mailbox already', details, {
        cause: error,
      })
    }
    if (constraint === 'mailbox_context_tenant_uuid_fkey') {
      throw new RuleError('unknown-context', 'there is no such context', { context: place.context }, { cause: error })
    }
    if (constraint === 'mailbox_mwi_policy_uuid_tenant_uuid_fkey') {
      throw new RuleError('unknown-mwi-policy', 'the tenant of the mailbox has no such policy', {}, { cause: error })
    }
    if (constraint === 'mailbox_user_mailbox_id_tenant_uuid_accesstype_fkey' && place.accesstype === 'global') {
      throw new RuleError('operation-not-permitted', 'a mailbox with users cannot become global', {}, { cause: error })
    }
    if (constraint !== undefined && OF_ONE_TENANT.has(constraint)) {
      throw new RuleError('different-tenants', 'who or what has the mailbox belongs to another tenant', details, {
        cause: error,
      })
    }
    throw error
  }
}

/** What ties a mailbox to its tenant: its users, members, and the devices that list it. */
const OF_ONE_TENANT: ReadonlySet<string> = new Set([
  'mailbox_user_mailbox_id_tenant_uuid_accesstype_fkey',
  'mailbox_member_mailbox_id_tenant_uuid_fkey',
  'device_mailbox_mailbox_id_tenant_uuid_fkey',
  'mwi_source_mailbox_id_tenant_uuid_fkey',
])

function toColumns({ pinHash, options, ...fields }: MailboxFields) {
  return {
    ...fields,
    options: options as unknown as Prisma.InputJsonValue,
    ...(pinHash === undefined ? {} : { pinHash }),
  }
}

/** The mailbox a row stands for. */
export function toMailbox({ tenantUuid, pinHash, options, accesstype, users, id, ...row }: MailboxRow): Mailbox {
  return {
    id: id as MailboxId,
    tenantId: tenantUuid as TenantId,
    name: row.name,
    number: row.number,
    // Null only in the trash.
    context: row.context ?? '',
    hasPin: pinHash !== null,
    email: row.email,
    pager: row.pager,
    language: row.language,
    timezone: row.timezone,
    maxMessages: row.maxMessages,
    attachAudio: row.attachAudio,
    deleteMessages: row.deleteMessages,
    askPassword: row.askPassword,
    enabled: row.enabled,
    accesstype: accesstype as AccessType,
    options: options as unknown as Mailbox['options'],
    external: toExternal(row.external, row.externalHeardAt, row.externalStaleAt),
    mwiPolicyUuid: row.mwiPolicyUuid,
    users: users.map(({ user }) => ({ ...user, uuid: user.uuid as UserId })),
  }
}

/** The feed of a mailbox as its columns say it. */
export function toExternal(source: string | null, lastHeardAt: Date | null, staleAt: Date | null): External | null {
  return source === null ? null : { source: source as ExternalSource, lastHeardAt, staleAt }
}
