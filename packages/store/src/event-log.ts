import type { EventHeaders } from '@lamplighter/contracts'
import type pg from 'pg'

/** An event of the log on its way to the bus. */
export type LoggedEvent = {
  readonly cursor: number
  readonly eventId: string
  readonly name: string
  readonly routingKey: string
  readonly headers: EventHeaders
  readonly body: string
  /** What keeps its order: the mailbox, or the tenant where there is none. */
  readonly orderKey: string
}

/** Events of the log on their way to the bus, and whether they go to the topic exchange of tenants too. */
export type ClaimedEvents = {
  readonly events: readonly LoggedEvent[]
  /** Some tenant has a consumer there; all others are served by headers. */
  readonly toTenants: boolean
}

type EventRow = {
  id: number | string
  cursor: number | string
  event_id: string
  name: string
  routing_key: string
  headers: EventHeaders
  body: string
  order_key: string
  listen: boolean
}

const COLUMNS = `e.id, e.cursor, e.event_id::text, e.name, e.routing_key, e.headers, e.body,
  coalesce(e.mailbox_id::text, e.tenant_uuid::text, '') AS order_key`

/**
 * Of the same snapshot as the events: a consumer that was there before an event was committed is seen with it. Served by
 * the index of such consumers, which is empty in most installations.
 */
const TENANTS_LISTEN =
  'EXISTS (SELECT 1 FROM event_consumer WHERE deleted_at IS NULL AND cardinality(bindings) > 0) AS listen'

/**
 * Cursors continue where the log ends, in the order of ids: within a mailbox that is the order of its revisions,
 * because its rows are written under its lock. Ids alone could not serve as cursors: they become visible in the order
 * of commits (bus.md 5.2). No row is locked first: nobody else writes to one that has no cursor. `$2` is where to begin.
 */
const NUMBER = `
  UPDATE event e SET published_at = now(), cursor = picked.position
    + greatest((SELECT max(cursor) FROM event), (SELECT confirmed_cursor FROM relay_progress), 0)
  FROM (
    SELECT id, row_number() OVER (ORDER BY id) AS position FROM event
    WHERE cursor IS NULL AND id > $2 ORDER BY id LIMIT $1) picked
  WHERE e.id = picked.id`
const CLAIM = `${NUMBER} RETURNING ${COLUMNS}, ${TENANTS_LISTEN}`
const CONFIRMED = '(SELECT confirmed_cursor FROM relay_progress)'
const UNCONFIRMED = `
  SELECT ${COLUMNS}, ${TENANTS_LISTEN} FROM event e WHERE e.cursor > ${CONFIRMED} ORDER BY e.cursor LIMIT $1`
/**
 * One row that is small, instead of every event and all its indexes once more (decision 0049). Its commit does not wait
 * for the disk: what a crash of the server forgets is published again with the same ids.
 */
const CONFIRM = `
  WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
  UPDATE relay_progress SET confirmed_cursor = $1 FROM quick WHERE confirmed_cursor < $1`
/**
 * The second condition on the age is the index's: nothing younger than the shortest retention is looked at. Notes how far
 * each tenant's events are gone: whoever wants to go on from before that must know. Service events are the master's, and
 * so are those of tenants that are no more: only the master sees them.
 */
const PURGE = `
  WITH gone AS (DELETE FROM event WHERE id IN (
    SELECT e.id FROM event e LEFT JOIN tenant t ON t.uuid = e.tenant_uuid
    WHERE e.published_at < now() - make_interval(hours => coalesce(t.event_retention_hours, $1))
      AND e.published_at < now() - make_interval(hours => (SELECT least($1, min(event_retention_hours)) FROM tenant))
      AND e.cursor <= ${CONFIRMED} AND e.cursor < (SELECT max(cursor) FROM event)
    ORDER BY e.published_at LIMIT $2) RETURNING tenant_uuid, cursor),
  reach AS (
    SELECT coalesce(t.uuid, (SELECT uuid FROM tenant WHERE parent_uuid = uuid)) AS uuid, max(gone.cursor) AS cursor
    FROM gone LEFT JOIN tenant t ON t.uuid = gone.tenant_uuid GROUP BY 1),
  noted AS (
    UPDATE tenant t SET purged_cursor = r.cursor FROM reach r
    WHERE t.uuid = r.uuid AND r.cursor > t.purged_cursor)
  SELECT count(*)::int AS removed FROM gone`

