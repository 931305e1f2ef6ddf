import type { DeviceId } from '@lamplighter/domain'
import type pg from 'pg'

/** A registered contact as the table keeps it; `binding` is what the SIP layer knows it by. */
export type StoredContact = {
  readonly deviceId: DeviceId
  readonly binding: string
  readonly uri: string
  readonly instance: string | null
  readonly regId: number | null
  readonly path: readonly string[]
  readonly callId: string
  readonly cseq: number
  readonly addressOfRecord: string
  /** As a Via names it. */
  readonly transport: string
  readonly remoteHost: string
  readonly remotePort: number
  /** It ends with the connection it registered on. */
  readonly flowBound: boolean
  readonly userAgent: string | null
  readonly expiresAt: Date
  /** Body of the last unsolicited NOTIFY it acknowledged. */
  readonly acknowledgedBody: string | null
  /** It takes no unsolicited NOTIFY and is not asked before. */
  readonly refusedUntil: Date | null
}

/** What the answers to unsolicited NOTIFYs left to remember of a contact. */
export type RememberedContact = Pick<StoredContact, 'deviceId' | 'binding' | 'acknowledgedBody' | 'refusedUntil'> & {
  readonly lastStatus: number | null
}

const COLUMNS = `device_uuid::text AS "deviceId", binding, uri, instance, reg_id AS "regId", path, call_id AS "callId",
  cseq, address_of_record AS "addressOfRecord", transport, remote_host AS "remoteHost", remote_port AS "remotePort",
  flow_bound AS "flowBound", user_agent AS "userAgent", expires_at AS "expiresAt", acknowledged_body AS "acknowledgedBody",
  refused_until AS "refusedUntil"`
const OF_DEVICE = `SELECT ${COLUMNS} FROM sip_contact WHERE device_uuid = $1::uuid ORDER BY expires_at`
/** Who is gone and refused keeps its row, so that coming back is no reason to ask again; twenty of them at most. */
const SAVE = `
  WITH given AS (
      SELECT * FROM json_to_recordset($2::json) AS g(binding text, uri text, instance text, reg_id int, path text[], call_id text,
        cseq bigint, address_of_record text, transport text, remote_host text, remote_port int, flow_bound boolean, user_agent text,
        expires_at timestamptz, refused_until timestamptz, fresh boolean)),
    kept AS (
      SELECT binding FROM sip_contact WHERE device_uuid = $1::uuid AND refused_until > now() ORDER BY refused_until DESC LIMIT 20),
    ended AS (
      UPDATE sip_contact SET expires_at = least(expires_at, now())
      WHERE device_uuid = $1::uuid AND binding = ANY ($3::text[]) AND binding IN (SELECT binding FROM kept)),
    gone AS (
      DELETE FROM sip_contact WHERE device_uuid = $1::uuid AND binding NOT IN (SELECT binding FROM kept)
        AND binding NOT IN (SELECT binding FROM given) AND (binding = ANY ($3::text[]) OR expires_at <= now()))
  INSERT INTO sip_contact AS c (device_uuid, binding, uri, instance, reg_id, path, call_id, cseq, address_of_record, transport,
    remote_host, remote_port, flow_bound, user_agent, expires_at, refused_until)
  SELECT $1::uuid, binding, uri, instance, reg_id, path, call_id, cseq, address_of_record, transport, remote_host, remote_port,
    flow_bound, user_agent, expires_at, refused_until
  FROM given WHERE EXISTS (SELECT 1 FROM device d WHERE d.uuid = $1::uuid)
  ON CONFLICT (device_uuid, binding) DO UPDATE SET uri = excluded.uri, path = excluded.path, call_id = excluded.call_id,
    cseq = excluded.cseq, address_of_record = excluded.address_of_record, transport = excluded.transport,
    remote_host = excluded.remote_host, remote_port = excluded.remote_port, flow_bound = excluded.flow_bound,
    user_agent = excluded.user_agent, expires_at = excluded.expires_at,
    acknowledged_body = CASE WHEN (SELECT g.fresh FROM given g WHERE g.binding = excluded.binding) THEN NULL ELSE c.acknowledged_body END`
