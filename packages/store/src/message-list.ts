import type { ShownMessage } from '@lamplighter/contracts'
import { fold, type MailboxHead, type MailboxId, UNHANDLED, type UserId } from '@lamplighter/domain'
import { containing } from './like.js'
import { type HandlingRow, toHandling } from './message-repository.js'
import { REACH } from './reach.js'
import type { TenantScope } from './scope.js'
import type { SqlValue } from './sql.js'

/** Which of the mailboxes in reach a list covers; `shared` are those with members. */
export type VoicemailType = 'all' | 'personal' | 'global' | 'shared'

/** Which mailboxes a list covers; a null user is nobody, who reaches only what everyone does. */
export type MessageSelection =
  | { readonly kind: 'user'; readonly user: UserId | null; readonly type: VoicemailType }
  | { readonly kind: 'mailbox'; readonly id: MailboxId | null }
  | { readonly kind: 'tenant'; readonly type: VoicemailType }

/** Which of their messages: all of what is given must hold. Times are epoch seconds. */
export type MessageFilters = {
  readonly unread?: boolean
  readonly folder?: number
  /** From this moment on, and before that one. */
  readonly from?: number
  readonly until?: number
  readonly transcribed?: boolean
  /** A part of caller or transcript, whatever its case and marks; `%` and `_` stand for themselves. */
  readonly search?: string
}

/** Columns a list may be ordered by. */
export type MessageOrder = 'id' | 'caller_id_name' | 'duration' | 'timestamp'

/** A place in an ordered list: the sort key and the id of the last message seen. */
export type ListPosition = { readonly key: string | number | null; readonly id: string }

/** Order and cut of a message list. `limit` null means everything; `after` continues behind that position. */
export type MessagePage = {
  readonly order: MessageOrder
  readonly direction: 'asc' | 'desc'
  readonly limit: number | null
  readonly offset: number
  readonly after?: ListPosition
}

/** What a list shows of a message and of the mailbox it lies in. */
export type ListedItem = {
  readonly message: ShownMessage
  readonly mailbox: Pick<MailboxHead, 'id' | 'name' | 'accesstype'>
}

/**
 * A page of messages, from one snapshot: how many there are in the mailboxes, how many of them pass the filters, and
 * where the next page starts when there is one.
 */
export type MessageList = {
  readonly items: readonly ListedItem[]
  readonly total: number
  readonly filtered: number
  readonly next: ListPosition | undefined
}

/** A statement ready to run. Without a name it is not kept prepared: there are too many combinations of filters. */
type Statement = { readonly name: string | undefined; readonly text: string; readonly values: readonly SqlValue[] }

/**
 * Sort keys are a closed set: nothing a caller sends becomes part of a statement. Ids are compared as text so that no
 * list walks the table's primary key, which holds the messages of all tenants.
 */
const ORDER_COLUMNS = {
  id: { column: 'id::text', type: 'text' },
  caller_id_name: { column: 'caller_id_name', type: 'text' },
  duration: { column: 'duration_ms', type: 'int' },
  timestamp: { column: 'left_at', type: 'bigint' },
} as const

/**
 * Rows one mailbox or tenant gives at most, as constants of ours: a limit the planner knows keeps it on the index, a
 * parameter makes it sort the whole mailbox. One more than round numbers: a page looks one row ahead.
 */
const CUTS = [51, 201, 1001, 10_001] as const

/** The smallest of our constants that holds so many rows; `ALL` when none does. */
export function cutFor(rows: number | null): string {
  const cut = CUTS.find((most) => rows !== null && rows <= most)
  return String(cut ?? 'ALL')
}

/** Values of a statement in the order of their placeholders. */
class Parameters {
  readonly values: SqlValue[] = []

  add(value: SqlValue): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}

/**
 * Each mailbox (or, for a list over a tenant, each tenant) gives its first rows in order from its index, then those few
 * are merged: the cost follows the page, not the mailbox. Totals come from the summaries, but for external mailboxes, whose messages are not here. The page travels as one JSON
 * value, which costs both ends a third of what fifty rows of columns do.
 */
