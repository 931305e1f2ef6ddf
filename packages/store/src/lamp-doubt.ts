import type { DeviceId } from '@lamplighter/domain'
import type { Sql } from './sql.js'

/** The epoch of a worker that ended with everything written down. */
const ENDED = 'mwid.ended'
const END_EPOCH = `
  INSERT INTO worker_epoch (name, epoch) VALUES ('${ENDED}', $1) ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch`
/**
 * A lamp that was being told, whatever became of that, is in doubt in any case. A worker that was killed told phones more,
 * which it could not write down any more; where the ledger may be wrong after it, a take-over must not trust it:
 *
 * - a line acknowledged at another revision than the mailbox has now: it may have shown something else in between;
 * - whatever an event is about that came after the last line was written, or just before it: a device or a policy may
 *   have been changed and changed back, which no revision tells;
 * - a device that subscribed and acknowledged nothing since: its phone may have started anew.
 *
 * Five seconds are more than a write takes from the moment its lines are gathered.
 */
const DOUBTFUL = `
  WITH killed AS MATERIALIZED (
      SELECT NOT EXISTS (SELECT 1 FROM worker_epoch e, worker_epoch w
        WHERE e.name = '${ENDED}' AND w.name = 'mwid' AND e.epoch = w.epoch - 1) AS so),
    late AS MATERIALIZED (
      SELECT mailbox_id, CASE WHEN mailbox_id IS NULL THEN body::jsonb -> 'data' END AS data FROM event
      WHERE (SELECT so FROM killed) AND name = ANY ($1::text[]) AND (cursor IS NULL AND published_at IS NULL
        OR published_at > (SELECT max(updated_at) - interval '5 seconds' FROM lamp))),
    boxes AS MATERIALIZED (
      SELECT coalesce(mailbox_id, CASE WHEN jsonb_typeof(data -> 'id') = 'number' THEN (data ->> 'id')::int END) AS id FROM late
      UNION SELECT m.id FROM late JOIN mailbox m ON m.mwi_policy_uuid = (data ->> 'mwi_policy_uuid')::uuid)
  SELECT (data ->> 'device_uuid')::uuid::text AS uuid FROM late WHERE data ? 'device_uuid'
  UNION SELECT device_uuid::text FROM possible_watchers(ARRAY(SELECT id FROM boxes WHERE id IS NOT NULL))
  UNION SELECT device_uuid::text FROM lamp WHERE mailbox_id IN (SELECT id FROM boxes)
  UNION SELECT device_uuid::text FROM lamp WHERE reason IN ('pending', 'retrying', 'unreachable')
  UNION SELECT l.device_uuid::text FROM lamp l LEFT JOIN mailbox_summary s ON s.mailbox_id = l.mailbox_id
    WHERE (SELECT so FROM killed) AND l.acknowledged_revision IS DISTINCT FROM coalesce(s.revision, l.acknowledged_revision)
  UNION SELECT b.device_uuid::text FROM sip_subscription b JOIN lamp l ON l.device_uuid = b.device_uuid
    WHERE (SELECT so FROM killed) AND b.refreshed_at > l.acknowledged_at AND (b.mailbox_id IS NULL OR b.mailbox_id = l.mailbox_id)`

/** Notes that the worker of this epoch wrote down everything it did. */
export async function endEpoch(sql: Sql, epoch: number): Promise<void> {
  await sql.rows('lamp.end-epoch', END_EPOCH, [epoch])
}

/**
 * Devices of which the ledger may not know what they show, to a worker that has begun its epoch.
 *
 * @param names of the events that make a worker look
 */
export async function doubtfulDevices(sql: Sql, names: readonly string[]): Promise<Set<DeviceId>> {
  const rows = await sql.rows<{ uuid: DeviceId }>('lamp.doubtful', DOUBTFUL, [names])
  return new Set(rows.map(({ uuid }) => uuid))
}
