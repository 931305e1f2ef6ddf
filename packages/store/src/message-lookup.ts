import { isUuid, type MailboxHead, type MailboxId, OWNER_RIGHTS, type Rights, type UserId } from '@lamplighter/domain'
import { HEAD_COLUMNS, type HeadRow, IN_SCOPE, toHead } from './message-queries.js'
import { REACH } from './reach.js'
import type { TenantScope } from './scope.js'
import type { Sql } from './sql.js'

/** Where a message is looked for: among those that lists show, in the trash, or in both. */
export type MessagePlace = 'inbox' | 'trash' | 'anywhere'

/** Where a message lies and what the caller may do there: a call by mailbox id is subject to its ACL only. */
export type LocatedMessage = { readonly id: string; readonly mailbox: MailboxHead; readonly rights: Rights }

type LocatedRow = HeadRow & { id: string; rights?: Rights }

const IN_PLACE = "($5 = 'anywhere' OR (g.deleted_at IS NOT NULL) = ($5 = 'trash'))"
const IN_MAILBOX = `
  SELECT g.id::text, ${HEAD_COLUMNS} FROM message g
    JOIN mailbox m ON m.id = g.mailbox_id JOIN tenant t ON t.uuid = m.tenant_uuid
  WHERE m.id = $1 AND m.deleted_at IS NULL AND ${IN_SCOPE} AND g.id = ANY ($4::uuid[]) AND ${IN_PLACE}`
/** The messages first, by their keys: the planner would else read all the mailboxes in reach. */
const REACHED = `
  WITH wanted AS MATERIALIZED (
    SELECT g.id, g.mailbox_id FROM message g WHERE g.id = ANY ($4::uuid[]) AND ${IN_PLACE})
  SELECT w.id::text, ${HEAD_COLUMNS}, m.rights FROM (${REACH}) m JOIN wanted w ON w.mailbox_id = m.id`

/** Finds many messages at once, before the mailboxes they lie in are locked. */
export class MessageLookup {
  readonly #sql: Sql
  readonly #scope: TenantScope

  constructor(sql: Sql, scope: TenantScope) {
    this.#sql = sql
    this.#scope = scope
  }

  /** Those of the ids that lie in one mailbox of the scope. Ids that are no UUIDs name nothing. */
  async inMailbox(mailbox: MailboxId, ids: readonly string[], place: MessagePlace): Promise<LocatedMessage[]> {
    const { tenantId, subtree } = this.#scope
    const values = [mailbox, tenantId, subtree, ids.filter(isUuid), place]
    const rows = await this.#sql.rows<LocatedRow>('message.locate', IN_MAILBOX, values)
    return rows.map(toLocated)
  }

  /** Those of the ids that lie in any mailbox the user reaches. Ids that are no UUIDs name nothing. */
  async reachable(user: UserId, ids: readonly string[], place: MessagePlace): Promise<LocatedMessage[]> {
    const values = [user, this.#scope.tenantId, 'all', ids.filter(isUuid), place]
    const rows = await this.#sql.rows<LocatedRow>('message.locate_reached', REACHED, values)
    return rows.map(toLocated)
  }
}

function toLocated(row: LocatedRow): LocatedMessage {
  return { id: row.id, mailbox: toHead(row), rights: row.rights ?? OWNER_RIGHTS }
}
