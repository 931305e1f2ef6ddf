import type { DeviceId, MailboxId, UserId } from '@lamplighter/domain'
import type { TenantScope } from './scope.js'
import type { SqlValue } from './sql.js'

/** Which lamps: all of what is given must hold. */
export type LampFilter = {
  readonly uuid?: string | undefined
  readonly deviceId?: DeviceId | undefined
  readonly mailboxId?: MailboxId | undefined
  readonly gatewayId?: string | undefined
  /** Lamps of this user's devices. */
  readonly userId?: UserId | undefined
  readonly inSync?: boolean | undefined
  readonly lit?: boolean | undefined
}

/** Gathers the values of a statement; what it gives back stands in the text for one. */
class Values {
  readonly all: SqlValue[] = []

  add(value: SqlValue, type: string): string {
    this.all.push(value)
    return `$${this.all.length}::${type}`
  }
}

/** A statement over lamps in the making: `WITH … shown`, to be followed by what is wanted of `shown`. */
export type LampStatement = { readonly text: string; readonly values: Values; readonly name: string }

/**
 * Every lamp there should be, and those of the ledger that still have to go dark, with what each should show now: read
 * from the summaries and never from the ledger, by the worker's own rule of what a device watches. Which devices are
 * looked at follows the narrowest filter, by an index.
 *
 * The text is put together from parts of ours only, one text per combination of filters.
 */
export function lampStatement(scope: TenantScope, filter: LampFilter): LampStatement {
  const values = new Values()
  const devices = devicesOf(scope, filter, values)
  const conditions = conditionsOf(filter, values)
  const ofMailbox = filter.mailboxId === undefined ? 'true' : `w.mailbox_id = ${values.add(filter.mailboxId, 'int')}`
  const name = `lamp.${[scope.subtree ? 'tree' : 'own', ...Object.entries(filter).flatMap(([key, value]) => (value === undefined ? [] : [key]))].join('.')}`
  const text = `
  WITH devices AS MATERIALIZED (${devices}),
    wanted AS (
      SELECT d.*, w.mailbox_id, true AS watched FROM devices d CROSS JOIN LATERAL unnest(d.watches) w(mailbox_id)
      UNION ALL
      SELECT d.*, l.mailbox_id, false
      FROM devices d CROSS JOIN LATERAL (SELECT mailbox_id FROM lamp WHERE device_uuid = d.uuid OFFSET 0) l
      WHERE l.mailbox_id <> ALL (d.watches)),
    lamps AS (
      SELECT lamp_uuid(w.uuid, w.mailbox_id) AS uuid, w.uuid AS device_uuid, w.tenant_uuid, w.name AS device_name,
        w.sip_username, w.mwi_mode, w.mailbox_id, w.watched,
        coalesce(m.revision, l.desired_revision, 0) AS revision, coalesce(m.new_count, 0) AS new_count,
        coalesce(m.old_count, 0) AS old_count, coalesce(m.urgent_new_count, 0) AS urgent_new_count,
        coalesce(m.urgent_old_count, 0) AS urgent_old_count, l.acknowledged_revision, l.acknowledged_new,
        l.acknowledged_old, l.acknowledged_urgent_new, l.acknowledged_urgent_old, l.acknowledged_at, l.reason AS ledger_reason,
        l.last_status, l.updated_at
      FROM wanted w
        LEFT JOIN LATERAL (
          SELECT * FROM lamp WHERE device_uuid = w.uuid AND mailbox_id = w.mailbox_id OFFSET 0) l ON true
        LEFT JOIN LATERAL (
          SELECT s.revision, s.new_count - c.new AS new_count, s.old_count,
            s.urgent_new_count - c.urgent_new AS urgent_new_count, s.urgent_old_count
          FROM mailbox m JOIN mailbox_summary s ON s.mailbox_id = m.id
            LEFT JOIN mwi_policy o ON o.uuid = m.mwi_policy_uuid CROSS JOIN LATERAL (
            SELECT count(*)::int AS new, count(*) FILTER (WHERE g.urgent)::int AS urgent_new FROM message g
            WHERE g.mailbox_id = w.mailbox_id AND g.claimed_by IS NOT NULL AND g.folder_id IN (1, 3)
              AND g.claimed_by IS DISTINCT FROM w.user_uuid) c
          WHERE m.id = w.mailbox_id AND m.enabled AND o.allow_mwi IS NOT false AND w.watched OFFSET 0) m ON true
      WHERE ${ofMailbox}),
    compared AS (
      SELECT l.*, l.new_count > 0 AS lit, coalesce(l.acknowledged_new = l.new_count AND l.acknowledged_old = l.old_count
        AND l.acknowledged_urgent_new = l.urgent_new_count AND l.acknowledged_urgent_old = l.urgent_old_count, false) AS in_sync
      FROM lamps l),
    shown AS MATERIALIZED (SELECT * FROM compared l WHERE ${conditions})`
  return { text, values, name }
}