export function listStatement(
  scope: TenantScope,
  selection: MessageSelection,
  filters: MessageFilters,
  page: MessagePage,
): Statement {
  const parameters = new Parameters()
  const picked = pickMailboxes(scope, selection, parameters)
  const conditions = filterConditions(filters, parameters)
  const filtered = countFiltered(filters, conditions, scope, selection)
  const limit = parameters.add(page.limit === null ? null : page.limit + 1)
  const offset = parameters.add(page.offset)
  const rest = page.after ? [...conditions, afterCondition(page, page.after, parameters)] : conditions
  const cut = cutFor(page.limit === null ? null : page.limit + page.offset + 1)
  const by = orderBy(page)
  const text = `
    WITH picked AS MATERIALIZED (
        SELECT m.id, m.name, m.accesstype, CASE WHEN m.external IS NULL THEN s.new_count ELSE 0 END AS new_count,
          CASE WHEN m.external IS NULL THEN s.old_count ELSE 0 END AS old_count FROM (${picked}) m JOIN mailbox_summary s ON s.mailbox_id = m.id),
      totals AS (SELECT coalesce(sum(new_count + old_count), 0)::int AS total, coalesce(sum(new_count), 0)::int AS new, coalesce(sum(old_count), 0)::int AS old FROM picked)
    SELECT total, ${filtered} AS filtered, (
        SELECT json_agg(json_build_array(${LISTED_COLUMNS})) FROM (
          SELECT g.* FROM ${fromEach(scope, selection, 'g.*, m.name, m.accesstype', rest, `ORDER BY ${by} LIMIT ${cut}`)}
          ORDER BY ${by} LIMIT ${limit} OFFSET ${offset}) g) AS items
    FROM totals`
  const plain = conditions.length === 0 && page.after === undefined
  const name = `message.list.${kindName(scope, selection)}.${page.order}.${page.direction}.${cut}`
  return { name: plain ? name : undefined, text, values: parameters.values }
}

/**
 * Columns of a listed message, in the order in which {@link ListedRow} takes them. Most messages nobody has done
 * anything with: they carry a null instead of eight usual values, which costs both ends less than the rest of the row.
 */
const LISTED_COLUMNS = `id, mailbox_id, name, accesstype, folder_id, urgent, caller_id_name, caller_id_num, left_at, duration_ms,
  transcription->>'text', CASE WHEN private OR hold OR status <> 'open' OR note IS NOT NULL OR claimed_by IS NOT NULL
    OR handled_by IS NOT NULL OR read_by <> '{}' THEN json_build_object('private', private, 'hold', hold, 'status', status, 'note', note,
    'claimed_by', claimed_by, 'claim_expires_at', claim_expires_at, 'handled_by', handled_by, 'read_by', read_by) END`

function kindName(scope: TenantScope, selection: MessageSelection): string {
  return [selection.kind, ...(selection.kind === 'tenant' ? [selection.type, scope.subtree] : [])].join('.')
}

/** The mailboxes a list covers. A user's list shows only what the user may listen to. */
function pickMailboxes(scope: TenantScope, selection: MessageSelection, parameters: Parameters): string {
  switch (selection.kind) {
    case 'user':
      // The places of REACH.
      for (const value of [selection.user, scope.tenantId, selection.type]) parameters.add(value)
      return `SELECT * FROM (${REACH}) r WHERE r.rights & 1 = 1`
    case 'mailbox':
      return `${tenantMailboxes(scope, 'all', parameters)} AND m.id = ${parameters.add(selection.id)}::int`
    case 'tenant':
      return tenantMailboxes(scope, selection.type, parameters)
  }
}

const TYPE_CONDITIONS: Readonly<Record<VoicemailType, string>> = {
  all: '',
  personal: ` AND m.accesstype = 'personal'`,
  global: ` AND m.accesstype = 'global'`,
  shared: ' AND EXISTS (SELECT FROM mailbox_member w WHERE w.mailbox_id = m.id)',
}

/** The tenant is the first parameter of these statements. */
function tenantMailboxes(scope: TenantScope, type: VoicemailType, parameters: Parameters): string {
  parameters.add(scope.tenantId)
  const tenants = scope.subtree
    ? `m.tenant_uuid IN (SELECT t.uuid FROM tenant t WHERE ${inTenants(scope)})`
    : 'm.tenant_uuid = $1::uuid'
  return `SELECT m.* FROM mailbox m WHERE m.deleted_at IS NULL AND ${tenants}${TYPE_CONDITIONS[type]}`
}

function inTenants({ subtree }: TenantScope): string {
  return subtree ? 't.ancestors @> ARRAY[$1::uuid]' : 't.uuid = $1::uuid'
}

/**
 * Looks into each place in turn, so that each uses its index. Most mailboxes of a tenant: into the tenant's, which holds
 * their messages in order already. Few mailboxes: into each one's own.
 */
function fromEach(
  scope: TenantScope,
  selection: MessageSelection,
  select: string,
  conditions: string[],
  end = '',
): string {
  const where = ['g.deleted_at IS NULL', ...conditions].join(' AND ')
  if (selection.kind === 'tenant' && (selection.type === 'all' || selection.type === 'personal')) {
    return `tenant t CROSS JOIN LATERAL (
        SELECT ${select} FROM message g JOIN mailbox m ON m.id = g.mailbox_id AND m.deleted_at IS NULL${TYPE_CONDITIONS[selection.type]}
        WHERE g.tenant_uuid = t.uuid AND ${where} ${end}) g
      WHERE ${inTenants(scope)}`
  }
  return `picked m CROSS JOIN LATERAL (
      SELECT ${select} FROM message g WHERE g.mailbox_id = m.id AND ${where} ${end}) g`
}

