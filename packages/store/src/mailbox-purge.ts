import type { MailboxId } from '@lamplighter/domain'
import type { Sql } from './sql.js'

// A mailbox that somebody just restores is left alone; one with a message on hold waits until it is released.
const PURGE = `
  WITH gone AS (DELETE FROM mailbox WHERE id IN (
    SELECT m.id FROM mailbox m JOIN mailbox_summary s ON s.mailbox_id = m.id JOIN tenant t ON t.uuid = m.tenant_uuid
    WHERE m.deleted_at <= $1::timestamptz - make_interval(days => t.trash_days)
      AND NOT EXISTS (SELECT FROM message g WHERE g.mailbox_id = m.id AND g.hold)
    ORDER BY m.deleted_at LIMIT $2 FOR UPDATE OF m, s SKIP LOCKED)
    RETURNING id, tenant_uuid),
  told AS (INSERT INTO audit (tenant_uuid, action, mailbox_id, details)
    SELECT tenant_uuid, 'mailbox.purged', id, '{"reason": "retention"}'::jsonb FROM gone)
  SELECT id FROM gone`

/** Mailboxes of one statement: each takes its messages along. */
const BATCH = 20

/**
 * Deletes for good, with their messages, the mailboxes whose time in the trash is over, of any tenant. Any process may
 * do it at any time. Their audio is left to the sweeper.
 *
 * @returns the ids of those that are gone
 */
export async function purgeMailboxes(sql: Sql, now: Date): Promise<MailboxId[]> {
  const purged: MailboxId[] = []
  for (;;) {
    const rows = await sql.rows<{ id: number }>('mailbox.purge', PURGE, [now, BATCH])
    purged.push(...rows.map(({ id }) => id as MailboxId))
    if (rows.length < BATCH) return purged
  }
}
