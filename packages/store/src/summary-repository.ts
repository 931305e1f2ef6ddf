import type { MailboxAudience } from '@lamplighter/contracts'
import type {
  AccessType,
  MailboxId,
  MailboxState,
  MessageSummary,
  MwiSourceId,
  TenantId,
  UserId,
} from '@lamplighter/domain'
import { toExternal } from './mailbox-repository.js'
import type { TenantScope } from './scope.js'
import type { Sql } from './sql.js'

/** A row of {@link STATE_COLUMNS}. */
export type StateRow = {
  revision: number | bigint
  new_count: number
  old_count: number
  urgent_new_count: number
  urgent_old_count: number
  claimed: { user_uuid: string; new: number; urgent_new: number }[] | null
}

type Heard = { readonly lostAt: Date | null; readonly sourceId: MwiSourceId | null }

type AudienceRow = StateRow & {
  id: number
  tenant_uuid: string
  name: string
  number: string
  accesstype: string
  enabled: boolean
  deleted: boolean
  max_messages: number | null
  external: string | null
  external_heard_at: Date | null
  external_stale_at: Date | null
  users: string[]
  members: { user_uuid: string | null; rights: number }[]
}

/** Columns of the state of a mailbox, for every statement that reads one. `s` is its summary. */
export const STATE_COLUMNS = `s.revision, s.new_count, s.old_count, s.urgent_new_count, s.urgent_old_count,
  (SELECT json_agg(c) FROM (
    SELECT g.claimed_by AS user_uuid, count(*) AS new, count(*) FILTER (WHERE g.urgent) AS urgent_new FROM message g
    WHERE g.mailbox_id = s.mailbox_id AND g.claimed_by IS NOT NULL AND g.folder_id IN (1, 3) GROUP BY g.claimed_by) c) AS claimed`

const lockText = (deleted: string, waiting = '') => `
  SELECT m.id FROM mailbox_summary s JOIN mailbox m ON m.id = s.mailbox_id
    JOIN tenant t ON t.uuid = m.tenant_uuid
  WHERE m.id = $1 AND m.deleted_at ${deleted} AND (m.tenant_uuid = $2::uuid OR ($3 AND t.ancestors @> ARRAY[$2::uuid]))
  FOR UPDATE OF s ${waiting}`
const LOCK = lockText('IS NULL')
const TRY_LOCK = lockText('IS NULL', 'SKIP LOCKED')
const LOCK_DELETED = lockText('IS NOT NULL')

/** In the order of ids, so that two who lock several never wait for each other. */
const LOCK_ALL = `
  SELECT m.id FROM mailbox_summary s JOIN mailbox m ON m.id = s.mailbox_id
    JOIN tenant t ON t.uuid = m.tenant_uuid
  WHERE m.id = ANY ($1::int[]) AND m.deleted_at IS NULL AND (m.tenant_uuid = $2::uuid OR ($3 AND t.ancestors @> ARRAY[$2::uuid]))
  ORDER BY m.id FOR UPDATE OF s`

/** `OFFSET 0` keeps it a look-up by key: while its statistics know no better, the planner would read every summary there is. */
const READ_AUDIENCES = `
  SELECT m.id, m.tenant_uuid::text, m.name, m.number, m.accesstype, m.enabled, m.max_messages,
    m.deleted_at IS NOT NULL AS deleted, m.external, m.external_heard_at, m.external_stale_at, ${STATE_COLUMNS},
    ARRAY(SELECT u.user_uuid::text FROM mailbox_user u WHERE u.mailbox_id = m.id ORDER BY u.user_uuid) AS users,
    (SELECT coalesce(json_agg(json_build_object('user_uuid', w.user_uuid, 'rights', w.rights) ORDER BY w.id), '[]')
      FROM mailbox_member w WHERE w.mailbox_id = m.id) AS members
  FROM mailbox m CROSS JOIN LATERAL (SELECT * FROM mailbox_summary WHERE mailbox_id = m.id OFFSET 0) s
  WHERE m.id = ANY ($1::int[])`

/** Adds to the counts of a summary, `s`, and raises its revision. The four additions are parameters from this one on. */
export const addingCounts = (first: number) => `
  UPDATE mailbox_summary s SET revision = s.revision + 1, new_count = s.new_count + $${first},
    old_count = s.old_count + $${first + 1}, urgent_new_count = s.urgent_new_count + $${first + 2},
    urgent_old_count = s.urgent_old_count + $${first + 3}`

const APPLY = `
  ${addingCounts(2)}
  WHERE s.mailbox_id = ANY ($1::int[])
  RETURNING s.mailbox_id, ${STATE_COLUMNS}`

/** Counts are set, not added to: what waits elsewhere is known as a whole. */
const SET = `
  UPDATE mailbox_summary s SET revision = s.revision + 1, new_count = $2, old_count = $3, urgent_new_count = $4, urgent_old_count = $5
  WHERE s.mailbox_id = $1
  RETURNING ${STATE_COLUMNS}`
