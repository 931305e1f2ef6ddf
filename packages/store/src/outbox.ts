import type { EnvelopeContext, EventDraft, EventRecord } from '@lamplighter/contracts'
import type { Sql, SqlValue } from './sql.js'

const COLUMNS =
  'event_id, name, tenant_uuid, user_uuid, routing_key, required_acl, mailbox_id, mailbox_revision, headers, body'
const TYPES = ['uuid', 'text', 'uuid', 'uuid', 'text', 'text', 'int', 'bigint', 'jsonb', 'text']

/** What most changes say at most: so many rows by value are cheaper than as JSON, which PostgreSQL must parse. */
const FEW = 4
/** The statement that writes as many rows as its index says. */
const INSERT_FEW = Array.from({ length: FEW + 1 }, (_, count) => {
  const row = (index: number) => TYPES.map((type, at) => `$${index * TYPES.length + at + 1}::${type}`).join(', ')
  const rows = Array.from({ length: count }, (_each, index) => `(${row(index)})`)
  return `INSERT INTO event (${COLUMNS}) VALUES ${rows.join(', ')}`
})
const INSERT_MANY = `
  INSERT INTO event (${COLUMNS}) SELECT ${COLUMNS} FROM json_to_recordset($1::json) AS e(
    ord int, event_id uuid, name text, tenant_uuid uuid, user_uuid uuid, routing_key text, required_acl text,
    mailbox_id int, mailbox_revision bigint, headers jsonb, body text)
  ORDER BY ord`

/**
 * Events of the transaction it belongs to (invariant 2 of the design): they become visible with the change or not at
 * all. Within a mailbox their order is the order of its revisions, because the summary's row lock is held until the
 * commit, right before which they are written.
 */
export class Outbox {
  readonly #sql: Sql
  readonly #originUuid: string
  readonly #said: EventRecord[] = []

  constructor(sql: Sql, originUuid: string) {
    this.#sql = sql
    this.#originUuid = originUuid
  }

  /** What this transaction says; after the commit somebody must wake the relay if that is anything. */
  get said(): readonly EventRecord[] {
    return this.#said
  }

  /** Says these events, after those said before. */
  add(drafts: readonly EventDraft[]): void {
    const context: EnvelopeContext = { originUuid: this.#originUuid, now: new Date() }
    for (const complete of drafts) this.#said.push(complete(context))
  }

  /** Writes what was said, in one statement: the last of the transaction. */
  async flush(): Promise<void> {
    const count = this.#said.length
    if (count === 0) return
    const few = INSERT_FEW[count]
    if (few) await this.#sql.rows(`outbox.add.${count}`, few, this.#said.flatMap(toValues))
    else await this.#sql.rows('outbox.add', INSERT_MANY, [JSON.stringify(this.#said.map(toRow))])
  }
}

/** In the order of {@link COLUMNS}. */
function toValues(event: EventRecord): SqlValue[] {
  const { eventId, name, tenantId, userId, routingKey, requiredAcl, mailboxId, mailboxRevision, headers, body } = event
  const place = [eventId, name, tenantId, userId, routingKey, requiredAcl]
  return [...place, mailboxId, mailboxRevision, JSON.stringify(headers), body]
}

function toRow(event: EventRecord, ord: number): Record<string, unknown> {
  return {
    ord,
    event_id: event.eventId,
    name: event.name,
    tenant_uuid: event.tenantId,
    user_uuid: event.userId,
    routing_key: event.routingKey,
    required_acl: event.requiredAcl,
    mailbox_id: event.mailboxId,
    mailbox_revision: event.mailboxRevision,
    headers: event.headers,
    body: event.body,
  }
}
