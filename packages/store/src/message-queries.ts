import {
  type AccessType,
  EMPTY_SUMMARY,
  hasRight,
  isUuid,
  type MailboxHead,
  type MailboxId,
  type MailboxState,
  type Message,
  type MessageId,
  type MessageSummary,
  OWNER_RIGHTS,
  type Rights,
  shownSummary,
  type TenantId,
  type UserId,
  viewedSummary,
} from '@lamplighter/domain'
import { toExternal } from './mailbox-repository.js'
import { type ExportedMessage, type ExportSelection, exportMessages } from './message-export.js'
import {
  type ListedRow,
  listStatement,
  type MessageFilters,
  type MessageList,
  type MessagePage,
  type MessageSelection,
  toMessageList,
  type VoicemailType,
} from './message-list.js'
import { MESSAGE_COLUMNS, type MessageRow, toMessage } from './message-repository.js'
import { REACH } from './reach.js'
import type { TenantScope } from './scope.js'
import type { Sql, SqlValue } from './sql.js'
import { STATE_COLUMNS, type StateRow, toState } from './summary-repository.js'

/** A message, the mailbox it lies in, and what the caller may do there: a call by mailbox id is subject to its ACL only. */
export type MessageInMailbox = { readonly message: Message; readonly mailbox: MailboxHead; readonly rights: Rights }

/** A mailbox in a user's reach, with what the user may do there and what it shows this user. */
export type ReachedMailbox = {
  readonly mailbox: MailboxHead
  readonly rights: Rights
  readonly summary: MessageSummary
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
  m_external: string | null
  m_external_heard_at: Date | null
  m_external_stale_at: Date | null
}

/** The mailbox `m`, in statements that join it. */
export const HEAD_COLUMNS = `m.id AS m_id, m.tenant_uuid::text AS m_tenant_uuid, m.name AS m_name, m.number AS m_number,
  m.accesstype AS m_accesstype, m.enabled AS m_enabled, m.max_messages AS m_max_messages,
  m.external AS m_external, m.external_heard_at AS m_external_heard_at, m.external_stale_at AS m_external_stale_at`
/** The mailbox `m` of the tenant `t` is in scope. $2 tenant, $3 subtree. */
export const IN_SCOPE = '(m.tenant_uuid = $2::uuid OR ($3 AND t.ancestors @> ARRAY[$2::uuid]))'

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
const REACHED_MAILBOXES = `
  SELECT ${HEAD_COLUMNS}, m.rights, ${STATE_COLUMNS}
  FROM (${REACH}) m JOIN mailbox_summary s ON s.mailbox_id = m.id ORDER BY m.id`
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
    external: toExternal(row.m_external, row.m_external_heard_at, row.m_external_stale_at),
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

  /** Every mailbox a user reaches, as this user sees it: one that may not be listened to shows nothing (rest.md F-54). */
  async reachedMailboxes(user: UserId): Promise<ReachedMailbox[]> {
    const values = this.#reach(user, 'all')
    const rows = await this.#sql.rows<HeadRow & StateRow & { rights: Rights }>(
      'mailbox.all_reached',
      REACHED_MAILBOXES,
      values,
    )
    return rows.map((row) => {
      const seen = hasRight(row.rights, 'listen') ? viewedSummary(toState(row), user) : EMPTY_SUMMARY
      return { mailbox: toHead(row), rights: row.rights, summary: shownSummary(row.m_enabled, seen) }
    })
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

  /** A page of the messages of the selected mailboxes of the scope, as one list (rest.md 3.5). */
  async list(selection: MessageSelection, filters: MessageFilters, page: MessagePage): Promise<MessageList> {
    const { name, text, values } = listStatement(this.#scope, selection, filters, page)
    const [row] = await this.#sql.rows<{ total: number; filtered: number; items: ListedRow[] | null }>(
      name,
      text,
      values,
    )
    return toMessageList(row, page)
  }

  /** Every message of a mailbox of the scope or of a caller of the tenant, a few at a time. */
  export(selection: ExportSelection): AsyncGenerator<ExportedMessage> {
    return exportMessages(this.#sql, this.#scope, selection)
  }

  #place(id: MailboxId): SqlValue[] {
    return [id, this.#scope.tenantId, this.#scope.subtree]
  }

  #reach(user: UserId, type: VoicemailType): SqlValue[] {
    return [user, this.#scope.tenantId, type]
  }
}
