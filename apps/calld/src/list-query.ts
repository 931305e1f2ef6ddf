import type { listOwnMessages, listTenantMessages, QueryOf } from '@lamplighter/contracts'
import {
  InvalidInputError,
  isUuid,
  MAX_INTEGER_ID,
  type MailboxId,
  parseAwareDateTime,
  type TenantId,
  type UserId,
} from '@lamplighter/domain'
import {
  type MessageFilters,
  type MessageOrder,
  type MessagePage,
  type MessageSelection,
  onlyTenant,
  type TenantScope,
  tenantSubtree,
  type VoicemailType,
} from '@lamplighter/store'
import { type ListIdentity, readCursor } from './list-cursor.js'

type TenantQuery = QueryOf<typeof listTenantMessages>
type ListQuery = QueryOf<typeof listOwnMessages> & Pick<TenantQuery, 'transcribed'>

/** A query of one of the lists, understood. */
export type ListRequest = {
  readonly filters: MessageFilters
  readonly page: MessagePage
  /** What a cursor of this list is bound to. */
  readonly identity: ListIdentity
}

/**
 * Reads what both lists have in common. Oldest first unless asked otherwise: the contract's own default (rest.md 3.5).
 *
 * @throws InvalidInputError for a moment that is none and for a foreign cursor
 */
export function readListQuery({ limit, offset, cursor, ...query }: ListQuery): ListRequest {
  const order = (query.order ?? 'timestamp') as MessageOrder
  const direction = query.direction === 'desc' ? 'desc' : 'asc'
  const filters = readFilters(query)
  const { raw: _ignored, ...asked } = query
  const identity = { ...asked, ...filters, order, direction, voicemail_type: query.voicemail_type ?? 'all' }
  if (cursor && offset !== undefined) {
    throw InvalidInputError.of('offset', 'cursor', 'goes without a cursor only')
  }
  const page = { order, direction, limit: limit ?? null, offset: offset ?? 0 } as const
  const after = cursor ? { after: readCursor(identity, order, cursor) } : {}
  return { filters, page: { ...page, ...after }, identity }
}

/** Which mailboxes the admin list covers: the first rule that matches (rest.md 3.5). */
export function readSelection(
  tenantId: TenantId,
  query: TenantQuery,
): { scope: TenantScope; selection: MessageSelection } {
  const { voicemail_id: id, user_uuid: user, recurse } = query
  const type = (query.voicemail_type ?? 'all') as VoicemailType
  if (id !== undefined) {
    const known = Math.abs(id) <= MAX_INTEGER_ID ? (id as MailboxId) : null
    return { scope: tenantSubtree(tenantId), selection: { kind: 'mailbox', id: known } }
  }
  if (user !== undefined) {
    const known = isUuid(user) ? (user as UserId) : null
    return { scope: onlyTenant(tenantId), selection: { kind: 'user', user: known, type } }
  }
  return { scope: recurse ? tenantSubtree(tenantId) : onlyTenant(tenantId), selection: { kind: 'tenant', type } }
}

function readFilters({ unread, folder, search, transcribed, from, until }: ListQuery): MessageFilters {
  return {
    ...(unread === undefined ? {} : { unread }),
    ...(folder === undefined ? {} : { folder }),
    ...(search ? { search } : {}),
    ...(transcribed === undefined ? {} : { transcribed }),
    ...(from === undefined ? {} : { from: readMoment('from', from) }),
    ...(until === undefined ? {} : { until: readMoment('until', until) }),
  }
}

/** Epoch seconds of a moment in a query. @throws InvalidInputError naming the field */
export function readMoment(field: string, text: string): number {
  const seconds = parseAwareDateTime(text)
  if (seconds === undefined) throw InvalidInputError.of(field, 'type', 'must be an ISO 8601 date-time with an offset')
  return seconds
}
