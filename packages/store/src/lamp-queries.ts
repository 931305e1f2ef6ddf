import type {
  DeviceId,
  LampAction,
  LampCause,
  LampReason,
  MailboxId,
  MessageSummary,
  MwiMode,
  TenantId,
} from '@lamplighter/domain'
import { type AcknowledgedColumns, toAcknowledged } from './acknowledged.js'
import { type LampFilter, lampStatement } from './lamp-sql.js'
import type { TenantScope } from './scope.js'
import type { Sql } from './sql.js'

/** Counts a lamp shows or should show, and the revision of the mailbox they belong to. */
export type LampState = MessageSummary & { readonly revision: number }

/** A lamp: what it should show now, what its device or gateway said it shows, and why. */
export type Lamp = {
  readonly uuid: string
  readonly tenantId: TenantId
  /** Exactly one of `device` and `gateway` shows it. */
  readonly device: {
    readonly uuid: DeviceId
    readonly name: string | null
    readonly sipUsername: string
    readonly mwiMode: MwiMode
  } | null
  readonly gateway: {
    readonly uuid: string
    readonly name: string
    /** The switch that keeps this lamp dark. */
    readonly blockedBy: 'policy' | 'gateway' | null
  } | null
  /** Number and name are null once the mailbox is gone. */
  readonly mailbox: { readonly id: MailboxId; readonly number: string | null; readonly name: string | null }
  /** False: the device watches it, or the gateway serves it, no more, and it must go dark. */
  readonly watched: boolean
  readonly desired: LampState
  readonly acknowledged: (LampState & { readonly at: Date }) | null
  readonly inSync: boolean
  /** What the ledger says; null while it says nothing. */
  readonly ledgerReason: LampReason | null
  readonly lastStatus: number | null
  /** Where a device is told it: its subscription, else where it is registered. Null: nowhere, or a gateway's. */
  readonly contact: {
    readonly uri: string
    readonly transport: string
    readonly expiresAt: Date
    readonly subscribed: boolean
    readonly userAgent: string | null
  } | null
  readonly updatedAt: Date | null
}

/** What a list of lamps may be ordered by. */
export type LampOrder = 'device' | 'mailbox' | 'updated_at'

/** Order and cut of a list of lamps. */
export type LampPage = {
  readonly order: LampOrder
  readonly direction: 'asc' | 'desc'
  readonly limit: number
  readonly offset: number
}

/** Which lamp of which device. */
export type LampPlace = { readonly deviceId: DeviceId; readonly mailboxId: MailboxId }

/** A decision as its trace tells it. */
export type TracedDecision = {
  readonly at: Date
  readonly cause: LampCause['kind']
  readonly causeName: string | null
  readonly eventId: string | null
  readonly state: LampState
  readonly action: LampAction
  readonly status: number | null
  readonly reason: LampReason
}

type CountRow = {
  new_count: number
  old_count: number
  urgent_new_count: number
  urgent_old_count: number
  revision: number
}
type LedgerRow = CountRow & AcknowledgedColumns

type LampRow = LedgerRow & {
  uuid: string
  tenant_uuid: string
  device_uuid: string | null
  device_name: string | null
  sip_username: string | null
  mwi_mode: string | null
  gateway_uuid: string | null
  gateway_name: string | null
  blocked_by: 'policy' | 'gateway' | null
  mailbox_id: number
  number: string | null
  mailbox_name: string | null
  watched: boolean
  in_sync: boolean
  acknowledged_revision: number | null
  acknowledged_at: Date | null
  ledger_reason: LampReason | null
  last_status: number | null
  updated_at: Date | null
  contact: string | null
  transport: string | null
  expires_at: Date | null
  subscribed: boolean | null
  user_agent: string | null
}
type TraceRow = CountRow & {
  at: Date
  cause: LampCause['kind']
  cause_name: string | null
  event_id: string | null
  action: LampAction
  status: number | null
  reason: LampReason
}

const ORDERS: Readonly<Record<LampOrder, string>> = {
  device: 'sip_username',
  mailbox: 'number',
  updated_at: 'updated_at',
}
/** A live subscription comes before a registration, the newer before the older. */
const WHERE_TOLD = `
  LEFT JOIN LATERAL (
    SELECT * FROM (
      SELECT b.dialog->>'remoteTarget' AS contact, b.transport, b.expires_at, true AS subscribed, b.user_agent
      FROM sip_subscription b WHERE b.device_uuid = p.device_uuid AND b.expires_at > now()
        AND (b.mailbox_id IS NULL OR b.mailbox_id = p.mailbox_id)
      UNION ALL
      SELECT c.uri, c.transport, c.expires_at, false, c.user_agent FROM sip_contact c
      WHERE c.device_uuid = p.device_uuid AND c.expires_at > now()) told
    ORDER BY subscribed DESC, expires_at DESC LIMIT 1) c ON true`
const TRACE = `
  SELECT at, cause, cause_name, event_id::text, new_count, old_count, urgent_new_count, urgent_old_count, revision,
    action, status, reason
  FROM lamp_trace WHERE lamp_uuid = $1::uuid ORDER BY id DESC LIMIT 20`

/** Reads of the lamps of a scope. */
export class LampQueries {
  readonly #sql: Sql
  readonly #scope: TenantScope

  constructor(sql: Sql, scope: TenantScope) {
    this.#sql = sql
    this.#scope = scope
  }

