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
 * all. Within a mailbox their order is the order of its revisions, because the summary's row lock is held.
 */
export class Outbox {
  readonly #sql: Sql
  readonly #originUuid: string
  #count = 0

  constructor(sql: Sql, originUuid: string) {
    this.#sql = sql
    this.#originUuid = originUuid
  }

  /** How many events this transaction says; after the commit somebody must wake the relay if there are any. */
  get count(): number {
    return this.#count
  }

  /** Writes the events in the given order, in one statement. */
  async add(drafts: readonly EventDraft[]): Promise<void> {
    if (drafts.length === 0) return
    const context: EnvelopeContext = { originUuid: this.#originUuid, now: new Date() }
    const rows = drafts.map((complete, ord) => toRow(complete(context), ord))
    await this.#sql.rows('outbox.add', INSERT_EVENTS, [JSON.stringify(rows)])
    this.#count += drafts.length
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
