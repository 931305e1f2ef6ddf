import type { Sql } from './sql.js'

/** A message that no consumer could take, before it is stored. */
export type NewDeadLetter = {
  /** The queue it died in; the only one it can be sent to again. */
  readonly queue: string
  /** Why: `rejected`, `delivery_limit`, `expired`, `maxlen`. */
  readonly reason: string
  readonly eventId: string | null
  readonly name: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

/** A stored dead letter without its body. */
export type DeadLetterHead = Omit<NewDeadLetter, 'body'> & {
  readonly id: number
  readonly size: number
  readonly diedAt: Date
}
/** A stored dead letter. */
export type StoredDeadLetter = DeadLetterHead & { readonly body: Buffer }

/** So many of the newest are kept, whatever a broken consumer does: of our own queues, and as many of tenants'. */
const MAX_LETTERS = 10_000
/** Whether a queue is a tenant's consumer's (bus.md 5.4). What tenants refuse must not push out what is ours. */
const ofTenant = (queue: string) => `starts_with(${queue}, 'ev.')`

/** What died again is another letter: whoever sent it and forgets the one he sent must not forget this one. */
const KEEP = `
  WITH gone AS (
    DELETE FROM dead_letter WHERE ${ofTenant('queue')} = ${ofTenant('$1')} AND id <= (
      SELECT id FROM dead_letter WHERE ${ofTenant('queue')} = ${ofTenant('$1')}
      ORDER BY id DESC OFFSET ${MAX_LETTERS - 1} LIMIT 1))
  INSERT INTO dead_letter (queue, reason, event_id, name, headers, body)
  VALUES ($1, $2, $3, $4, $5::jsonb, decode($6, 'base64'))
  ON CONFLICT (queue, event_id) DO UPDATE SET id = excluded.id, died_at = now(), reason = excluded.reason`
const HEAD = `id, queue, reason, event_id AS "eventId", name, headers, length(body) AS size, died_at AS "diedAt"`
const LIST = `
  SELECT (SELECT count(*)::int FROM dead_letter) AS total, coalesce(json_agg(l ORDER BY l.id DESC), '[]') AS items
  FROM (SELECT ${HEAD} FROM dead_letter ORDER BY id DESC LIMIT $1 OFFSET $2) l`

type ListedRow = Omit<DeadLetterHead, 'diedAt'> & { readonly diedAt: string }

/** Messages of the bus that no consumer could take: of the installation, not of a tenant. */
export class DeadLetterRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /**
   * Stores a letter; one that is there already is not stored twice, but gets a new id. Beyond ten thousand of our queues, or of all tenants',
   * the oldest goes.
   */
  async keep({ queue, reason, eventId, name, headers, body }: NewDeadLetter): Promise<void> {
    const texts = [queue, reason, eventId && storable(eventId), storable(name), toStorableJson(headers)]
    await this.#sql.rows('deadLetter.keep', KEEP, [...texts, body.toString('base64')])
  }

  /** The newest first, and how many there are. */
  async list(limit: number, offset: number): Promise<{ items: DeadLetterHead[]; total: number }> {
    const rows = await this.#sql.rows<{ total: number; items: ListedRow[] }>('deadLetter.list', LIST, [limit, offset])
    const { total = 0, items = [] } = rows[0] ?? {}
    return { total, items: items.map((row) => ({ ...row, diedAt: new Date(row.diedAt) })) }
  }

  /** One letter with its body. */
  async find(id: number): Promise<StoredDeadLetter | undefined> {
    const text = `SELECT ${HEAD}, body FROM dead_letter WHERE id = $1`
    return (await this.#sql.rows<StoredDeadLetter>('deadLetter.find', text, [id]))[0]
  }

  /** Forgets the letters of a queue that is no more: another one of its name may be somebody else's. */
  async forgetQueue(queue: string): Promise<void> {
    await this.#sql.rows('deadLetter.forget_queue', 'DELETE FROM dead_letter WHERE queue = $1', [queue])
  }

  /** Forgets a letter. Whether it was there. */
  async delete(id: number): Promise<boolean> {
    const text = 'DELETE FROM dead_letter WHERE id = $1 RETURNING id'
    return (await this.#sql.rows('deadLetter.delete', text, [id])).length > 0
  }
}

/** Text in PostgreSQL cannot hold NUL. Nothing of ours has one, but who else publishes may. */
function storable(text: string): string {
  return text.replaceAll('\0', '')
}

/** The same of JSON: escapes are read one by one, because a backslash before `u0000` can be one that is itself escaped. */
function toStorableJson(headers: NewDeadLetter['headers']): string {
  return JSON.stringify(headers).replaceAll(/\\(u0000|.)/g, (found) => (found === '\\u0000' ? '' : found))
}
