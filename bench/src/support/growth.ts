import type { MailboxId, TenantId } from '@lamplighter/domain'
import type pg from 'pg'

const FILL = `
  INSERT INTO message (id, mailbox_id, tenant_uuid, folder_id, urgent, caller_id_name, caller_id_num, left_at, duration_ms, audio_key, audio_bytes)
  SELECT gen_random_uuid(), m.id, m.tenant_uuid, 1 + (n % 2), false, 'Caller ' || n, '+1555' || n, 1700000000 + n, 3000, 'k' || n, 48000
  FROM generate_series(1, $2::int) n CROSS JOIN mailbox m WHERE m.id = ANY ($1::int[])`
const COUNT = `
  INSERT INTO mailbox_summary (mailbox_id, new_count, old_count)
  SELECT mailbox_id, count(*) FILTER (WHERE folder_id = 1), count(*) FILTER (WHERE folder_id = 2) FROM message
  WHERE mailbox_id = ANY ($1::int[]) GROUP BY mailbox_id
  ON CONFLICT (mailbox_id) DO UPDATE SET new_count = excluded.new_count, old_count = excluded.old_count`
const MAILBOXES = `
  INSERT INTO mailbox (tenant_uuid, context, number, name, exclusive_global)
  SELECT $1::uuid, $2, (800000 + n)::text, 'box', false FROM generate_series(1, $3::int) n RETURNING id`
const TENANTS = `
  INSERT INTO tenant (uuid, parent_uuid, name, slug, ancestors)
  SELECT u, p.uuid, 'g', 'g' || u, ARRAY[p.uuid, u]
  FROM (SELECT uuid FROM tenant WHERE uuid = parent_uuid) p, (SELECT gen_random_uuid() AS u FROM generate_series(1, $1::int)) x
  RETURNING uuid`
const CONTEXT = `INSERT INTO context (uuid, name, label, tenant_uuid) SELECT gen_random_uuid(), 'g' || u, 'g', u FROM unnest($1::uuid[]) u`

/** Puts messages into mailboxes, and the summaries right. */
export async function fillMailboxes(pool: pg.Pool, mailboxes: readonly number[], messagesEach: number): Promise<void> {
  await pool.query(FILL, [mailboxes, messagesEach])
  await pool.query(COUNT, [mailboxes])
}

/** Adds mailboxes with messages to a tenant. */
export async function growTenant(
  pool: pg.Pool,
  tenantId: TenantId,
  context: string,
  { mailboxes, messagesEach }: { mailboxes: number; messagesEach: number },
): Promise<void> {
  const { rows } = await pool.query<{ id: MailboxId }>(MAILBOXES, [tenantId, context, mailboxes])
  await fillMailboxes(
    pool,
    rows.map(({ id }) => id),
    messagesEach,
  )
}

/** Adds tenants of ten mailboxes with ten messages each. */
export async function growInstallation(pool: pg.Pool, tenants: number): Promise<void> {
  const { rows } = await pool.query<{ uuid: TenantId }>(TENANTS, [tenants])
  await pool.query(CONTEXT, [rows.map(({ uuid }) => uuid)])
  for (const { uuid } of rows) await growTenant(pool, uuid, `g${uuid}`, { mailboxes: 10, messagesEach: 10 })
}
