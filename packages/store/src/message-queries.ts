import type { ShownMessage } from '@lamplighter/contracts'
import {
  type AccessType,
  type FolderId,
  GLOBAL_RIGHTS,
  isUuid,
  type MailboxHead,
  type MailboxId,
  type MailboxState,
  type Message,
  type MessageId,
  OWNER_RIGHTS,
  type Rights,
  type TenantId,
  type UserId,
} from '@lamplighter/domain'
import { type HandlingRow, MESSAGE_COLUMNS, type MessageRow, toHandling, toMessage } from './message-repository.js'
import type { TenantScope } from './scope.js'
import type { Sql, SqlValue } from './sql.js'
import { STATE_COLUMNS, type StateRow, toState } from './summary-repository.js'

/** A message, the mailbox it lies in, and what the caller may do there: a call by mailbox id is subject to its ACL only. */
export type MessageInMailbox = { readonly message: Message; readonly mailbox: MailboxHead; readonly rights: Rights }

/** Which of the mailboxes in reach a list covers; `shared` are those with members. */
export type VoicemailType = 'all' | 'personal' | 'global' | 'shared'

/** Order and cut of a message list. `limit` null means everything. */
export type MessagePage = {
  readonly order: 'id' | 'caller_id_name' | 'duration' | 'timestamp'
  readonly direction: 'asc' | 'desc'
  readonly limit: number | null
  readonly offset: number
}

/** A page of messages and how many there are before the cut, from one snapshot. */
export type MessageList = { readonly items: readonly ListedItem[]; readonly total: number }

/** What a list shows of a message and of the mailbox it lies in. */
export type ListedItem = {
  readonly message: ShownMessage
  readonly mailbox: Pick<MailboxHead, 'id' | 'name' | 'accesstype'>
}

/** Columns of {@link HEAD_COLUMNS}. */
export type HeadRow = {
  m_id: number
  m_tenant_uuid: string
  m_name: string
  m_number: string
  m_accesstype: string
  m_enabled: boolean
  m_max_messages: number | null
}

/** The mailbox `m`, in statements that join it. */
export const HEAD_COLUMNS = `m.id AS m_id, m.tenant_uuid::text AS m_tenant_uuid, m.name AS m_name, m.number AS m_number,
  m.accesstype AS m_accesstype, m.enabled AS m_enabled, m.max_messages AS m_max_messages`
/** The mailbox `m` of the tenant `t` is in scope. $2 tenant, $3 subtree. */
export const IN_SCOPE = '(m.tenant_uuid = $2::uuid OR ($3 AND t.ancestors @> ARRAY[$2::uuid]))'

/**
 * Mailboxes a user reaches and with which rights: the own personal one, every global one of the tenant, and those
 * shared with the user or with everyone. $1 user, $2 tenant, $3 type.
 */
export const REACH = `
  SELECT m.*, bit_or(r.rights) AS rights FROM (
    SELECT u.mailbox_id, 'personal' AS via, ${OWNER_RIGHTS} AS rights FROM mailbox_user u WHERE u.user_uuid = $1::uuid
    UNION ALL
    SELECT g.id, 'global', ${GLOBAL_RIGHTS} FROM mailbox g WHERE g.tenant_uuid = $2::uuid AND g.accesstype = 'global'
    UNION ALL
    SELECT s.mailbox_id, 'shared', s.rights FROM mailbox_member s WHERE s.user_uuid = $1::uuid
    UNION ALL
    SELECT s.mailbox_id, 'shared', s.rights FROM mailbox_member s WHERE s.user_uuid IS NULL AND s.tenant_uuid = $2::uuid) r
    JOIN mailbox m ON m.id = r.mailbox_id
  WHERE m.tenant_uuid = $2::uuid AND m.deleted_at IS NULL
  GROUP BY m.id HAVING $3 = 'all' OR bool_or(r.via = $3)`

const FIND_HEAD = `
  SELECT ${HEAD_COLUMNS}, ${STATE_COLUMNS}
  FROM mailbox m JOIN tenant t ON t.uuid = m.tenant_uuid JOIN mailbox_summary s ON s.mailbox_id = m.id
  WHERE m.id = $1 AND m.deleted_at IS NULL AND ${IN_SCOPE}`
const FIND_PERSONAL = `
  SELECT ${HEAD_COLUMNS}, ${STATE_COLUMNS}
  FROM mailbox_user u JOIN mailbox m ON m.id = u.mailbox_id JOIN mailbox_summary s ON s.mailbox_id = m.id
  WHERE u.user_uuid = $1::uuid AND m.tenant_uuid = $2::uuid`
