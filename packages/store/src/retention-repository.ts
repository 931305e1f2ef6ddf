import type { MailboxId, TenantId } from '@lamplighter/domain'
import type { Sql } from './sql.js'

/** Messages of one mailbox that are older than their tenant keeps them. */
export type OverdueMessages = {
  readonly tenantId: TenantId
  readonly mailboxId: MailboxId
  readonly messageIds: readonly string[]
}

const OVERDUE = `
  SELECT g.tenant_uuid::text, g.mailbox_id, array_agg(g.id::text) AS ids FROM (
    SELECT g.* FROM tenant t CROSS JOIN LATERAL (
      SELECT g.id, g.tenant_uuid, g.mailbox_id FROM message g JOIN mailbox m ON m.id = g.mailbox_id AND m.deleted_at IS NULL
      WHERE g.tenant_uuid = t.uuid AND g.deleted_at IS NULL AND NOT g.hold
        AND g.left_at < extract(epoch FROM $1::timestamptz)::bigint - t.max_age_days * 86400::bigint
      ORDER BY g.left_at, g.id LIMIT $2) g
    WHERE t.max_age_days IS NOT NULL LIMIT $2) g
  GROUP BY g.tenant_uuid, g.mailbox_id ORDER BY g.mailbox_id`

/** One statement, so that nothing is purged without a word of it in the audit log. */
const PURGE_EXPIRED = `
  WITH expired AS (
      SELECT g.id FROM tenant t CROSS JOIN LATERAL (
        SELECT g.id FROM message g
        WHERE g.tenant_uuid = t.uuid AND g.deleted_at <= $1::timestamptz - make_interval(days => t.trash_days) AND NOT g.hold
        ORDER BY g.deleted_at LIMIT $2 FOR UPDATE SKIP LOCKED) g
      LIMIT $2),
    gone AS (
      DELETE FROM message g USING expired e WHERE g.id = e.id
      RETURNING g.id, g.tenant_uuid, g.mailbox_id, g.audio_key),
    told AS (
      INSERT INTO audit (tenant_uuid, action, mailbox_id, message_id, details)
      SELECT tenant_uuid, 'message.purged', mailbox_id, id, '{"reason": "retention"}'::jsonb FROM gone)
  SELECT audio_key FROM gone`

/**
 * What has grown too old, over all tenants by the settings of each. Any number of processes may run it: rows that
 * another one works on are passed over, and doing it twice does it once.
 */
export class RetentionRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Up to so many messages that are older than their tenant's `max_age_days` and not on hold, by mailbox. */
  async overdue(now: Date, limit: number): Promise<OverdueMessages[]> {
    const rows = await this.#sql.rows<{ tenant_uuid: string; mailbox_id: number; ids: string[] }>(
      'retention.overdue',
      OVERDUE,
      [now, limit],
    )
    return rows.map((row) => ({
      tenantId: row.tenant_uuid as TenantId,
      mailboxId: row.mailbox_id as MailboxId,
      messageIds: row.ids,
    }))
  }

  /** Purges up to so many messages whose `trash_days` are over; the audio keys they named, for the caller to look at. */
  async purgeExpired(now: Date, limit: number): Promise<string[]> {
    const rows = await this.#sql.rows<{ audio_key: string }>('retention.purge', PURGE_EXPIRED, [now, limit])
    return rows.map((row) => row.audio_key)
  }
}
