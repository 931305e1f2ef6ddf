import { randomUUID } from 'node:crypto'
import type { MailboxId, TenantId, UserId } from '@lamplighter/domain'
import type pg from 'pg'

/** How much a seeded database holds; mailboxes are spread evenly over the tenants. */
export type SeedSize = { readonly tenants: number; readonly mailboxes: number; readonly messagesEach: number }

/** Where lists are asked for: a tenant below the master tenant, a user of it with a mailbox, and a global one. */
export type SeededPlace = {
  readonly master: TenantId
  readonly tenantId: TenantId
  readonly userId: UserId
  readonly mailboxId: MailboxId
}

const TENANTS = `
  INSERT INTO tenant (uuid, parent_uuid, name, slug, ancestors)
  SELECT u, $1, 't' || n, 's' || n, ARRAY[$1::uuid, u] FROM (SELECT gen_random_uuid() AS u, n FROM generate_series(1, $2::int) n) x`
const CONTEXTS = `INSERT INTO context (uuid, name, label, tenant_uuid) SELECT gen_random_uuid(), slug, slug, uuid FROM tenant WHERE uuid <> $1`
const MAILBOXES = `
  INSERT INTO mailbox (tenant_uuid, context, number, name, accesstype, exclusive_global)
  SELECT t.uuid, t.slug, n::text, 'box', CASE WHEN n % 500 = 1 THEN 'global' ELSE 'personal' END, false
  FROM (SELECT uuid, slug FROM tenant WHERE uuid <> $1) t CROSS JOIN generate_series(1, $2::int) n`
/** Arrivals of all mailboxes lie mixed, as they do in life; one message in ten is unread, one in twenty transcribed. */
const MESSAGES = `
  INSERT INTO message (id, mailbox_id, tenant_uuid, folder_id, urgent, caller_id_name, caller_id_num, left_at, duration_ms,
    audio_key, audio_bytes, transcription, transcribed_at, search_text)
  SELECT gen_random_uuid(), m.id, m.tenant_uuid, CASE WHEN n % 10 = 0 THEN 1 ELSE 2 END, false, 'Caller ' || n, '+1555' || n,
    1700000000 + n * 60, n * 10, 'k' || n, 48000, CASE WHEN n % 20 = 0 THEN '{"text": "words"}'::jsonb END,
    CASE WHEN n % 20 = 0 THEN to_timestamp(1700000000 + n) END, 'caller ' || n || E'\\n+1555' || n || E'\\nwords'
  FROM generate_series(1, $1::int) n CROSS JOIN mailbox m`
const SUMMARIES = `
  INSERT INTO mailbox_summary (mailbox_id, new_count, old_count)
  SELECT mailbox_id, count(*) FILTER (WHERE folder_id = 1), count(*) FILTER (WHERE folder_id = 2) FROM message GROUP BY mailbox_id`

/** Fills an empty database. */
export async function seedLists(pool: pg.Pool, { tenants, mailboxes, messagesEach }: SeedSize): Promise<SeededPlace> {
  const master = randomUUID()
  const userId = randomUUID()
  await pool.query(
    `INSERT INTO tenant (uuid, parent_uuid, name, slug, ancestors) VALUES ($1::uuid, $1::uuid, 'm', 'm', ARRAY[$1::uuid])`,
    [master],
  )
  await pool.query(TENANTS, [master, tenants])
  await pool.query(CONTEXTS, [master])
  await pool.query(MAILBOXES, [master, Math.ceil(mailboxes / tenants)])
  await pool.query(MESSAGES, [messagesEach])
  await pool.query(SUMMARIES)
  const { rows } = await pool.query<{ id: number; tenant_uuid: string }>(
    `SELECT id, tenant_uuid FROM mailbox WHERE accesstype = 'personal' ORDER BY id LIMIT 1`,
  )
  const [place] = rows
  if (!place) throw new Error('the seed has no personal mailbox')
  await pool.query(`INSERT INTO "user" (uuid, tenant_uuid, firstname) VALUES ($1, $2, 'Seed')`, [
    userId,
    place.tenant_uuid,
  ])
  await pool.query('INSERT INTO mailbox_user (user_uuid, mailbox_id, tenant_uuid) VALUES ($1, $2, $3)', [
    userId,
    place.id,
    place.tenant_uuid,
  ])
  await pool.query('VACUUM ANALYZE')
  return {
    master: master as TenantId,
    tenantId: place.tenant_uuid as TenantId,
    userId: userId as UserId,
    mailboxId: place.id as MailboxId,
  }
}
