import { type SecurityEntry, securityDraft } from '@lamplighter/contracts'
import { type Actor, type AuditAction, isSecurityAction, type MailboxId, type TenantId } from '@lamplighter/domain'
import type { Outbox } from './outbox.js'
import type { Sql } from './sql.js'

/** Something somebody did. */
export type AuditEntry = {
  readonly tenantId: TenantId
  readonly actor: Actor
  readonly action: AuditAction
  readonly mailboxId?: MailboxId
  readonly messageId?: string
  /** Facts that help to understand it; never a secret. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** The clock, not the start of the transaction: who waited for a lock acted after the one he waited for. */
const ADD = `
  INSERT INTO audit (at, tenant_uuid, actor_uuid, action, mailbox_id, message_id, details, request_id, remote_addr)
  SELECT clock_timestamp(), tenant_uuid, actor_uuid, action, mailbox_id, message_id, details, request_id, remote_addr
  FROM json_to_recordset($1::json) AS e(
    ord int, tenant_uuid uuid, actor_uuid uuid, action text, mailbox_id int, message_id uuid, details jsonb,
    request_id text, remote_addr text)
  ORDER BY ord`

/**
 * Writes the audit log, in the transaction of what it tells, and with it says on the bus what a security team wants to
 * hear. The database refuses to change or delete a row of the log.
 */
export class AuditRepository {
  readonly #sql: Sql
  readonly #outbox: Outbox

  constructor(sql: Sql, outbox: Outbox) {
    this.#sql = sql
    this.#outbox = outbox
  }

  /** Writes entries in the given order, in one statement, and in one more says those that are said. */
  async add(...entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return
    await this.#sql.rows('audit.add', ADD, [JSON.stringify(entries.map(toRow))])
    this.#outbox.add(entries.filter(isSaid).map(securityDraft))
  }
}

function isSaid(entry: AuditEntry): entry is AuditEntry & SecurityEntry {
  return isSecurityAction(entry.action)
}

function toRow(entry: AuditEntry, ord: number): Record<string, unknown> {
  const { tenantId, actor, action, mailboxId = null, messageId = null, details = {} } = entry
  return {
    ord,
    tenant_uuid: tenantId,
    actor_uuid: actor.userId,
    action,
    mailbox_id: mailboxId,
    message_id: messageId,
    details,
    request_id: actor.requestId,
    remote_addr: actor.remoteAddr,
  }
}
