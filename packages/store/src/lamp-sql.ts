import type { DeviceId, MailboxId, UserId } from '@lamplighter/domain'
import { gatewayLamps, LEDGER_COLUMNS } from './gateway-lamp-sql.js'
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

/** Whose lamps: the worker of the devices' lamps has no use for those of gateways. */
export type LampOwners = 'all' | 'devices'

/**
 * Every lamp there should be, and those of the ledger that still have to go dark, with what each should show now: read
 * from the summaries and never from the ledger, by the worker's own rule of what a device watches and a gateway serves.
 * Which devices and gateways are looked at follows the narrowest filter, by an index.
 *
 * The text is put together from parts of ours only, one text per combination of filters.
 */
export function lampStatement(scope: TenantScope, filter: LampFilter, owners: LampOwners = 'all'): LampStatement {
  const values = new Values()
  const { mailboxId, gatewayId, deviceId, userId } = filter
  const ofMailbox = mailboxId === undefined ? 'true' : `p.mailbox_id = ${values.add(mailboxId, 'int')}`
  // Who asks for a gateway's lamps among a device's or a user's own gets none: those have no gateway.
  const ofDevices = gatewayId === undefined || deviceId !== undefined || userId !== undefined || owners === 'devices'
  const ofGateways = owners === 'all' && deviceId === undefined && userId === undefined
  const wanted = filter.uuid === undefined || !ofGateways ? undefined : values.add(filter.uuid, 'uuid')
  const parts = [
    ...(ofDevices ? [deviceLamps(devicesOf(scope, filter, values), ofMailbox)] : []),
    ...(ofGateways ? [gatewayLamps(gatewaysOf(scope, filter, values), ofMailbox, wanted)] : []),
  ]
  const conditions = conditionsOf(filter, values)
  // Two letters each tell the filters apart: PostgreSQL cuts a longer name at 63.
  const given = Object.entries(filter).flatMap(([key, value]) => (value === undefined ? [] : [key.slice(0, 2)]))
  const name = `lamp.${[owners, scope.subtree ? 'tree' : 'own', ...given].join('.')}`
  const text = `
  WITH ${parts.map(({ tables }) => tables).join(',')},
    lamps AS (${parts.map(({ lamps }) => lamps).join(' UNION ALL ')}),
    compared AS (
      SELECT l.*, l.new_count > 0 AS lit, coalesce(l.told_here AND l.acknowledged_new = l.new_count
        AND l.acknowledged_old = l.old_count AND l.acknowledged_urgent_new = l.urgent_new_count
        AND l.acknowledged_urgent_old = l.urgent_old_count, false) AS in_sync
      FROM lamps l),
    shown AS MATERIALIZED (SELECT * FROM compared l WHERE ${conditions})`
  return { text, values, name }
}

function deviceLamps(devices: string, ofMailbox: string): { readonly tables: string; readonly lamps: string } {
  const tables = `devices AS MATERIALIZED (${devices}),
    wanted AS (
      SELECT d.*, w.mailbox_id, true AS watched FROM devices d CROSS JOIN LATERAL unnest(d.watches) w(mailbox_id)
      UNION ALL
      SELECT d.*, l.mailbox_id, false
      FROM devices d CROSS JOIN LATERAL (SELECT mailbox_id FROM lamp WHERE device_uuid = d.uuid OFFSET 0) l
      WHERE l.mailbox_id <> ALL (d.watches))`
  const lamps = `
      SELECT lamp_uuid(p.uuid, p.mailbox_id) AS uuid, p.uuid AS device_uuid, p.tenant_uuid, p.name AS device_name,
        p.sip_username, p.mwi_mode, NULL::uuid AS gateway_uuid, NULL AS gateway_name, NULL AS blocked_by, p.mailbox_id,
        p.watched, coalesce(m.revision, l.desired_revision, 0) AS revision, coalesce(m.new_count, 0) AS new_count,
        coalesce(m.old_count, 0) AS old_count, coalesce(m.urgent_new_count, 0) AS urgent_new_count,
        coalesce(m.urgent_old_count, 0) AS urgent_old_count, true AS told_here, ${LEDGER_COLUMNS}
      FROM wanted p
        LEFT JOIN LATERAL (
          SELECT * FROM lamp WHERE device_uuid = p.uuid AND mailbox_id = p.mailbox_id OFFSET 0) l ON true
        LEFT JOIN LATERAL (
          SELECT s.revision, s.new_count - c.new AS new_count, s.old_count,
            s.urgent_new_count - c.urgent_new AS urgent_new_count, s.urgent_old_count
          FROM mailbox m JOIN mailbox_summary s ON s.mailbox_id = m.id
            LEFT JOIN mwi_policy o ON o.uuid = m.mwi_policy_uuid CROSS JOIN LATERAL (
            SELECT count(*)::int AS new, count(*) FILTER (WHERE g.urgent)::int AS urgent_new FROM message g
            WHERE g.mailbox_id = p.mailbox_id AND g.claimed_by IS NOT NULL AND g.folder_id IN (1, 3)
              AND g.claimed_by IS DISTINCT FROM p.user_uuid) c
          WHERE m.id = p.mailbox_id AND m.enabled AND o.allow_mwi IS NOT false AND p.watched OFFSET 0) m ON true
      WHERE ${ofMailbox}`
  return { tables, lamps }
}

