import type { MailboxHead, MailboxId, Message, UserId } from '@lamplighter/domain'
import { cutFor } from './message-list.js'
import { HEAD_COLUMNS, type HeadRow, IN_SCOPE, toHead } from './message-queries.js'
import { MESSAGE_COLUMNS, type MessageRow, toMessage } from './message-repository.js'
import { REACH } from './reach.js'
import type { TenantScope } from './scope.js'
import type { Sql, SqlValue } from './sql.js'

/** The last item of a page of the trash: the next one goes on behind it. */
export type TrashPosition = { readonly deletedAt: Date; readonly id: string }

/** A page of the trash, newest deletion first. */
export type TrashPage = {
  readonly limit: number
  readonly offset: number
  readonly after: TrashPosition | undefined
}

/** A message in the trash. */
export type TrashedMessage = {
  readonly message: Message
  readonly mailbox: MailboxHead
  readonly deletedAt: Date
  /** Nobody when it grew too old. */
  readonly deletedBy: UserId | null
  /** When it is purged; never while it is on hold. */
  readonly purgeAt: Date | null
}

/** A page of the trash and how much lies there altogether. */
export type TrashList = { readonly items: readonly TrashedMessage[]; readonly total: number }

type TrashedRow = MessageRow &
  HeadRow & { deleted_at: Date; deleted_by: string | null; purge_at: Date | null; total: number }

const LISTEN = 1
const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * The trash of mailboxes: each gives its newest deletions in order from its index, then those are merged. A row without
 * a message carries the total when the page is empty. $4 limit, $5 offset, $6 and $7 position.
 */
function listStatement(mailboxes: string, page: TrashPage): string {
  return `
    WITH reach AS MATERIALIZED (${mailboxes}),
      page AS (
        SELECT g.*, ${HEAD_COLUMNS}, m.trash_days FROM reach m
          CROSS JOIN LATERAL (SELECT * FROM message g WHERE g.mailbox_id = m.id AND g.deleted_at IS NOT NULL
            AND (g.deleted_at, g.id) < ($6::timestamptz, $7::uuid)
            ORDER BY g.deleted_at DESC, g.id DESC LIMIT ${cutFor(page.limit + page.offset)}) g
        ORDER BY g.deleted_at DESC, g.id DESC LIMIT $4 OFFSET $5),
      counted AS (
        SELECT count(*)::int AS total FROM reach m JOIN message g ON g.mailbox_id = m.id AND g.deleted_at IS NOT NULL)
    SELECT counted.total, ${MESSAGE_COLUMNS}, g.m_id, g.m_tenant_uuid, g.m_name, g.m_number, g.m_accesstype, g.m_enabled,
      g.m_max_messages, g.deleted_at, g.deleted_by::text,
      CASE WHEN NOT g.hold THEN g.deleted_at + make_interval(days => g.trash_days) END AS purge_at
    FROM counted LEFT JOIN page g ON true ORDER BY g.deleted_at DESC, g.id DESC`
}

const ONE_MAILBOX = `
  SELECT m.*, t.trash_days FROM mailbox m JOIN tenant t ON t.uuid = m.tenant_uuid
  WHERE m.id = $1 AND m.deleted_at IS NULL AND ${IN_SCOPE}`
const REACHED_MAILBOXES = `
  SELECT m.*, t.trash_days FROM (${REACH}) m JOIN tenant t ON t.uuid = m.tenant_uuid WHERE m.rights & ${LISTEN} = ${LISTEN}`

/** Reads the trash: one statement each, bound to a scope. */
export class TrashQueries {
  readonly #sql: Sql
  readonly #scope: TenantScope

  constructor(sql: Sql, scope: TenantScope) {
    this.#sql = sql
    this.#scope = scope
  }

  /** The trash of a mailbox of the scope; empty when there is no such mailbox. */
  ofMailbox(id: MailboxId, page: TrashPage): Promise<TrashList> {
    const { tenantId, subtree } = this.#scope
    return this.#list('trash.mailbox', ONE_MAILBOX, [id, tenantId, subtree], page)
  }

  /** The trash of every mailbox in which the user may listen, as one list. */
  reached(user: UserId, page: TrashPage): Promise<TrashList> {
    return this.#list('trash.reached', REACHED_MAILBOXES, [user, this.#scope.tenantId, 'all'], page)
  }

  async #list(name: string, mailboxes: string, place: readonly SqlValue[], page: TrashPage): Promise<TrashList> {
    const { deletedAt, id } = page.after ?? { deletedAt: 'infinity', id: LAST_UUID }
    const statement = `${name}.${cutFor(page.limit + page.offset)}`
    const values = [...place, page.limit, page.offset, deletedAt, id]
    const rows = await this.#sql.rows<TrashedRow>(statement, listStatement(mailboxes, page), values)
    return { items: rows.filter((row) => row.id !== null).map(toTrashed), total: rows[0]?.total ?? 0 }
  }
}

function toTrashed(row: TrashedRow): TrashedMessage {
  return {
    message: toMessage(row),
    mailbox: toHead(row),
    deletedAt: row.deleted_at,
    deletedBy: row.deleted_by as UserId | null,
    purgeAt: row.purge_at,
  }
}
