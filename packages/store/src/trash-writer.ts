import type { MailboxAudience } from '@lamplighter/contracts'
import { EMPTY_SUMMARY, type Message, type MessageSummary, subtractSummary, type UserId } from '@lamplighter/domain'
import {
  countOf,
  idsOf,
  MESSAGE_COLUMNS,
  type MessageRow,
  type MessagesChanged,
  toMessage,
} from './message-repository.js'
import type { Sql } from './sql.js'
import type { SummaryRepository } from './summary-repository.js'

/** A message of a mailbox whose lock is held, wherever it lies. */
export type StoredMessage = {
  readonly message: Message
  readonly trashed: boolean
}

/** The rows stay locked until the transaction ends: the purge of what is too old passes over them. */
const FIND = `
  SELECT ${MESSAGE_COLUMNS}, g.deleted_at IS NOT NULL AS trashed FROM message g
  WHERE g.id = ANY ($3::uuid[]) AND g.mailbox_id = $1 AND g.tenant_uuid = $2::uuid
  ORDER BY g.id FOR UPDATE OF g`
const PRESENT = `
  SELECT ${MESSAGE_COLUMNS} FROM message g
  WHERE g.mailbox_id = $1 AND g.tenant_uuid = $2::uuid AND g.deleted_at IS NULL ORDER BY g.id FOR UPDATE OF g`
const TRASH = `
  UPDATE message SET deleted_at = $4::timestamptz, deleted_by = $5::uuid, claimed_by = NULL, claim_expires_at = NULL
  WHERE id = ANY ($3::uuid[]) AND mailbox_id = $1 AND tenant_uuid = $2::uuid`
const RESTORE = `
  UPDATE message SET deleted_at = NULL, deleted_by = NULL
  WHERE id = ANY ($3::uuid[]) AND mailbox_id = $1 AND tenant_uuid = $2::uuid`
const PURGE = 'DELETE FROM message WHERE id = ANY ($3::uuid[]) AND mailbox_id = $1 AND tenant_uuid = $2::uuid'
const HOLD = 'UPDATE message SET hold = $4 WHERE id = ANY ($3::uuid[]) AND mailbox_id = $1 AND tenant_uuid = $2::uuid'

type StoredRow = MessageRow & { trashed: boolean }

/**
 * Takes messages of a mailbox whose lock is held to the trash, back and away for good, and the counts with them: what
 * lies in the trash counts nowhere. One statement for all the messages and one for the counts.
 */
export class TrashWriter {
  readonly #sql: Sql
  readonly #summaries: SummaryRepository
  readonly #audience: MailboxAudience

  constructor(sql: Sql, summaries: SummaryRepository, audience: MailboxAudience) {
    this.#sql = sql
    this.#summaries = summaries
    this.#audience = audience
  }

  /** The messages of this mailbox with these ids, in the trash or not, as they are under the lock. */
  async find(ids: readonly string[]): Promise<StoredMessage[]> {
    const rows = await this.#sql.rows<StoredRow>('trash.find', FIND, [...this.#place(), ids])
    return rows.map((row) => ({ message: toMessage(row), trashed: row.trashed }))
  }

  /** Every message of this mailbox that is not in the trash. */
  async present(): Promise<Message[]> {
    return (await this.#sql.rows<MessageRow>('trash.present', PRESENT, this.#place())).map(toMessage)
  }

  /** Puts messages into the trash and ends their claims. @param by nobody when they grew too old */
  async trash(messages: readonly Message[], by: UserId | null, at: Date): Promise<MessagesChanged> {
    await this.#sql.rows('trash.put', TRASH, [...this.#place(), idsOf(messages), at, by])
    return this.#changed(messages, subtractSummary(EMPTY_SUMMARY, countOf(messages)))
  }

  /** Takes messages out of the trash, back to the folders they were in. */
  async restore(messages: readonly Message[]): Promise<MessagesChanged> {
    await this.#sql.rows('trash.restore', RESTORE, [...this.#place(), idsOf(messages)])
    return this.#changed(messages, countOf(messages))
  }

  /**
   * Deletes messages for good; those in the trash count no more already. Their audio is the caller's to delete, once
   * this is committed and no other row names it.
   */
  async purge(stored: readonly StoredMessage[]): Promise<MessagesChanged> {
    const messages = stored.map(({ message }) => message)
    await this.#sql.rows('trash.purge', PURGE, [...this.#place(), idsOf(messages)])
    const counted = stored.filter(({ trashed }) => !trashed).map(({ message }) => message)
    if (counted.length === 0) return { messages, audience: this.#audience }
    return this.#changed(messages, subtractSummary(EMPTY_SUMMARY, countOf(counted)))
  }

  /** Puts messages on hold, or releases them. */
  async setHold(messages: readonly Message[], hold: boolean): Promise<void> {
    await this.#sql.rows('trash.hold', HOLD, [...this.#place(), idsOf(messages), hold])
  }

  #place(): [number, string] {
    return [this.#audience.mailbox.id, this.#audience.mailbox.tenantId]
  }

  async #changed(messages: readonly Message[], delta: MessageSummary): Promise<MessagesChanged> {
    const state = await this.#summaries.apply(this.#audience.mailbox.id, delta)
    return { messages, audience: { ...this.#audience, state } }
  }
}