const FIND_REACHED = `SELECT ${HEAD_COLUMNS}, m.rights FROM (${REACH}) m WHERE m.id = $4`
const REACHED_COUNTS = `
  SELECT ${STATE_COLUMNS}, m.enabled AS m_enabled
  FROM (${REACH}) m JOIN mailbox_summary s ON s.mailbox_id = m.id WHERE m.rights & 1 = 1`
const ALL_OF_MAILBOX = `
  SELECT ${MESSAGE_COLUMNS} FROM message g WHERE g.mailbox_id = $1 AND g.deleted_at IS NULL AND ($2::int IS NULL OR g.folder_id = $2)
  ORDER BY g.left_at DESC, g.id DESC`
const FIND_IN_MAILBOX = `
  SELECT ${MESSAGE_COLUMNS}, ${HEAD_COLUMNS} FROM message g
    JOIN mailbox m ON m.id = g.mailbox_id JOIN tenant t ON t.uuid = m.tenant_uuid
  WHERE m.id = $1 AND m.deleted_at IS NULL AND ${IN_SCOPE} AND g.id = $4::uuid AND g.deleted_at IS NULL`
const FIND_REACHABLE = `
  SELECT ${MESSAGE_COLUMNS}, ${HEAD_COLUMNS}, m.rights FROM (${REACH}) m JOIN message g ON g.mailbox_id = m.id
  WHERE g.id = $4::uuid AND g.deleted_at IS NULL`

/** Sort keys are a closed set: nothing a caller sends becomes part of a statement. */
const ORDER_COLUMNS = {
  id: 'id::text',
  caller_id_name: 'caller_id_name',
  duration: 'duration_ms',
  timestamp: 'left_at',
} as const

/**
 * Rows one mailbox gives at most, as constants of ours: a limit the planner knows keeps it on the index, a parameter
 * makes it sort the whole mailbox.
 */
const CUTS = [50, 200, 1000, 10_000] as const

/** The smallest of our constants that holds so many rows; `ALL` when none does. */
export function cutFor(rows: number | null): string {
  const cut = CUTS.find((most) => rows !== null && rows <= most)
  return String(cut ?? 'ALL')
}

/**
 * Each mailbox gives its first rows in order from its index, then those few are merged: the cost follows the page, not
 * the mailbox. The total comes from the summaries. The page travels as one JSON value, which costs both ends a third of
 * what fifty rows of columns do.
 */
function listStatement({ order, direction, limit, offset }: MessagePage): { name: string; text: string } {
  // Only where it matters: on a column without nulls it would keep the index from serving the descending order.
  const nulls = order === 'caller_id_name' ? ' NULLS LAST' : ''
  const by = `g.${ORDER_COLUMNS[order]} ${direction}${nulls}, g.id ${direction}`
  const cut = cutFor(limit === null ? null : limit + offset)
  return {
    name: `message.list.${order}.${direction}.${cut}`,
    text: `
      WITH reach AS MATERIALIZED (
          SELECT m.id, m.name, m.accesstype, s.new_count + s.old_count AS messages
          FROM (${REACH}) m JOIN mailbox_summary s ON s.mailbox_id = m.id)
      SELECT coalesce((SELECT sum(messages) FROM reach), 0)::int AS total, (
          SELECT json_agg(json_build_array(id, mailbox_id, name, accesstype, folder_id, urgent, caller_id_name, caller_id_num, left_at, duration_ms,
            json_build_object('private', private, 'hold', hold, 'status', status, 'note', note, 'claimed_by', claimed_by,
              'claim_expires_at', claim_expires_at, 'handled_by', handled_by, 'read_by', read_by)))
          FROM (
            SELECT g.*, m.name, m.accesstype FROM reach m
              CROSS JOIN LATERAL (SELECT * FROM message g WHERE g.mailbox_id = m.id AND g.deleted_at IS NULL ORDER BY ${by} LIMIT ${cut}) g
            ORDER BY ${by} LIMIT $4 OFFSET $5) page) AS items`,
  }
}

type ListedRow = [
  id: string,
  mailboxId: number,
  name: string,
  accesstype: string,
  folderId: number,
  urgent: boolean,
  callerIdName: string | null,
  callerIdNum: string | null,
  leftAt: number,
  durationMs: number,
  handling: HandlingRow,
]

function toListed([id, mailboxId, name, accesstype, folderId, urgent, ...rest]: ListedRow): ListedItem {
  const [callerIdName, callerIdNum, leftAt, durationMs, handling] = rest
  const facts = { id: id as MessageId, folderId: folderId as FolderId, urgent, callerIdName, callerIdNum, leftAt }
  return {
    message: { ...facts, durationMs, ...toHandling(handling) },
    mailbox: { id: mailboxId as MailboxId, name, accesstype: accesstype as AccessType },
  }
}