  /** A page of lamps and how many pass the filter, in one statement and so from one moment. */
  async list(filter: LampFilter, page: LampPage): Promise<{ items: Lamp[]; total: number }> {
    const { text, values, name } = lampStatement(this.#scope, filter)
    const direction = page.direction === 'desc' ? 'DESC' : 'ASC'
    const [limit, offset] = [values.add(page.limit, 'int'), values.add(page.offset, 'int')]
    const order = `${ORDERS[page.order]} ${direction} NULLS LAST, sip_username, gateway_name, number, uuid`
    const list = `${text}
      SELECT n.total, p.*, c.* FROM (SELECT count(*)::int AS total FROM shown) n
        LEFT JOIN LATERAL (
          SELECT s.*, m.number, m.name AS mailbox_name
          FROM shown s LEFT JOIN mailbox m ON m.id = s.mailbox_id AND m.tenant_uuid = s.tenant_uuid
          ORDER BY ${order} LIMIT ${limit} OFFSET ${offset}) p ON true
        ${WHERE_TOLD}
      ORDER BY ${order}`
    const rows = await this.#sql.rows<LampRow & { total: number }>(
      `${name}.list.${page.order}.${direction}`,
      list,
      values.all,
    )
    return { items: rows.filter(({ uuid }) => uuid !== null).map(toLamp), total: rows[0]?.total ?? 0 }
  }

  /** The lamp with this uuid, if it is in scope and passes the filter. */
  async find(uuid: string, filter: LampFilter = {}): Promise<Lamp | undefined> {
    const { items } = await this.list({ ...filter, uuid }, { order: 'device', direction: 'asc', limit: 1, offset: 0 })
    return items[0]
  }

  /** Its last decisions, newest first; to be asked of a lamp that was found in scope. */
  async trace(uuid: string): Promise<TracedDecision[]> {
    const rows = await this.#sql.rows<TraceRow>('lamp.read-trace', TRACE, [uuid])
    return rows.map((row) => ({
      at: row.at,
      cause: row.cause,
      causeName: row.cause_name,
      eventId: row.event_id,
      state: toState(row),
      action: row.action,
      status: row.status,
      reason: row.reason,
    }))
  }

  /** How many lamps of devices are not confirmed to show what they should, by what the ledger says of them. */
  async wrong(): Promise<{ reason: LampReason; lamps: number }[]> {
    const { text, values, name } = lampStatement(this.#scope, { inSync: false }, 'devices')
    return this.#sql.rows(
      `${name}.wrong`,
      `${text} SELECT coalesce(ledger_reason, 'no_contact') AS reason, count(*)::int AS lamps FROM shown GROUP BY 1`,
      values.all,
    )
  }

  /** Places of lamps of devices in their own order, behind `after`: for going through many in parts. */
  async places(filter: LampFilter, after: LampPlace | undefined, limit: number): Promise<LampPlace[]> {
    const { text, values, name } = lampStatement(this.#scope, filter, 'devices')
    const behind = after
      ? `WHERE (device_uuid, mailbox_id) > (${values.add(after.deviceId, 'uuid')}, ${values.add(after.mailboxId, 'int')})`
      : ''
    const rows = await this.#sql.rows<{ device_uuid: string; mailbox_id: number }>(
      `${name}.places${after ? '.after' : ''}`,
      `${text} SELECT device_uuid::text, mailbox_id FROM shown ${behind}
        ORDER BY device_uuid, mailbox_id LIMIT ${values.add(limit, 'int')}`,
      values.all,
    )
    return rows.map((row) => ({ deviceId: row.device_uuid as DeviceId, mailboxId: row.mailbox_id as MailboxId }))
  }
}

function toLamp(row: LampRow): Lamp {
  return {
    uuid: row.uuid,
    tenantId: row.tenant_uuid as TenantId,
    device: toDevice(row),
    gateway:
      row.gateway_uuid === null
        ? null
        : { uuid: row.gateway_uuid, name: row.gateway_name ?? '', blockedBy: row.blocked_by },
    mailbox: { id: row.mailbox_id as MailboxId, number: row.number, name: row.mailbox_name },
    watched: row.watched,
    desired: toState(row),
    acknowledged: row.acknowledged_at && {
      ...toAcknowledged(row),
      revision: Number(row.acknowledged_revision ?? 0),
      at: row.acknowledged_at,
    },
    inSync: row.in_sync,
    ledgerReason: row.ledger_reason,
    lastStatus: row.last_status,
    contact: toContact(row),
    updatedAt: row.updated_at,
  }
}

function toDevice(row: LampRow): Lamp['device'] {
  const { device_uuid: uuid, device_name: name, sip_username: sipUsername, mwi_mode: mwiMode } = row
  if (uuid === null || sipUsername === null) return null
  return { uuid: uuid as DeviceId, name, sipUsername, mwiMode: mwiMode as MwiMode }
}

function toContact({
  contact,
  transport,
  expires_at: expiresAt,
  subscribed,
  user_agent: userAgent,
}: LampRow): Lamp['contact'] {
  if (contact === null || transport === null || expiresAt === null) return null
  return { uri: contact, transport, expiresAt, subscribed: subscribed === true, userAgent }
}

function toState(row: CountRow): LampState {
  return {
    new: row.new_count,
    old: row.old_count,
    urgentNew: row.urgent_new_count,
    urgentOld: row.urgent_old_count,
    revision: Number(row.revision),
  }
}
