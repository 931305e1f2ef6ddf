import { randomUUID } from 'node:crypto'
import type { TenantId } from '@lamplighter/domain'
import type { BenchInstallation } from './installation.js'

const SUMMARY = 'UPDATE mailbox_summary SET revision = revision + 1, new_count = new_count + 1 WHERE mailbox_id = $1'
const MESSAGE = `
  INSERT INTO message (id, mailbox_id, tenant_uuid, folder_id, urgent, caller_id_name, caller_id_num, left_at, duration_ms, audio_key, audio_bytes)
  VALUES ($1, $2, $3, 1, false, 'Bench', '1', 1, 3000, $4, 48000)`
const EVENT = `
  INSERT INTO event (event_id, tenant_uuid, name, routing_key, required_acl, mailbox_id, mailbox_revision, headers, body, cursor, published_at)
  SELECT gen_random_uuid(), $1, 'bench', 'bench', 'bench', $2, 1, $3::jsonb, $4, -nextval('event_id_seq'), now() FROM generate_series(1, 2)`
const HEADERS = JSON.stringify({
  name: 'bench',
  tenant_uuid: randomUUID(),
  required_acl: 'events.bench',
  'user_uuid:*': true,
})
const BODY = JSON.stringify({ headers: HEADERS, data: { message: 'x'.repeat(400) } })

/** The rows of a deposit and nothing else; with events where the deposit has them. */
export async function bareTransaction(
  installation: BenchInstallation,
  tenantId: TenantId,
  mailbox: number,
  withEvents: boolean,
): Promise<void> {
  const client = await installation.database.pool.connect()
  try {
    await client.query('BEGIN')
    await client.query({ name: 'bare.summary', text: SUMMARY, values: [mailbox] })
    await client.query({ name: 'bare.message', text: MESSAGE, values: [randomUUID(), mailbox, tenantId, randomUUID()] })
    if (withEvents) await client.query({ name: 'bare.event', text: EVENT, values: [tenantId, mailbox, HEADERS, BODY] })
    await client.query('COMMIT')
  } finally {
    client.release()
  }
}
