import type { TenantId } from '@lamplighter/domain'
import type pg from 'pg'

/** A seeded mailbox and the devices that watch it, by their SIP username. */
export type SeededLamp = { readonly mailbox: number; readonly devices: readonly string[] }

const MAILBOXES = `
  WITH made AS (
    INSERT INTO mailbox (tenant_uuid, context, number, name, exclusive_global)
    SELECT $1::uuid, $2, ($4::bigint * 10000000 + n)::text, 'box', false FROM generate_series(1, $3::int) n RETURNING id)
  INSERT INTO mailbox_summary (mailbox_id, new_count, old_count) SELECT id, 0, 0 FROM made RETURNING mailbox_id AS id`
const DEVICES = `
  INSERT INTO device (uuid, tenant_uuid, name, sip_username, sip_realm, ha1_md5, ha1_sha256, lists_mailboxes)
  SELECT gen_random_uuid(), $1::uuid, NULL, u, 'bench', md5(u || ':bench:bench-password'), repeat('0', 64), true
  FROM unnest($2::text[]) u`
const WATCH = `
  INSERT INTO device_mailbox (device_uuid, mailbox_id, tenant_uuid)
  SELECT d.uuid, w.mailbox, $1::uuid FROM (SELECT unnest($2::text[]) AS name, unnest($3::int[]) AS mailbox) w
  JOIN device d ON d.sip_username = w.name`

/** Makes mailboxes of a tenant, each watched by some devices whose password is `bench-password`. */
export async function seedLamps(
  pool: pg.Pool,
  place: { readonly tenantId: TenantId; readonly context: string },
  { series, mailboxes, devicesEach }: { series: number; mailboxes: number; devicesEach: number },
): Promise<SeededLamp[]> {
  const { tenantId, context } = place
  const { rows } = await pool.query<{ id: number }>(MAILBOXES, [tenantId, context, mailboxes, series])
  const lamps = rows.map(({ id }) => ({
    mailbox: id,
    devices: Array.from({ length: devicesEach }, (_, index) => `d${id}-${index}`),
  }))
  const names = lamps.flatMap(({ devices }) => devices)
  await pool.query(DEVICES, [tenantId, names])
  await pool.query(WATCH, [tenantId, names, lamps.flatMap(({ mailbox, devices }) => devices.map(() => mailbox))])
  await pool.query('ANALYZE device, device_mailbox, mailbox, mailbox_summary')
  return lamps
}