/** With what each watches beside it: rows of one are never looked for among those of all. */
const DEVICE_COLUMNS = `d.uuid, d.tenant_uuid, d.user_uuid, d.name, d.sip_username, d.mwi_mode, ARRAY(
    SELECT mailbox_id FROM watched_mailboxes(d.uuid, d.tenant_uuid, d.user_uuid, d.lists_mailboxes)) AS watches`

function devicesOf(scope: TenantScope, filter: LampFilter, values: Values): string {
  const { uuid, deviceId, mailboxId, userId } = filter
  const narrow = uuid === undefined ? [] : [ownsLamp('d', uuid, values)]
  if (deviceId !== undefined) narrow.push(`d.uuid = ${values.add(deviceId, 'uuid')}`)
  if (userId !== undefined) narrow.push(`d.user_uuid = ${values.add(userId, 'uuid')}`)
  if (mailboxId !== undefined) {
    const ids = `ARRAY[${values.add(mailboxId, 'int')}]`
    narrow.push(
      `d.uuid IN (SELECT device_uuid FROM possible_watchers(${ids}) UNION SELECT device_uuid FROM lamp WHERE mailbox_id = ANY (${ids}))`,
    )
  }
  return `SELECT ${DEVICE_COLUMNS} FROM device d WHERE ${[...narrow, inScope('d', scope, narrow.length > 0, values)].join(' AND ')}`
}

function gatewaysOf(scope: TenantScope, { uuid, gatewayId, mailboxId }: LampFilter, values: Values): string[] {
  const narrow = uuid === undefined ? [] : [ownsLamp('g', uuid, values)]
  if (gatewayId !== undefined) narrow.push(`g.uuid = ${values.add(gatewayId, 'uuid')}`)
  if (mailboxId !== undefined) {
    const id = values.add(mailboxId, 'int')
    narrow.push(`g.uuid IN (
      SELECT o.uuid FROM mailbox m JOIN gateway o ON o.tenant_uuid = m.tenant_uuid WHERE m.id = ${id}
      UNION SELECT gateway_uuid FROM gateway_lamp WHERE mailbox_id = ${id})`)
  }
  return [...narrow, inScope('g', scope, narrow.length > 0, values)]
}

/** Where the owners are few already, their tenants are looked up one by one; else the tenant's owners are what is few. */
function inScope(owner: 'd' | 'g', scope: TenantScope, few: boolean, values: Values): string {
  const tenant = values.add(scope.tenantId, 'uuid')
  if (!scope.subtree) return `${owner}.tenant_uuid = ${tenant}`
  return few
    ? `EXISTS (SELECT 1 FROM tenant t WHERE t.uuid = ${owner}.tenant_uuid AND t.ancestors @> ARRAY[${tenant}])`
    : `${owner}.tenant_uuid IN (SELECT t.uuid FROM tenant t WHERE t.ancestors @> ARRAY[${tenant}])`
}

function ownsLamp(owner: 'd' | 'g', lamp: string, values: Values): string {
  return `${owner}.uuid BETWEEN ${values.add(first(lamp), 'uuid')} AND ${values.add(last(lamp), 'uuid')}`
}

function conditionsOf({ uuid, gatewayId, inSync, lit }: LampFilter, values: Values): string {
  const conditions = ['true']
  if (uuid !== undefined) conditions.push(`l.uuid = ${values.add(uuid, 'uuid')}`)
  if (inSync !== undefined) conditions.push(`l.in_sync = ${values.add(inSync, 'boolean')}`)
  if (lit !== undefined) conditions.push(`l.lit = ${values.add(lit, 'boolean')}`)
  if (gatewayId !== undefined) conditions.push(`l.gateway_uuid = ${values.add(gatewayId, 'uuid')}`)
  return conditions.join(' AND ')
}

/** A lamp's uuid begins with the first six bytes of its device's or gateway's (decision 0040). */
const PREFIX = 'xxxxxxxx-xxxx-'.length

function first(lamp: string): string {
  return `${lamp.slice(0, PREFIX)}0000-0000-000000000000`
}

function last(lamp: string): string {
  return `${lamp.slice(0, PREFIX)}ffff-ffff-ffffffffffff`
}
