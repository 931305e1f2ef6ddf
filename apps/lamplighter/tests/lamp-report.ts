import type { Database } from '@lamplighter/store'
import type { FleetPhone } from '@lamplighter/testing'

const FACTS = `
  SELECT d.sip_username AS device, d.mwi_mode AS mode,
    (SELECT json_agg(json_build_object('mailbox', l.mailbox_id, 'desired', l.desired_new, 'revision', l.desired_revision,
        'acknowledged', l.acknowledged_new, 'acknowledged_revision', l.acknowledged_revision, 'now', s.new_count, 'now_revision', s.revision,
        'reason', l.reason, 'status', l.last_status, 'updated', l.updated_at,
        'trace', (SELECT json_agg(concat_ws(' ', to_char(t.at, 'HH24:MI:SS.MS'), t.id >> 32, t.cause, t.cause_name,
            t.new_count, 'r' || t.revision, t.action, t.status, t.reason) ORDER BY t.id DESC)
          FROM (SELECT * FROM lamp_trace WHERE lamp_uuid = l.uuid ORDER BY id DESC LIMIT 8) t)))
      FROM lamp l LEFT JOIN mailbox_summary s USING (mailbox_id) WHERE l.device_uuid = d.uuid) AS lamps,
    (SELECT json_agg(json_build_object('uuid', b.uuid, 'call_id', b.call_id, 'cseq', b.remote_cseq, 'epoch', b.epoch,
        'created', b.created_at, 'refreshed', b.refreshed_at, 'expires', b.expires_at) ORDER BY b.created_at)
      FROM sip_subscription b WHERE b.device_uuid = d.uuid) AS subscriptions,
    (SELECT json_agg(json_build_object('binding', c.binding, 'acknowledged', c.acknowledged_body, 'status', c.last_status,
        'refused_until', c.refused_until, 'expires', c.expires_at))
      FROM sip_contact c WHERE c.device_uuid = d.uuid) AS contacts,
    now() AS at
  FROM device d WHERE d.sip_username = ANY ($1)`

/** Everything known of devices whose lamps are wrong: what the phone did, ledger, trace, subscriptions, contacts. */
export async function reportOf(database: Database, phones: readonly FleetPhone[]): Promise<string> {
  const { rows } = await database.pool.query(FACTS, [phones.map(({ username }) => username)])
  return JSON.stringify({ phones: phones.map(({ password: _password, ...phone }) => phone), facts: rows }, undefined, 1)
}
