import type { MailboxId, TenantId } from '@lamplighter/domain'
import type { Sql } from './sql.js'

const EXPIRED = `
  SELECT g.mailbox_id AS "mailboxId", g.tenant_uuid::text AS "tenantId" FROM message g JOIN mailbox m ON m.id = g.mailbox_id
  WHERE g.claimed_by IS NOT NULL AND g.claim_expires_at <= now() AND m.deleted_at IS NULL
  GROUP BY g.mailbox_id, g.tenant_uuid LIMIT $1`

/** Claims of all tenants: what housekeeping looks through. */
export class ClaimRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Mailboxes in which claims have run out. */
  expired(limit: number): Promise<{ mailboxId: MailboxId; tenantId: TenantId }[]> {
    return this.#sql.rows('claim.expired', EXPIRED, [limit])
  }
}
