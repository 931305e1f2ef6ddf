import { draft, globalMwiUpdated } from '@lamplighter/contracts'
import type { MailboxId, TenantId } from '@lamplighter/domain'
import type pg from 'pg'

const FILL = `
  INSERT INTO event (event_id, name, tenant_uuid, routing_key, required_acl, mailbox_id, mailbox_revision, headers, body, cursor, published_at)
  SELECT gen_random_uuid(), $1, $2::uuid, $3, $4, 1 + (n % 100), n, $5::jsonb, $6,
    CASE WHEN $8 THEN n END, CASE WHEN $8 THEN now() END
  FROM generate_series(1, $7::int) n`

/** The event every row of a backlog is: what a deposit says of its counts. */
type BacklogEvent = {
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
  readonly routingKey: string
}

/** Events that wait for the relay, or that were sent long ago, as a busy day leaves them. */
export class EventBacklog {
  readonly event: BacklogEvent
  readonly #pool: pg.Pool
  readonly #values: readonly unknown[]

  constructor(pool: pg.Pool, tenant: TenantId, originUuid: string) {
    const counts = { voicemail_id: 1, new: 1, old: 0, urgent_new: 0, urgent_old: 0, version: 1 }
    const target = { tenant, mailbox: { id: 1 as MailboxId, revision: 1 } }
    const event = draft(globalMwiUpdated, target, counts)({ originUuid, now: new Date() })
    this.event = event
    this.#pool = pool
    const { name, routingKey, requiredAcl, headers, body } = event
    this.#values = [name, tenant, routingKey, requiredAcl, JSON.stringify(headers), body]
  }

  /** Adds rows without a cursor. */
  async add(count: number): Promise<void> {
    await this.#pool.query(FILL, [...this.#values, count, false])
    await this.#pool.query('VACUUM ANALYZE event')
  }

  /** Adds rows that were published; the log must be empty. */
  async addSent(count: number): Promise<void> {
    await this.#pool.query(FILL, [...this.#values, count, true])
    await this.#pool.query('UPDATE relay_progress SET confirmed_cursor = $1', [count])
  }

  /** Makes the log empty again. */
  async clear(): Promise<void> {
    await this.#pool.query('TRUNCATE event')
    await this.#pool.query('UPDATE relay_progress SET confirmed_cursor = 0')
  }

  /** A consumer of a tenant that makes the relay publish to the topic exchange too, and many that do not. */
  async addConsumers(withoutKeys: number, withKeys: number): Promise<void> {
    await this.#pool.query(
      `INSERT INTO event_consumer (uuid, tenant_uuid, name, events, bindings, max_length, message_ttl_sec, expires_sec, secret_hash)
       SELECT gen_random_uuid(), gen_random_uuid(), 'c' || n, '{}', CASE WHEN n <= $2 THEN ARRAY['x'] ELSE '{}' END, 1, 1, 1, ''
       FROM generate_series(1, $1::int + $2::int) n`,
      [withoutKeys, withKeys],
    )
    await this.#pool.query('VACUUM ANALYZE event_consumer')
  }

  /** Removes them. */
  async removeConsumers(): Promise<void> {
    await this.#pool.query('TRUNCATE event_consumer')
  }
}