/** The mailbox a row stands for. */
export function toHead(row: HeadRow): MailboxHead {
  return {
    id: row.m_id as MailboxId,
    tenantId: row.m_tenant_uuid as TenantId,
    name: row.m_name,
    number: row.m_number,
    accesstype: row.m_accesstype as AccessType,
    enabled: row.m_enabled,
    maxMessages: row.m_max_messages,
  }
}

function toFound(row: MessageRow & HeadRow & { rights?: Rights }): MessageInMailbox {
  return { message: toMessage(row), mailbox: toHead(row), rights: row.rights ?? OWNER_RIGHTS }
}

/** Reads messages and counts: one statement each, bound to a scope. */
export class MessageQueries {
  readonly #sql: Sql
  readonly #scope: TenantScope

  constructor(sql: Sql, scope: TenantScope) {
    this.#sql = sql
    this.#scope = scope
  }

  /** A mailbox of the scope with its state. */
  async mailbox(id: MailboxId): Promise<{ mailbox: MailboxHead; state: MailboxState } | undefined> {
    const [row] = await this.#sql.rows<HeadRow & StateRow>('mailbox.head', FIND_HEAD, this.#place(id))
    return row && { mailbox: toHead(row), state: toState(row) }
  }

  /** The user's own mailbox, if there is one in the tenant. */
  async personalMailbox(user: UserId): Promise<{ mailbox: MailboxHead; state: MailboxState } | undefined> {
    const values = [user, this.#scope.tenantId]
    const [row] = await this.#sql.rows<HeadRow & StateRow>('mailbox.personal', FIND_PERSONAL, values)
    return row && { mailbox: toHead(row), state: toState(row) }
  }

  /** A mailbox the user reaches, and with which rights. */
  async reached(user: UserId, id: MailboxId): Promise<{ mailbox: MailboxHead; rights: Rights } | undefined> {
    const values = [...this.#reach(user, 'all'), id]
    const [row] = await this.#sql.rows<HeadRow & { rights: Rights }>('mailbox.reached', FIND_REACHED, values)
    return row && { mailbox: toHead(row), rights: row.rights }
  }

  /** States of the mailboxes a user may listen to. */
  async reachedStates(user: UserId, type: VoicemailType): Promise<{ enabled: boolean; state: MailboxState }[]> {
    const rows = await this.#sql.rows<StateRow & { m_enabled: boolean }>(
      'mailbox.counts',
      REACHED_COUNTS,
      this.#reach(user, type),
    )
    return rows.map((row) => ({ enabled: row.m_enabled, state: toState(row) }))
  }

  /** All messages of a mailbox found before, newest first; of one folder only when given. */
  async ofMailbox(mailbox: MailboxHead, folderId: number | null): Promise<Message[]> {
    const rows = await this.#sql.rows<MessageRow>('message.mailbox', ALL_OF_MAILBOX, [mailbox.id, folderId])
    return rows.map(toMessage)
  }

  /** A message of one mailbox of the scope. */
  async inMailbox(id: MailboxId, messageId: string): Promise<MessageInMailbox | undefined> {
    if (!isUuid(messageId)) return undefined
    const values = [...this.#place(id), messageId]
    const [row] = await this.#sql.rows<MessageRow & HeadRow>('message.one', FIND_IN_MAILBOX, values)
    return row && toFound(row)
  }

  /** A message in any mailbox the user reaches. */
  async reachable(user: UserId, messageId: string): Promise<MessageInMailbox | undefined> {
    if (!isUuid(messageId)) return undefined
    const values = [...this.#reach(user, 'all'), messageId as MessageId]
    const [row] = await this.#sql.rows<MessageRow & HeadRow & { rights: Rights }>(
      'message.reachable',
      FIND_REACHABLE,
      values,
    )
    return row && toFound(row)
  }

  /** The messages of every mailbox the user reaches, as one list. */
  async list(user: UserId, type: VoicemailType, page: MessagePage): Promise<MessageList> {
    const { name, text } = listStatement(page)
    const values = [...this.#reach(user, type), page.limit, page.offset]
    const [row] = await this.#sql.rows<{ total: number; items: ListedRow[] | null }>(name, text, values)
    return { items: (row?.items ?? []).map(toListed), total: row?.total ?? 0 }
  }

  #place(id: MailboxId): SqlValue[] {
    return [id, this.#scope.tenantId, this.#scope.subtree]
  }

  #reach(user: UserId, type: VoicemailType): SqlValue[] {
    return [user, this.#scope.tenantId, type]
  }
}
