import { draft, type EventDraft, mwiSourceLost, mwiSourceRecovered } from '@lamplighter/contracts'
import type { ExternalSource, MailboxId, MwiSourceId, TenantId } from '@lamplighter/domain'
import type { MwiSourceStatus } from './mwi-source-repository.js'
import type { Outbox } from './outbox.js'
import type { Sql } from './sql.js'

/** An external mailbox, and the source that speaks of it alone where there is one. */
type FedMailbox = {
  readonly mailboxId: MailboxId
  readonly tenantId: TenantId
  readonly kind: ExternalSource
  readonly sourceId: MwiSourceId | null
}

/** An external mailbox whose counts became old, and why. */
export type LostMailbox = FedMailbox & {
  /** Our subscription waits for its next try, or is refused for good; or the source was not heard of in time. */
  readonly reason: 'waiting' | 'stopped' | 'silent'
  readonly lastStatus: number | null
  readonly lastReason: string | null
  readonly lastHeardAt: Date | null
}

/** A lost external mailbox that was heard of again. */
export type RecoveredMailbox = FedMailbox & { readonly lostAt: Date; readonly heardAt: Date }

/** Marks the mailboxes that `which` finds and locks as lost at $1, and their counts as old. An array goes by the key always. */
const losing = (which: string) => `
  WITH lost AS (
    UPDATE mailbox SET external_lost_at = $1::timestamptz, external_stale_at = least(external_stale_at, $1::timestamptz)
    WHERE id = ANY (ARRAY(${which}))
    RETURNING id, tenant_uuid, external, external_heard_at)
  SELECT l.id AS "mailboxId", l.tenant_uuid::text AS "tenantId", l.external AS kind, s.uuid::text AS "sourceId",
    s.last_status AS "lastStatus", s.last_reason AS "lastReason", l.external_heard_at AS "lastHeardAt"
  FROM lost l LEFT JOIN mwi_source s ON s.mailbox_id = l.id`
/** What was heard after the subscription came to stand so holds: a worker whose turn is over may be late with its word. */
const LOSE_ONE = losing(`
    SELECT id FROM mailbox
    WHERE id = $2 AND external = 'subscribe' AND deleted_at IS NULL AND external_lost_at IS NULL
      AND (external_heard_at IS NULL OR external_heard_at <= $1::timestamptz)
    FOR NO KEY UPDATE`)
const LOSE_SILENT = losing(`
    SELECT id FROM mailbox
    WHERE external_stale_at <= $1::timestamptz AND external_lost_at IS NULL AND deleted_at IS NULL
    ORDER BY external_stale_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`)
const SAVE_STATUS = `
  UPDATE mwi_source SET state = $2, last_status = $3::int, last_reason = $4, expires_at = $5::timestamptz, target = $6
  WHERE uuid = $1::uuid`

/**
 * Says once that the source of an external mailbox is lost, in the transaction that notes it: whatever process looks next
 * finds it said. That it is heard of again says {@link feedMailbox}.
 */
export class ExternalAlarm {
  readonly #sql: Sql
  readonly #outbox: Outbox

  constructor(sql: Sql, outbox: Outbox) {
    this.#sql = sql
    this.#outbox = outbox
  }

  /**
   * Writes down how a subscription of ours stands since that moment. One that waits or is stopped is not heard of: what it
   * last said is old from now on.
   */
  async stands(uuid: MwiSourceId, mailbox: MailboxId, status: MwiSourceStatus, at: Date): Promise<LostMailbox[]> {
    const { state, lastStatus, lastReason, expiresAt, target } = status
    const reason = state === 'waiting' || state === 'stopped' ? state : undefined
    // The mailbox before its source, as whoever purges it takes them.
    const rows = reason ? await this.#sql.rows<LostMailbox>('external.lose', LOSE_ONE, [at, mailbox]) : []
    await this.#sql.rows('external.status', SAVE_STATUS, [uuid, state, lastStatus, lastReason, expiresAt, target])
    return this.#say(
      rows.map((row) => ({ ...row, sourceId: uuid, reason: reason ?? 'silent', lastStatus, lastReason })),
    )
  }

  /** Up to so many mailboxes that should have been heard of by now. One that is being told right now is passed over. */
  async silent(now: Date, limit: number): Promise<LostMailbox[]> {
    const rows = await this.#sql.rows<LostMailbox>('external.silent', LOSE_SILENT, [now, limit])
    return this.#say(rows.map((row) => ({ ...row, reason: 'silent' })))
  }

  #say(lost: readonly LostMailbox[]): LostMailbox[] {
    this.#outbox.add(lost.map(lostDraft))
    return [...lost]
  }
}

function lostDraft({ reason, lastStatus, lastReason, lastHeardAt, ...fed }: LostMailbox): EventDraft {
  const data = {
    ...subjectOf(fed),
    reason,
    last_status: lastStatus,
    last_reason: lastReason,
    last_heard_at: lastHeardAt?.toISOString() ?? null,
  }
  return draft(mwiSourceLost, { tenant: fed.tenantId }, data)
}

/** What is said of a lost mailbox that is heard of again. */
export function recoveredDraft({ lostAt, heardAt, ...fed }: RecoveredMailbox): EventDraft {
  const data = { ...subjectOf(fed), lost_at: lostAt.toISOString(), heard_at: heardAt.toISOString() }
  return draft(mwiSourceRecovered, { tenant: fed.tenantId }, data)
}

function subjectOf({ mailboxId, sourceId, kind }: FedMailbox) {
  return { voicemail_id: mailboxId, source_uuid: sourceId, kind }
}
