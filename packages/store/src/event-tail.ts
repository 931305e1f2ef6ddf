import type { EventHeaders } from '@lamplighter/contracts'
import type { Sql } from './sql.js'

/** An event as it was committed, whether or not the bus has it yet. */
export type CommittedEvent = {
  readonly id: number
  readonly eventId: string
  readonly name: string
  readonly headers: EventHeaders
  readonly body: string
}

type Row = { id: string | number; event_id: string; name: string; headers: EventHeaders; body: string }

const HEAD = 'SELECT coalesce(max(id), 0) AS id FROM event'
const AFTER = `
  SELECT id, event_id::text, name, headers, body FROM event WHERE id > $1 AND name = ANY ($2::text[]) ORDER BY id LIMIT $3`

/** The first that waits says it for all: one row by the index of cursors, one by that of what has none. */
const RELAYED = `
  SELECT p.confirmed_cursor AS confirmed, coalesce(least(
      (SELECT created_at FROM event WHERE cursor > p.confirmed_cursor ORDER BY cursor LIMIT 1),
      (SELECT created_at FROM event WHERE cursor IS NULL ORDER BY id LIMIT 1)) < now() - make_interval(secs => $1), false) AS waiting
  FROM relay_progress p`

/** How far the bus has the log. */
export type RelayedLog = {
  /** The last cursor that the bus confirmed. */
  readonly confirmed: number
  /** Whether something waits for the bus for longer than was asked. */
  readonly waiting: boolean
}

/** The newest events in the order they were written: for who wakes up without the bus. Ids become visible out of order. */
export class EventTail {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** The id of the newest event. */
  async head(): Promise<number> {
    const [row] = await this.#sql.rows<{ id: string | number }>('event.head', HEAD, [])
    return Number(row?.id ?? 0)
  }

  /** How far the bus has the log, and whether something has waited for it for so long, seconds. */
  async relayed(forSec: number): Promise<RelayedLog> {
    const [row] = await this.#sql.rows<{ confirmed: string | number; waiting: boolean }>('event.relayed', RELAYED, [
      forSec,
    ])
    return { confirmed: Number(row?.confirmed ?? 0), waiting: row?.waiting ?? false }
  }

  /** Events of these names behind an id. */
  async after(id: number, names: readonly string[], limit: number): Promise<CommittedEvent[]> {
    const rows = await this.#sql.rows<Row>('event.after', AFTER, [id, names, limit])
    return rows.map(({ id: number, event_id: eventId, ...event }) => ({ ...event, id: Number(number), eventId }))
  }
}