/** With what each watches beside it: rows of one are never looked for among those of all. */
const DEVICE_COLUMNS = `d.uuid, d.tenant_uuid, d.user_uuid, d.name, d.sip_username, d.mwi_mode, ARRAY(
    SELECT mailbox_id FROM watched_mailboxes(d.uuid, d.tenant_uuid, d.user_uuid, d.lists_mailboxes)) AS watches`

function devicesOf(scope: TenantScope, filter: LampFilter, values: Values): string {
  const tenant = values.add(scope.tenantId, 'uuid')
  const { uuid, deviceId, mailboxId, userId } = filter
  const narrow: string[] = []
  if (uuid !== undefined)
    narrow.push(`d.uuid BETWEEN ${values.add(first(uuid), 'uuid')} AND ${values.add(last(uuid), 'uuid')}`)
  if (deviceId !== undefined) narrow.push(`d.uuid = ${values.add(deviceId, 'uuid')}`)
  if (userId !== undefined) narrow.push(`d.user_uuid = ${values.add(userId, 'uuid')}`)
  if (mailboxId !== undefined) {
    const ids = `ARRAY[${values.add(mailboxId, 'int')}]`
    narrow.push(
      `d.uuid IN (SELECT device_uuid FROM possible_watchers(${ids}) UNION SELECT device_uuid FROM lamp WHERE mailbox_id = ANY (${ids}))`,
    )
  }
  // Where the devices are few already, their tenants are looked up one by one; else the tenant's devices are what is few.
  const inScope =
    narrow.length > 0 && scope.subtree
      ? `EXISTS (SELECT 1 FROM tenant t WHERE t.uuid = d.tenant_uuid AND t.ancestors @> ARRAY[${tenant}])`
      : scope.subtree
        ? `d.tenant_uuid IN (SELECT t.uuid FROM tenant t WHERE t.ancestors @> ARRAY[${tenant}])`
        : `d.tenant_uuid = ${tenant}`
  return `SELECT ${DEVICE_COLUMNS} FROM device d WHERE ${[...narrow, inScope].join(' AND ')}`
}

function conditionsOf({ uuid, gatewayId, inSync, lit }: LampFilter, values: Values): string {
  const conditions = ['true']
  if (uuid !== undefined) conditions.push(`l.uuid = ${values.add(uuid, 'uuid')}`)
  if (inSync !== undefined) conditions.push(`l.in_sync = ${values.add(inSync, 'boolean')}`)
  if (lit !== undefined) conditions.push(`l.lit = ${values.add(lit, 'boolean')}`)
  // These are lamps of devices: no gateway shows one of them.
  if (gatewayId !== undefined) conditions.push(`${values.add(gatewayId, 'uuid')} IS NULL`)
  return conditions.join(' AND ')
}

/** A lamp's uuid begins with the first six bytes of its device's (decision 0040). */
const PREFIX = 'xxxxxxxx-xxxx-'.length

function first(lamp: string): string {
  return `${lamp.slice(0, PREFIX)}0000-0000-000000000000`
}

function last(lamp: string): string {
  return `${lamp.slice(0, PREFIX)}ffff-ffff-ffffffffffff`
}
