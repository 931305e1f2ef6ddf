import type { DeviceId, LampAction, LampCause, LampReason, MailboxId, MessageSummary } from '@lamplighter/domain'
import type { Sql } from './sql.js'

/** One decision about one lamp, as its trace keeps it. */
export type LampDecision = {
  /** Rises with every decision, over restarts too: what orders a trace. */
  readonly id: number
  readonly atMs: number
  /** Who shows the lamp. */
  readonly ownerId: DeviceId
  readonly mailboxId: MailboxId
  readonly cause: LampCause
  readonly summary: MessageSummary
  readonly revision: number
  readonly action: LampAction
  /** What was answered; null while nothing was. */
  readonly status: number | null
  readonly reason: LampReason
}

/** Decisions kept per lamp. */
const TRACE_LENGTH = 20
/** A trace is cut back each time it grew by this many: a look at its end per decision costs more than the decision. */
const CUT_EVERY = 8
/** Lamps whose growth is counted; with one more all are cut. */
const MAX_COUNTED = 50_000

/** What is no lamp any more gets no trace. */
const SAVE = `
  INSERT INTO lamp_trace (lamp_uuid, id, at, cause, cause_name, event_id, new_count, old_count, urgent_new_count,
    urgent_old_count, revision, action, status, reason)
  SELECT l.uuid, e.id, to_timestamp(e.at_ms / 1000), e.cause, e.cause_name, e.event_id, e.new, e.old, e.urgent_new, e.urgent_old, e.revision,
    e.action, e.status, e.reason
  FROM json_to_recordset($1::json) AS e(owner_uuid uuid, mailbox_id int, id bigint, at_ms double precision, cause text,
    cause_name text, event_id uuid, new int, old int, urgent_new int, urgent_old int, revision bigint, action text,
    status int, reason text)
    CROSS JOIN LATERAL (
      SELECT uuid FROM lamp WHERE device_uuid = e.owner_uuid AND mailbox_id = e.mailbox_id
      UNION ALL SELECT uuid FROM gateway_lamp WHERE gateway_uuid = e.owner_uuid AND mailbox_id = e.mailbox_id OFFSET 0) l
  ON CONFLICT (lamp_uuid, id) DO UPDATE SET status = excluded.status, reason = excluded.reason`
/** A look at the end of each of these traces. */
const PRUNE = `
  DELETE FROM lamp_trace t
  USING (SELECT lamp_uuid(e.owner_uuid, e.mailbox_id) AS uuid
    FROM json_to_recordset($1::json) AS e(owner_uuid uuid, mailbox_id int)) k
  WHERE t.lamp_uuid = k.uuid AND t.id < (
    SELECT n.id FROM lamp_trace n WHERE n.lamp_uuid = k.uuid ORDER BY n.id DESC OFFSET ${TRACE_LENGTH - 1} LIMIT 1)`

/** How much each trace grew since it was last cut. What a restart forgets is cut a little later. */
export class TraceGrowth {
  readonly #grown = new Map<string, LampPlace & { by: number }>()

  /** Notes decisions that were written, and returns the lamps whose traces are to be cut now. */
  add(decisions: readonly LampDecision[]): LampPlace[] {
    const due = new Map<string, LampPlace & { by: number }>()
    for (const { ownerId, mailboxId } of decisions) {
      const key = `${ownerId}/${mailboxId}`
      const place = this.#grown.get(key) ?? { owner_uuid: ownerId, mailbox_id: mailboxId, by: 0 }
      place.by++
      this.#grown.set(key, place)
      if (place.by >= CUT_EVERY) due.set(key, place)
    }
    if (this.#grown.size > MAX_COUNTED) for (const [key, place] of this.#grown) due.set(key, place)
    for (const key of due.keys()) this.#grown.delete(key)
    return [...due.values()].map(({ owner_uuid, mailbox_id }) => ({ owner_uuid, mailbox_id }))
  }
}

type LampPlace = { readonly owner_uuid: string; readonly mailbox_id: number }

/** Writes decisions, each at most once in a batch, and cuts traces that grew. */
export async function saveDecisions(sql: Sql, decisions: readonly LampDecision[], growth: TraceGrowth): Promise<void> {
  if (decisions.length === 0) return
  await sql.rows('lamp.trace', SAVE, [JSON.stringify(decisions.map(toRow))])
  const due = growth.add(decisions)
  if (due.length > 0) await sql.rows('lamp.prune-trace', PRUNE, [JSON.stringify(due)])
}

function toRow({ id, atMs, ownerId, mailboxId, cause, summary, revision, action, status, reason }: LampDecision) {
  return {
    id,
    at_ms: atMs,
    owner_uuid: ownerId,
    mailbox_id: mailboxId,
    cause: cause.kind,
    cause_name: cause.name,
    event_id: cause.eventId,
    new: summary.new,
    old: summary.old,
    urgent_new: summary.urgentNew,
    urgent_old: summary.urgentOld,
    revision,
    action,
    status,
    reason,
  }
}
