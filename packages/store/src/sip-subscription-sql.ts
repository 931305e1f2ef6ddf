/** Writes new and refreshed ones, given by columns: PostgreSQL reads these in half the time that JSON takes it. */
export const SAVE_SUBSCRIPTIONS = `
  INSERT INTO sip_subscription (uuid, tenant_uuid, device_uuid, mailbox_id, event_package, instance, call_id, local_tag, remote_tag, dialog, transport,
    remote_host, remote_port, remote_cseq, epoch, user_agent, expires_at)
  SELECT uuid, tenant_uuid, device_uuid, mailbox_id, event_package, instance, call_id, local_tag, remote_tag, dialog, transport, remote_host, remote_port,
    remote_cseq, epoch, user_agent, expires_at
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::jsonb[],
    $11::text[], $12::text[], $13::int[], $14::bigint[], $15::int[], $16::text[], $17::timestamptz[])
    AS s(uuid, tenant_uuid, device_uuid, mailbox_id, event_package, instance, call_id, local_tag, remote_tag, dialog,
      transport, remote_host, remote_port, remote_cseq, epoch, user_agent, expires_at)
  WHERE EXISTS (SELECT 1 FROM device d WHERE d.uuid = s.device_uuid)
  ON CONFLICT (uuid) DO UPDATE SET dialog = excluded.dialog, instance = excluded.instance, transport = excluded.transport, remote_host = excluded.remote_host, remote_port = excluded.remote_port,
    remote_cseq = excluded.remote_cseq, expires_at = excluded.expires_at, refreshed_at = now()`

/** Every live one. */
export const LOAD_SUBSCRIPTIONS = `
  SELECT uuid::text, tenant_uuid::text AS "tenantId", device_uuid::text AS "deviceId", mailbox_id AS "mailboxId",
    event_package AS "eventPackage", instance, call_id AS "callId",
    local_tag AS "localTag", remote_tag AS "remoteTag", dialog, transport, remote_host AS "remoteHost", remote_port AS "remotePort",
    remote_cseq AS "remoteCseq", epoch, user_agent AS "userAgent", expires_at AS "expiresAt"
  FROM sip_subscription WHERE expires_at > now() ORDER BY created_at, uuid`

/** Those that ended. */
export const DELETE_SUBSCRIPTIONS = 'DELETE FROM sip_subscription WHERE uuid = ANY ($1::uuid[])'

/** Those that ran out unseen: a look at all of them, so that a refresh touches no index. */
export const SWEEP_SUBSCRIPTIONS = 'DELETE FROM sip_subscription WHERE expires_at < now() - make_interval(mins => 5)'