/** Under its row's lock: who says at this moment that it is lost is waited for. */
const HEARD = `
  UPDATE mailbox m SET external_heard_at = $2::timestamptz, external_stale_at = $3::timestamptz, external_lost_at = NULL
  FROM (SELECT id, external_lost_at FROM mailbox WHERE id = $1 FOR NO KEY UPDATE) b LEFT JOIN mwi_source s ON s.mailbox_id = b.id
  WHERE m.id = b.id
  RETURNING b.external_lost_at AS "lostAt", s.uuid::text AS "sourceId"`

/** The state a row stands for. */
export function toState(row: StateRow): MailboxState {
  return {
    revision: Number(row.revision),
    summary: {
      new: row.new_count,
      old: row.old_count,
      urgentNew: row.urgent_new_count,
      urgentOld: row.urgent_old_count,
    },
    claimed: (row.claimed ?? []).map((one) => ({
      userId: one.user_uuid as UserId,
      new: one.new,
      urgentNew: one.urgent_new,
    })),
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

  /** As {@link lock}, but undefined also while somebody else holds it. */
  tryLock(mailboxId: MailboxId): Promise<MailboxAudience | undefined> {
    return this.#lock('summary.try-lock', TRY_LOCK, mailboxId)
  }

  /** As {@link lock}, of a mailbox in the trash. */
  lockDeleted(mailboxId: MailboxId): Promise<MailboxAudience | undefined> {
    return this.#lock('summary.lock-deleted', LOCK_DELETED, mailboxId, true)
  }

  /** The second statement goes out behind the first and begins when that has the lock, so it sees what was committed. */
  async #lock(name: string, text: string, mailboxId: MailboxId, deleted = false): Promise<MailboxAudience | undefined> {
    const { tenantId, subtree } = this.#scope
    const [locked, audiences] = await this.#sql.both(
      () => this.#sql.rows(name, text, [mailboxId, tenantId, subtree]),
      () => this.#audiences([mailboxId], deleted),
    )
    return locked.length === 0 ? undefined : audiences.get(mailboxId)
  }

  /** As {@link lock}, of several mailboxes at once; those that are not in scope are missing. */
  async lockAll(mailboxIds: readonly MailboxId[]): Promise<ReadonlyMap<MailboxId, MailboxAudience>> {
    const { tenantId, subtree } = this.#scope
    const locked = await this.#sql.rows<{ id: MailboxId }>('summary.lock-all', LOCK_ALL, [
      mailboxIds,
      tenantId,
      subtree,
    ])
    return this.#audiences(locked.map(({ id }) => id))
  }

  /** Only what is still so: while we waited for the lock of its summary, a mailbox may have been deleted or moved away. */
  async #audiences(ids: readonly MailboxId[], deleted = false): Promise<ReadonlyMap<MailboxId, MailboxAudience>> {
    const { tenantId, subtree } = this.#scope
    const rows = await this.#sql.rows<AudienceRow>('summary.audiences', READ_AUDIENCES, [ids])
    const present = rows.filter((row) => row.deleted === deleted && (subtree || row.tenant_uuid === tenantId))
    return new Map(present.map((row) => [row.id as MailboxId, toAudience(row)]))
  }

  /** Adds to the counts and raises the revision by one. Call it only under {@link lock}. */
  async apply(mailboxId: MailboxId, delta: MessageSummary): Promise<MailboxState> {
    const state = (await this.applyAll([mailboxId], delta)).get(mailboxId)
    if (!state) throw new Error(`mailbox ${mailboxId} has no summary`)
    return state
  }

  /** As {@link apply}, the same for each of several mailboxes. */
  async applyAll(
    mailboxIds: readonly MailboxId[],
    delta: MessageSummary,
  ): Promise<ReadonlyMap<MailboxId, MailboxState>> {
    const values = [mailboxIds, delta.new, delta.old, delta.urgentNew, delta.urgentOld]
    const rows = await this.#sql.rows<StateRow & { mailbox_id: MailboxId }>('summary.apply', APPLY, values)
    return new Map(rows.map((row) => [row.mailbox_id, toState(row)]))
  }

  /** Sets the counts of an external mailbox and raises the revision by one. Call it only under {@link lock}. */
  async set(mailboxId: MailboxId, counts: MessageSummary): Promise<MailboxState> {
    const values = [mailboxId, counts.new, counts.old, counts.urgentNew, counts.urgentOld]
    const [row] = await this.#sql.rows<StateRow>('summary.set', SET, values)
    if (!row) throw new Error(`mailbox ${mailboxId} has no summary`)
    return toState(row)
  }

  /**
   * Notes when an external mailbox was heard of, and until when that holds. Call it only under {@link lock}.
   *
   * @returns since when it was lost, if it was, and the source that speaks of it alone, if there is one
   */
  async heard(mailboxId: MailboxId, at: Date, staleAt: Date | null): Promise<Heard> {
    const [row] = await this.#sql.rows<Heard>('summary.heard', HEARD, [mailboxId, at, staleAt])
    if (!row) throw new Error(`mailbox ${mailboxId} is gone under its lock`)
    return row
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
      external: toExternal(row.external, row.external_heard_at, row.external_stale_at),
    },
    users: row.users as UserId[],
    members: row.members.map((member) => ({ userId: member.user_uuid as UserId | null, rights: member.rights })),
    state: toState(row),
  }
}
