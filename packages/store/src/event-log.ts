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

type EventRow = {
  cursor: number | string
  event_id: string
  name: string
  routing_key: string
  headers: EventHeaders
  body: string
  order_key: string
}

const COLUMNS = `e.cursor, e.event_id::text, e.name, e.routing_key, e.headers, e.body,
  coalesce(e.mailbox_id::text, e.tenant_uuid::text, '') AS order_key`

/**
 * Cursors continue where the log ends, in the order of ids: within a mailbox that is the order of its revisions,
 * because its rows are written under its lock. Ids alone could not serve as cursors: they become visible in the order
 * of commits (bus.md 5.2).
 */
const CLAIM = `
  WITH picked AS (SELECT id FROM event WHERE cursor IS NULL ORDER BY id LIMIT $1 FOR UPDATE),
    last AS (SELECT coalesce(max(cursor), 0) AS cursor FROM event),
    numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS position FROM picked),
    claimed AS (
      UPDATE event e SET cursor = last.cursor + numbered.position FROM numbered, last WHERE e.id = numbered.id
      RETURNING ${COLUMNS})
  SELECT * FROM claimed ORDER BY cursor`
const UNCONFIRMED = `SELECT ${COLUMNS} FROM event e WHERE e.cursor IS NOT NULL AND e.published_at IS NULL ORDER BY e.cursor LIMIT $1`
const MARK = 'UPDATE event SET published_at = now() WHERE cursor BETWEEN $1 AND $2 AND published_at IS NULL'
/** Asked after the claim: a consumer that was there before an event was committed is seen with it. */
const TENANTS_LISTEN =
  'SELECT EXISTS (SELECT 1 FROM event_consumer WHERE deleted_at IS NULL AND cardinality(bindings) > 0) AS listen'
/** The second condition is the index's: nothing younger than the shortest retention is looked at. */
/** Notes how far each tenant's events are gone: whoever wants to go on from before that must know. Service events are the master's. */
const PURGE = `
  WITH gone AS (DELETE FROM event WHERE id IN (
    SELECT e.id FROM event e LEFT JOIN tenant t ON t.uuid = e.tenant_uuid
    WHERE e.published_at < now() - make_interval(hours => coalesce(t.event_retention_hours, $1))
      AND e.published_at < now() - make_interval(hours => (SELECT least($1, min(event_retention_hours)) FROM tenant))
      AND e.cursor < (SELECT max(cursor) FROM event)
    ORDER BY e.published_at LIMIT $2) RETURNING tenant_uuid, cursor),
  reach AS (SELECT tenant_uuid, max(cursor) AS cursor FROM gone GROUP BY tenant_uuid),
  noted AS (
    UPDATE tenant t SET purged_cursor = r.cursor FROM reach r
    WHERE t.uuid = coalesce(r.tenant_uuid, (SELECT uuid FROM tenant WHERE parent_uuid = uuid)) AND r.cursor > t.purged_cursor)
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

/** The outbox as the relay sees it. Everything runs on the connection that holds the relay's lock. */
export class EventLog {
  readonly #client: pg.Client

  constructor(client: pg.Client) {
    this.#client = client
  }

  /** Gives cursors to the next events without one and returns them in order. */
  claim(limit: number): Promise<LoggedEvent[]> {
    return this.#events('event.claim', CLAIM, limit)
  }

  /** Events that got a cursor but no confirmation: a relay ended in between. */
  unconfirmed(limit: number): Promise<LoggedEvent[]> {
    return this.#events('event.unconfirmed', UNCONFIRMED, limit)
  }

  /** Whether a tenant has a consumer on the topic exchange; others are served by headers. */
  async tenantsListen(): Promise<boolean> {
    const { rows } = await this.#client.query<{ listen: boolean }>({ name: 'event.listen', text: TENANTS_LISTEN })
    return rows[0]?.listen ?? false
  }

  /** Records that the bus confirmed these events, which were claimed together. */
  async markPublished(events: readonly LoggedEvent[]): Promise<void> {
    const values = [events[0]?.cursor, events.at(-1)?.cursor]
    await this.#client.query({ name: 'event.mark', text: MARK, values })
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

  async #events(name: string, text: string, limit: number): Promise<LoggedEvent[]> {
    const { rows } = await this.#client.query<EventRow>({ name, text, values: [limit] })
    return rows.map((row) => ({
      cursor: Number(row.cursor),
      eventId: row.event_id,
      name: row.name,
      routingKey: row.routing_key,
      headers: row.headers,
      body: row.body,
      orderKey: row.order_key,
    }))
  }
}
