import type { EventHeaders } from '@lamplighter/contracts'
import type { TenantId, UserId } from '@lamplighter/domain'
import type { Sql } from './sql.js'

/** An event as the log keeps it, for whoever was away. */
export type ReplayedEvent = {
  readonly cursor: number
  readonly eventId: string
  readonly name: string
  readonly headers: EventHeaders
  /** The exact text that went on the bus. */
  readonly body: string
}

/** Where the log stands. All cursors are numbers of one epoch. */
export type LogState = {
  /** Changes when the log's history does; eight hex digits. */
  readonly epoch: string
  /** From here on every event of the tenant is still there; 0 when there is none. */
  readonly oldest: number
  /** The last event that has a cursor; 0 when there is none. */
  readonly head: number
  /** Up to here the bus has confirmed everything. */
  readonly published: number
  /** The retention the tenant asked for, of all tenants the shortest; null: the installation's. */
  readonly retentionHours: number | null
}

/**
 * Which events of the log are asked for. Narrows what is read; who may see an event is decided by its headers and the
 * reader's ACL afterwards, as it is on the live path.
 */
export type ReplayFilter = {
  /** Null: every tenant, for the master's. */
  readonly tenantId: TenantId | null
  /** Only events of this user or of nobody in particular; null for whoever sees all users. */
  readonly userId: UserId | null
  /** Null: every name. */
  readonly names: readonly string[] | null
}

/** A part of the log: after one cursor, up to and with another. */
export type LogRange = { readonly after: number; readonly upTo: number }

/** How many events of a range would be read, and how many of them fit the filter; both end at the limit. */
export type LogExtent = { readonly read: number; readonly fitting: number }

type Row = { cursor: number; event_id: string; name: string; headers: EventHeaders; body: string }

const STATE = `
  SELECT coalesce((SELECT left(log_epoch::text, 8) FROM installation), '00000000') AS epoch,
    greatest((SELECT min(cursor) FROM event), (SELECT max(purged_cursor) + 1 FROM tenant WHERE $1::uuid IS NULL OR uuid = $1::uuid), 0) AS oldest,
    coalesce((SELECT max(cursor) FROM event), 0) AS head,
    coalesce((SELECT confirmed_cursor FROM relay_progress), 0) AS published,
    (SELECT min(event_retention_hours) FROM tenant WHERE $1::uuid IS NULL OR uuid = $1::uuid) AS "retentionHours"`

const FITS =
  '($4::uuid IS NULL OR user_uuid IS NULL OR user_uuid = $4::uuid) AND ($5::text[] IS NULL OR name = ANY ($5::text[]))'
/** One text per index that serves it: with an optional tenant in one text the planner could use neither. */
const WHERE = {
  tenant: 'tenant_uuid = $3::uuid AND cursor > $1 AND cursor <= $2',
  all: '$3::uuid IS NULL AND cursor > $1 AND cursor <= $2',
} as const

const pageText = (where: string) =>
  `SELECT cursor, event_id::text, name, headers, body FROM event WHERE ${where} AND ${FITS} ORDER BY cursor LIMIT $6`
const extentText = (where: string) => `
  SELECT count(*) AS read, count(*) FILTER (WHERE ${FITS}) AS fitting
  FROM (SELECT user_uuid, name FROM event WHERE ${where} ORDER BY cursor LIMIT $6) e`

/** The event log as the gateway reads it: events with a cursor, in its order. */
export class EventReplayRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Where the log stands for a tenant, or for all of them, in one snapshot. */
  async state(tenantId: TenantId | null = null): Promise<LogState> {
    const [row] = await this.#sql.rows<LogState>('replay.state', STATE, [tenantId])
    if (!row) throw new Error('a statement without a table gave no row')
    return row
  }

  /** The first events of a range that fit the filter, in order. */
  async page(filter: ReplayFilter, range: LogRange, limit: number): Promise<ReplayedEvent[]> {
    const kind = filter.tenantId === null ? 'all' : 'tenant'
    const values = this.#values(filter, range, limit)
    const rows = await this.#sql.rows<Row>(`replay.page.${kind}`, pageText(WHERE[kind]), values)
    return rows.map(({ event_id: eventId, ...row }) => ({ ...row, eventId }))
  }

  /** How much a range holds, read no further than the limit. */
  async extent(filter: ReplayFilter, range: LogRange, limit: number): Promise<LogExtent> {
    const kind = filter.tenantId === null ? 'all' : 'tenant'
    const values = this.#values(filter, range, limit)
    const [row] = await this.#sql.rows<LogExtent>(`replay.extent.${kind}`, extentText(WHERE[kind]), values)
    return row ?? { read: 0, fitting: 0 }
  }

  #values({ tenantId, userId, names }: ReplayFilter, { after, upTo }: LogRange, limit: number) {
    return [after, upTo, tenantId, userId, names, limit]
  }
}
