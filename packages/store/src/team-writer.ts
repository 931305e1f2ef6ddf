import type { MailboxAudience } from '@lamplighter/contracts'
import {
  type Claim,
  contribution,
  EMPTY_SUMMARY,
  type FolderId,
  type Message,
  type MessageId,
  type MessageStatus,
  type MessageSummary,
  subtractSummary,
  type UserId,
} from '@lamplighter/domain'
import type { Sql, SqlValue } from './sql.js'
import type { SummaryRepository } from './summary-repository.js'

/** A message as it is now, and the mailbox after the change. */
export type TeamChange = { readonly message: Message; readonly audience: MailboxAudience }
/** A claim that ran out. */
export type LapsedClaim = { readonly messageId: MessageId; readonly userId: UserId }
/** Who holds a claim, for people who want the message too. */
export type ClaimHolder = { readonly claim: Claim; readonly name: string | null }

const THIS = 'mailbox_id = $1 AND tenant_uuid = $2::uuid AND deleted_at IS NULL'
const CLAIM = `
  UPDATE message SET claimed_by = $4::uuid, claim_expires_at = clock_timestamp()
    + make_interval(secs => coalesce($5::int, (SELECT t.claim_lease_sec FROM tenant t WHERE t.uuid = $2::uuid)))
  WHERE id = $3::uuid AND ${THIS}
    AND (claimed_by IS NULL OR claimed_by = $4::uuid OR claim_expires_at <= clock_timestamp())
  RETURNING claim_expires_at`
const HOLDER = `
  SELECT g.claimed_by::text, g.claim_expires_at, nullif(concat_ws(' ', u.firstname, u.lastname), '') AS name
  FROM message g LEFT JOIN "user" u ON u.uuid = g.claimed_by
  WHERE g.id = $3::uuid AND g.mailbox_id = $1 AND g.tenant_uuid = $2::uuid AND g.claimed_by IS NOT NULL`
const RELEASE = `UPDATE message SET claimed_by = NULL, claim_expires_at = NULL WHERE id = $3::uuid AND ${THIS}`
const LAPSE = `
  WITH lapsed AS (
    SELECT id, claimed_by FROM message WHERE ${THIS} AND claimed_by IS NOT NULL AND claim_expires_at <= clock_timestamp()
    ORDER BY claim_expires_at LIMIT $3)
  UPDATE message g SET claimed_by = NULL, claim_expires_at = NULL FROM lapsed WHERE g.id = lapsed.id
  RETURNING g.id::text AS "messageId", lapsed.claimed_by::text AS "userId"`
const SET_STATUS = `
  UPDATE message SET status = $4, note = $5, handled_by = $6::uuid, handled_at = CASE WHEN $6::uuid IS NOT NULL THEN now() END,
    claimed_by = CASE WHEN $7 THEN NULL ELSE claimed_by END, claim_expires_at = CASE WHEN $7 THEN NULL ELSE claim_expires_at END
  WHERE id = $3::uuid AND ${THIS}`
const SET_FLAGS = `
  UPDATE message SET folder_id = $4, urgent = $5, private = $6 WHERE id = $3::uuid AND ${THIS}`
const MARK_READ = `
  UPDATE message SET read_by = read_by || $4::uuid WHERE id = ANY ($3::uuid[]) AND ${THIS} AND NOT read_by @> ARRAY[$4::uuid]`

/** What a team does with messages of a mailbox whose lock is held; each change raises its revision. */
export class TeamWriter {
  readonly #sql: Sql
  readonly #summaries: SummaryRepository
  readonly #audience: MailboxAudience

  constructor(sql: Sql, summaries: SummaryRepository, audience: MailboxAudience) {
    this.#sql = sql
    this.#summaries = summaries
    this.#audience = audience
  }

  /**
   * Gives a message to a user, or prolongs the user's claim; undefined while it is somebody else's.
   *
   * @param leaseSec null is the tenant's own
   */
  async claim(message: Message, userId: UserId, leaseSec: number | null): Promise<TeamChange | undefined> {
    const values = this.#values(message.id, userId, leaseSec)
    const [row] = await this.#sql.rows<{ claim_expires_at: Date }>('team.claim', CLAIM, values)
    return row && this.#changed({ ...message, claim: { userId, expiresAt: row.claim_expires_at } })
  }

  /** Who holds the claim on a message. */
  async holder(message: Message): Promise<ClaimHolder | undefined> {
    type Row = { claimed_by: string; claim_expires_at: Date; name: string | null }
    const [row] = await this.#sql.rows<Row>('team.holder', HOLDER, this.#values(message.id))
    return row && { claim: { userId: row.claimed_by as UserId, expiresAt: row.claim_expires_at }, name: row.name }
  }

  /** Ends the claim on a message, whosever it is. */
  async release(message: Message): Promise<TeamChange> {
    await this.#sql.rows('team.release', RELEASE, this.#values(message.id))
    return this.#changed({ ...message, claim: null })
  }

  /** Ends claims that ran out, the oldest first. */
  async lapse(limit: number): Promise<{ lapsed: LapsedClaim[]; audience: MailboxAudience }> {
    const { id, tenantId } = this.#audience.mailbox
    const lapsed = await this.#sql.rows<LapsedClaim>('team.lapse', LAPSE, [id, tenantId, limit])
    if (lapsed.length === 0) return { lapsed, audience: this.#audience }
    return { lapsed, audience: await this.#after(EMPTY_SUMMARY) }
  }

  /** Says how far a message is. A message that is done is nobody's any more. @param by nobody while it is open */
  async setStatus(message: Message, status: MessageStatus, note: string | null, by: UserId): Promise<TeamChange> {
    const handledBy = status === 'open' ? null : by
    const ends = status === 'done'
    const values = this.#values(message.id, status, note, handledBy, ends)
    await this.#sql.rows('team.status', SET_STATUS, values)
    return this.#changed({ ...message, status, note, handledBy, claim: ends ? null : message.claim })
  }

  /** Puts a message where its flags say it belongs. */
  async setFlags(
    message: Message,
    flags: { readonly folderId: FolderId; readonly urgent: boolean; readonly private: boolean },
  ): Promise<TeamChange> {
    const values = this.#values(message.id, flags.folderId, flags.urgent, flags.private)
    await this.#sql.rows('team.flags', SET_FLAGS, values)
    const before = contribution(message.folderId, message.urgent)
    return this.#changed({ ...message, ...flags }, subtractSummary(contribution(flags.folderId, flags.urgent), before))
  }

  /** Remembers who marked messages read; once is enough. It is no change of the mailbox by itself. */
  async markRead(ids: readonly MessageId[], by: UserId): Promise<void> {
    const { id, tenantId } = this.#audience.mailbox
    await this.#sql.rows('team.markRead', MARK_READ, [id, tenantId, ids, by])
  }

  #values(id: MessageId, ...more: SqlValue[]): SqlValue[] {
    return [this.#audience.mailbox.id, this.#audience.mailbox.tenantId, id, ...more]
  }

  async #changed(message: Message, delta: MessageSummary = EMPTY_SUMMARY): Promise<TeamChange> {
    return { message, audience: await this.#after(delta) }
  }

  async #after(delta: MessageSummary): Promise<MailboxAudience> {
    const state = await this.#summaries.apply(this.#audience.mailbox.id, delta)
    return { ...this.#audience, state }
  }
}