/**
 * Where the log lives: the server, its timeline, the database, the table. A restored or promoted copy lives elsewhere
 * and may lack the newest events, so it begins a new epoch.
 */
const SETTLE_EPOCH = `
  UPDATE installation SET log_epoch = gen_random_uuid(), log_home = here.home
  FROM (
    SELECT concat_ws('.', (SELECT system_identifier FROM pg_control_system()),
      left(pg_walfile_name(pg_current_wal_lsn()), 8),
      (SELECT oid FROM pg_database WHERE datname = current_database()), 'event'::regclass::oid) AS home) here
  WHERE log_home IS DISTINCT FROM here.home`

/**
 * As long as any transaction is open, a backup's for an hour, what was claimed stays in the index of what waits, and every
 * look passes over it. So looks begin this many ids before the newest claimed: further back only a transaction can be
 * that took its ids long before it committed.
 */
const STRAGGLERS = 2000
/** What comes later still is found this late, or by a twentieth of the time where the whole look is slow. */
const WHOLE_LOOK_MS = 500
const WHOLE_LOOK_SHARE = 20

/** The outbox as the relay sees it. Everything runs on the connection that holds the relay's lock. */
export class EventLog {
  readonly #client: pg.Client
  /** The newest id that was claimed. */
  #newest = 0
  #wholeLookAt = 0

  constructor(client: pg.Client) {
    this.#client = client
  }

  /** Gives cursors to the next events without one and returns them in order. */
  async claim(limit: number): Promise<ClaimedEvents> {
    const rows = await this.#look<EventRow>('event.claim', CLAIM, limit)
    return toClaimed(rows)
  }

  /** Gives cursors to the next events without one and leaves them in the log. @returns to how many */
  async number(limit: number): Promise<number> {
    return (await this.#look('event.number', `${NUMBER} RETURNING e.id`, limit)).length
  }

  /** Events that got a cursor but no confirmation: a relay ended in between. */
  async unconfirmed(limit: number): Promise<ClaimedEvents> {
    const query = { name: 'event.unconfirmed', text: UNCONFIRMED, values: [limit] }
    return toClaimed((await this.#client.query<EventRow>(query)).rows)
  }

  /** Records that the bus confirmed these events and all before them. */
  async confirm(events: readonly LoggedEvent[]): Promise<void> {
    await this.#client.query({ name: 'event.confirm', text: CONFIRM, values: [events.at(-1)?.cursor] })
  }

  /**
   * Deletes published events older than their tenant's retention, or than this one where it has none, a batch at a
   * time. The newest of all stays, so that cursors go on.
   */
  async purge(retentionHours: number, limit: number): Promise<number> {
    const values = [retentionHours, limit]
    const { rows } = await this.#client.query<{ removed: number }>({ name: 'event.purge', text: PURGE, values })
    return rows[0]?.removed ?? 0
  }

  /** Begins a new epoch if this is not the database the log was last seen in: cursors given before are gone then. */
  async settleEpoch(): Promise<void> {
    await this.#client.query(SETTLE_EPOCH)
  }

  /** What waits, from where something may wait; now and then from the beginning. */
  async #look<Row extends { id: number | string }>(name: string, text: string, limit: number): Promise<Row[]> {
    const at = performance.now()
    const whole = at >= this.#wholeLookAt
    if (whole) this.#wholeLookAt = at + WHOLE_LOOK_MS
    const after = whole ? 0 : Math.max(0, this.#newest - STRAGGLERS)
    const { rows } = await this.#client.query<Row>({ name, text, values: [limit, after] })
    const tookMs = performance.now() - at
    if (whole) this.#wholeLookAt = at + Math.max(WHOLE_LOOK_MS, tookMs * WHOLE_LOOK_SHARE)
    for (const { id } of rows) this.#newest = Math.max(this.#newest, Number(id))
    return rows
  }
}

function toClaimed(rows: readonly EventRow[]): ClaimedEvents {
  const events = rows.map(toEvent).sort((one, other) => one.cursor - other.cursor)
  return { events, toTenants: rows[0]?.listen ?? false }
}

function toEvent(row: EventRow): LoggedEvent {
  return {
    cursor: Number(row.cursor),
    eventId: row.event_id,
    name: row.name,
    routingKey: row.routing_key,
    headers: row.headers,
    body: row.body,
    orderKey: row.order_key,
  }
}