function filterConditions(filters: MessageFilters, parameters: Parameters): string[] {
  const { unread, folder, from, until, transcribed, search } = filters
  const conditions: string[] = []
  if (unread !== undefined) conditions.push(`g.folder_id ${unread ? 'IN' : 'NOT IN'} (1, 3)`)
  if (folder !== undefined) conditions.push(`g.folder_id = ${parameters.add(folder)}`)
  if (from !== undefined) conditions.push(`g.left_at >= ${parameters.add(from)}`)
  if (until !== undefined) conditions.push(`g.left_at < ${parameters.add(until)}`)
  if (transcribed !== undefined) conditions.push(`g.transcribed_at IS ${transcribed ? 'NOT ' : ''}NULL`)
  if (search) conditions.push(`g.search_text LIKE ${parameters.add(containing(fold(search)))}`)
  return conditions
}

/** The summaries know the whole and the unread; anything else is counted. */
function countFiltered(
  filters: MessageFilters,
  conditions: string[],
  scope: TenantScope,
  selection: MessageSelection,
): string {
  if (conditions.length === 0) return 'total'
  if (conditions.length === 1 && filters.unread !== undefined) return filters.unread ? 'new' : 'old'
  return `(SELECT coalesce(sum(g.messages), 0)::int FROM ${fromEach(scope, selection, 'count(*) AS messages', conditions)})`
}

function orderBy({ order, direction }: MessagePage): string {
  // Only where it matters: on a column without nulls it would keep the index from serving the descending order.
  const nulls = order === 'caller_id_name' ? ' NULLS LAST' : ''
  const key = `g.${ORDER_COLUMNS[order].column} ${direction}${nulls}`
  return order === 'id' ? key : `${key}, g.id ${direction}`
}

/** What lies behind a position in the order of the page; callers without a name come last both ways. */
function afterCondition({ order, direction }: MessagePage, { key, id }: ListPosition, parameters: Parameters): string {
  const { column, type } = ORDER_COLUMNS[order]
  const beyond = direction === 'asc' ? '>' : '<'
  if (order === 'id') return `g.${column} ${beyond} ${parameters.add(id)}::${type}`
  const last = `${parameters.add(id)}::uuid`
  if (key === null) return `g.${column} IS NULL AND g.id ${beyond} ${last}`
  const behind = `(g.${column}, g.id) ${beyond} (${parameters.add(key)}::${type}, ${last})`
  return order === 'caller_id_name' ? `(${behind} OR g.caller_id_name IS NULL)` : behind
}

/** A row of the page as it travels. */
export type ListedRow = [
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
  transcript: string | null,
  handling: HandlingRow | null,
]

/** The page a statement answered; it holds one row more than asked for when there is a next page. */
export function toMessageList(
  row: { total: number; filtered: number; items: ListedRow[] | null } | undefined,
  { order, limit }: MessagePage,
): MessageList {
  const rows = row?.items ?? []
  const shown = limit === null ? rows : rows.slice(0, limit)
  const last = rows.length > shown.length ? shown.at(-1) : undefined
  return {
    items: shown.map(toListed),
    total: row?.total ?? 0,
    filtered: row?.filtered ?? 0,
    next: last && positionOf(toListed(last), order),
  }
}

function positionOf({ message }: ListedItem, order: MessageOrder): ListPosition {
  const keys = {
    id: message.id,
    caller_id_name: message.callerIdName,
    duration: message.durationMs,
    timestamp: message.leftAt,
  }
  return { key: keys[order], id: message.id }
}

function toListed([id, mailboxId, name, accesstype, ...rest]: ListedRow): ListedItem {
  const [folderId, urgent, callerIdName, callerIdNum, leftAt, durationMs, transcript, handling] = rest
  const handled = handling === null ? UNHANDLED : toHandling(handling)
  // Written out: lists make many of these.
  return {
    message: {
      id: id as ShownMessage['id'],
      folderId: folderId as ShownMessage['folderId'],
      urgent,
      callerIdName,
      callerIdNum,
      leftAt,
      durationMs,
      transcription: transcript === null ? null : { text: transcript },
      private: handled.private,
      hold: handled.hold,
      status: handled.status,
      note: handled.note,
      claim: handled.claim,
      handledBy: handled.handledBy,
      readBy: handled.readBy,
    },
    mailbox: { id: mailboxId as MailboxId, name, accesstype: accesstype as MailboxHead['accesstype'] },
  }
}
