import type { TenantScope } from './scope.js'
import type { Sql, SqlValue } from './sql.js'

/** What of the audit log is asked for; all conditions together. */
export type AuditFilter = {
  readonly mailboxId?: number | undefined
  readonly messageId?: string | undefined
  readonly actorId?: string | undefined
  readonly action?: string | undefined
  readonly from?: Date | undefined
  readonly until?: Date | undefined
}

/** An entry of the list: the next page goes on behind it. */
export type AuditPosition = Pick<AuditRecord, 'atMicros' | 'id'>

/** A row of the audit log. */
export type AuditRecord = {
  readonly id: number
  /** {@link at} in microseconds since 1970: its place in the order. */
  readonly atMicros: number
  readonly tenantId: string
  readonly at: Date
  readonly actorId: string | null
  readonly action: string
  readonly mailboxId: number | null
  readonly messageId: string | null
  readonly details: Record<string, unknown>
  readonly requestId: string | null
  readonly remoteAddr: string | null
}

const COLUMNS = `a.id, a.tenant_uuid::text AS "tenantId", a.at, (extract(epoch FROM a.at) * 1000000)::bigint AS "atMicros",
  a.actor_uuid::text AS "actorId", a.action,
  a.mailbox_id AS "mailboxId", a.message_id::text AS "messageId", a.details, a.request_id AS "requestId",
  a.remote_addr AS "remoteAddr"`

/** A closed set: nothing a caller sends becomes part of a statement. */
const CONDITIONS: Readonly<Record<keyof AuditFilter, (place: string) => string>> = {
  mailboxId: (place) => `a.mailbox_id = ${place}::int`,
  messageId: (place) => `a.message_id = ${place}::uuid`,
  actorId: (place) => `a.actor_uuid = ${place}::uuid`,
  action: (place) => `a.action = ${place}`,
  from: (place) => `a.at >= ${place}::timestamptz`,
  until: (place) => `a.at < ${place}::timestamptz`,
}

const POSITION = `timestamptz 'epoch' + $4::bigint * interval '1 microsecond'`

/** Most rows one tenant of a subtree gives: a constant keeps the planner on the index. */
const MOST = 1001

/** Reads the audit log of a scope. */
export class AuditQueries {
  readonly #sql: Sql
  readonly #scope: TenantScope

  constructor(sql: Sql, scope: TenantScope) {
    this.#sql = sql
    this.#scope = scope
  }

  /**
   * Entries, newest first, by one statement: each tenant of the scope gives its newest ones, then those are merged.
   *
   * @param after only what is older than this entry
   * @param limit at most 1001
   */
  async list(filter: AuditFilter, after: AuditPosition | undefined, limit: number): Promise<AuditRecord[]> {
    const { tenantId, subtree } = this.#scope
    const { atMicros, id } = after ?? { atMicros: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER }
    const values: SqlValue[] = [tenantId, subtree, limit, atMicros, id]
    const used = (Object.keys(CONDITIONS) as (keyof AuditFilter)[]).filter((key) => filter[key] !== undefined)
    const conditions = used.map((key) => {
      values.push(filter[key] ?? null)
      return ` AND ${CONDITIONS[key](`$${values.length}`)}`
    })
    const text = `
      SELECT ${COLUMNS} FROM tenant t CROSS JOIN LATERAL (
        SELECT * FROM audit a WHERE a.tenant_uuid = t.uuid AND (a.at, a.id) < (${POSITION}, $5::bigint)${conditions.join('')}
        ORDER BY a.at DESC, a.id DESC LIMIT ${MOST}) a
      WHERE t.uuid = $1::uuid OR ($2 AND t.ancestors @> ARRAY[$1::uuid])
      ORDER BY a.at DESC, a.id DESC LIMIT $3`
    return this.#sql.rows<AuditRecord>(`audit.list.${used.join('.')}`, text, values)
  }
}
