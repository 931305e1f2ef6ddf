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

  /** Events of these names behind an id. */
  async after(id: number, names: readonly string[], limit: number): Promise<CommittedEvent[]> {
    const rows = await this.#sql.rows<Row>('event.after', AFTER, [id, names, limit])
    return rows.map(({ id: number, event_id: eventId, ...event }) => ({ ...event, id: Number(number), eventId }))
  }
}
