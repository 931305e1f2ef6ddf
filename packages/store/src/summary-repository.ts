import type { MailboxAudience } from '@lamplighter/contracts'
import type { AccessType, MailboxId, MailboxState, MessageSummary, TenantId, UserId } from '@lamplighter/domain'
import type { TenantScope } from './scope.js'
import type { Sql } from './sql.js'

type SummaryRow = {
  revision: number | bigint
  new_count: number
  old_count: number
  urgent_new_count: number
  urgent_old_count: number
}

type AudienceRow = SummaryRow & {
  id: number
  tenant_uuid: string
  name: string
  number: string
  accesstype: string
  enabled: boolean
  max_messages: number | null
  users: string[]
  members: { user_uuid: string | null; rights: number }[]
}

const COUNTS = 's.revision, s.new_count, s.old_count, s.urgent_new_count, s.urgent_old_count'

const lockText = (deleted: string) => `
  SELECT m.id FROM mailbox_summary s JOIN mailbox m ON m.id = s.mailbox_id
    JOIN tenant t ON t.uuid = m.tenant_uuid
  WHERE m.id = $1 AND m.deleted_at ${deleted} AND (m.tenant_uuid = $2::uuid OR ($3 AND t.ancestors @> ARRAY[$2::uuid]))
  FOR UPDATE OF s`
const LOCK = lockText('IS NULL')
const LOCK_DELETED = lockText('IS NOT NULL')

const READ_AUDIENCE = `
  SELECT m.id, m.tenant_uuid::text, m.name, m.number, m.accesstype, m.enabled, m.max_messages, ${COUNTS},
    ARRAY(SELECT u.user_uuid::text FROM mailbox_user u WHERE u.mailbox_id = m.id ORDER BY u.user_uuid) AS users,
    (SELECT coalesce(json_agg(json_build_object('user_uuid', w.user_uuid, 'rights', w.rights) ORDER BY w.id), '[]')
      FROM mailbox_member w WHERE w.mailbox_id = m.id) AS members
  FROM mailbox m JOIN mailbox_summary s ON s.mailbox_id = m.id
  WHERE m.id = $1`

const APPLY = `
  UPDATE mailbox_summary s SET revision = s.revision + 1, new_count = s.new_count + $2, old_count = s.old_count + $3,
    urgent_new_count = s.urgent_new_count + $4, urgent_old_count = s.urgent_old_count + $5
  WHERE s.mailbox_id = $1
  RETURNING ${COUNTS}`

/** The summary a row of `mailbox_summary` stands for. */
export function toState(row: SummaryRow): MailboxState {
  return {
    revision: Number(row.revision),
    summary: {
      new: row.new_count,
      old: row.old_count,
      urgentNew: row.urgent_new_count,
      urgentOld: row.urgent_old_count,
    },
  }
}

/** Summaries under their row lock: whoever holds it is the mailbox's one writer (invariant 4 of the design). */
export class SummaryRepository {
  readonly #sql: Sql
  readonly #scope: TenantScope

  constructor(sql: Sql, scope: TenantScope) {
    this.#sql = sql
    this.#scope = scope
  }

  /**
   * Takes the mailbox's lock and reads everything about it afresh: what another writer committed while we waited is
   * seen. Undefined when there is no such mailbox in scope.
   */
  lock(mailboxId: MailboxId): Promise<MailboxAudience | undefined> {
    return this.#lock('summary.lock', LOCK, mailboxId)
  }

  /** As {@link lock}, of a mailbox in the trash. */
  lockDeleted(mailboxId: MailboxId): Promise<MailboxAudience | undefined> {
    return this.#lock('summary.lock-deleted', LOCK_DELETED, mailboxId)
  }

  async #lock(name: string, text: string, mailboxId: MailboxId): Promise<MailboxAudience | undefined> {
    const { tenantId, subtree } = this.#scope
    const locked = await this.#sql.rows(name, text, [mailboxId, tenantId, subtree])
    if (locked.length === 0) return undefined
    const [row] = await this.#sql.rows<AudienceRow>('summary.audience', READ_AUDIENCE, [mailboxId])
    return row && toAudience(row)
  }

  /** Adds to the counts and raises the revision by one. Call it only under {@link lock}. */
  async apply(mailboxId: MailboxId, delta: MessageSummary): Promise<MailboxState> {
    const values = [mailboxId, delta.new, delta.old, delta.urgentNew, delta.urgentOld]
    const [row] = await this.#sql.rows<SummaryRow>('summary.apply', APPLY, values)
    if (!row) throw new Error(`mailbox ${mailboxId} has no summary`)
    return toState(row)
  }
}

function toAudience(row: AudienceRow): MailboxAudience {
  return {
    mailbox: {
      id: row.id as MailboxId,
      tenantId: row.tenant_uuid as TenantId,
      name: row.name,
      number: row.number,
      accesstype: row.accesstype as AccessType,
      enabled: row.enabled,
      maxMessages: row.max_messages,
    },
    users: row.users as UserId[],
    members: row.members.map((member) => ({ userId: member.user_uuid as UserId | null, rights: member.rights })),
    state: toState(row),
  }
}