const REMEMBER = `
  UPDATE sip_contact c SET acknowledged_body = r.acknowledged_body, refused_until = r.refused_until, last_status = r.last_status
  FROM json_to_recordset($1::json) AS r(device_uuid uuid, binding text, acknowledged_body text, refused_until timestamptz, last_status int)
  WHERE c.device_uuid = r.device_uuid AND c.binding = r.binding`
/** What a worker takes over. What hung on a connection of the last one went with it. */
const TAKE_OVER = `
  WITH lost AS (UPDATE sip_contact SET expires_at = now() WHERE flow_bound AND expires_at > now())
  SELECT ${COLUMNS} FROM sip_contact WHERE expires_at > now() AND NOT flow_bound ORDER BY device_uuid`
const END = `
  UPDATE sip_contact c SET expires_at = least(c.expires_at, now())
  FROM json_to_recordset($1::json) AS e(device_uuid uuid, binding text)
  WHERE c.device_uuid = e.device_uuid AND c.binding = e.binding`
const SWEEP = 'DELETE FROM sip_contact WHERE expires_at <= now() AND (refused_until IS NULL OR refused_until <= now())'

/** Where devices are registered, over all tenants: the SIP worker serves every device, and each query goes by device. */
export class ContactRepository {
  readonly #pool: pg.Pool

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /** Contacts of a device, the one that expires first in front; expired ones that refused are among them. */
  ofDevice(deviceId: DeviceId): Promise<StoredContact[]> {
    return this.#rows<StoredContact>('contact.ofDevice', OF_DEVICE, [deviceId])
  }

  /** Writes the contacts a REGISTER set, and ends those it removed. A fresh one acknowledged nothing yet. */
  async save(
    deviceId: DeviceId,
    set: readonly { readonly contact: StoredContact; readonly fresh: boolean }[],
    removed: readonly string[],
  ): Promise<void> {
    const rows = set.map(({ contact, fresh }) => ({
      binding: contact.binding,
      uri: contact.uri,
      instance: contact.instance,
      reg_id: contact.regId,
      path: contact.path,
      call_id: contact.callId,
      cseq: contact.cseq,
      address_of_record: contact.addressOfRecord,
      transport: contact.transport,
      remote_host: contact.remoteHost,
      remote_port: contact.remotePort,
      flow_bound: contact.flowBound,
      user_agent: contact.userAgent,
      expires_at: contact.expiresAt,
      refused_until: contact.refusedUntil,
      fresh,
    }))
    await this.#rows('contact.save', SAVE, [deviceId, JSON.stringify(rows), removed])
  }

  /** Writes what answers left to remember, many contacts in one statement. */
  async remember(contacts: readonly RememberedContact[]): Promise<void> {
    const rows = contacts.map((contact) => ({
      device_uuid: contact.deviceId,
      binding: contact.binding,
      acknowledged_body: contact.acknowledgedBody,
      refused_until: contact.refusedUntil,
      last_status: contact.lastStatus,
    }))
    await this.#rows('contact.remember', REMEMBER, [JSON.stringify(rows)])
  }

  /** Every live contact that does not hang on a connection of the worker before. */
  takeOver(): Promise<StoredContact[]> {
    return this.#rows<StoredContact>('contact.takeOver', TAKE_OVER, [])
  }

  /** Ends contacts before their time: their connection is gone. */
  async end(contacts: readonly Pick<StoredContact, 'deviceId' | 'binding'>[]): Promise<void> {
    const rows = contacts.map(({ deviceId, binding }) => ({ device_uuid: deviceId, binding }))
    await this.#rows('contact.end', END, [JSON.stringify(rows)])
  }

  /** Deletes what expired and need not be remembered. */
  async sweep(): Promise<void> {
    await this.#rows('contact.sweep', SWEEP, [])
  }

  async #rows<Row extends object>(name: string, text: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.#pool.query<Row>({ name, text, values: [...values] })
    return rows
  }
}
