import type { EnvelopeContext, EventDraft, EventRecord } from '@lamplighter/contracts'
import type { Sql } from './sql.js'

const INSERT_EVENTS = `
  INSERT INTO event (event_id, name, tenant_uuid, user_uuid, routing_key, required_acl, mailbox_id, mailbox_revision, headers, body)
  SELECT event_id, name, tenant_uuid, user_uuid, routing_key, required_acl, mailbox_id, mailbox_revision, headers, body
  FROM json_to_recordset($1::json) AS e(
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
    if (this.#said.length === 0) return
    await this.#sql.rows('outbox.add', INSERT_EVENTS, [JSON.stringify(this.#said.map(toRow))])
  }
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
