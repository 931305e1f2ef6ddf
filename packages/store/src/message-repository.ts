import type { MailboxAudience } from '@lamplighter/contracts'
import {
  addSummaries,
  contribution,
  type FolderId,
  type MailboxId,
  type Message,
  type MessageHandling,
  type MessageId,
  type MessageStatus,
  type MessageSummary,
  searchTextOf,
  subtractSummary,
  type TenantId,
  type Transcription,
  type UserId,
  urgentAfterMove,
} from '@lamplighter/domain'
import { addingCounts, type SummaryRepository } from './summary-repository.js'
import type { TransactionSql } from './transaction-sql.js'
import { type TranscriptionRow, toTranscription, toTranscriptionJson } from './transcription-row.js'

/** Columns of a message, for every statement that reads one. `g` is the message. */
export const MESSAGE_COLUMNS = `g.id::text, g.mailbox_id, g.tenant_uuid::text, g.folder_id, g.urgent, g.caller_id_name,
  g.caller_id_num, g.left_at, g.duration_ms, g.audio_key, g.audio_bytes, g.audio_sha256,
  g.private, g.hold, g.status, g.note, g.claimed_by::text, g.claim_expires_at, g.handled_by::text, g.read_by::text[],
  g.transcription`

/** A row of {@link MESSAGE_COLUMNS}. */
export type MessageRow = {
  id: string
  mailbox_id: number
  tenant_uuid: string
  folder_id: number
  urgent: boolean
  caller_id_name: string | null
  caller_id_num: string | null
  left_at: number
  duration_ms: number
  audio_key: string
  audio_bytes: number
  audio_sha256: string | null
  transcription: TranscriptionRow | null
} & HandlingRow

/** The columns of what people made of a message. */
export type HandlingRow = {
  private: boolean
  hold: boolean
  status: string
  note: string | null
  claimed_by: string | null
  /** A text where the row came as JSON. */
  claim_expires_at: Date | string | null
  handled_by: string | null
  read_by: string[]
}

/**
 * A message and its counts in one statement that nobody waits for. What it comes to is known under the lock; were it not so,
 * the statement fails and with it the transaction: the division is by nothing unless the summary was as it was read.
 */
const INSERT = `
  WITH added AS (
    INSERT INTO message (id, mailbox_id, tenant_uuid, folder_id, urgent, caller_id_name, caller_id_num, left_at, duration_ms, audio_key,
      audio_bytes, audio_sha256, private, transcription, transcribed_at, search_text)
    VALUES ($1::uuid, $2, $3::uuid, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::jsonb, $15, $16)),
  counted AS (${addingCounts(17)} WHERE s.mailbox_id = $2 AND s.revision = $21 RETURNING 1)
  SELECT 1 / count(*) FROM counted`
/** Rows of messages that may be there already. */
const INSERT_ALL = `
  INSERT INTO message (id, mailbox_id, tenant_uuid, folder_id, urgent, caller_id_name, caller_id_num, left_at, duration_ms, audio_key,
    audio_bytes, audio_sha256, private, status, note, transcription, transcribed_at, search_text)
  SELECT id, $1, $2::uuid, folder_id, urgent, caller_id_name, caller_id_num, left_at, duration_ms, audio_key,
    audio_bytes, audio_sha256, private, status, note, transcription, transcribed_at, search_text
  FROM json_to_recordset($3::json) AS r(
    id uuid, folder_id smallint, urgent bool, caller_id_name text, caller_id_num text, left_at bigint, duration_ms int,
    audio_key text, audio_bytes int, audio_sha256 text, private bool, status text, note text, transcription jsonb,
    transcribed_at timestamptz, search_text text)
  ON CONFLICT (id) DO NOTHING RETURNING id::text`
const FIND = `SELECT ${MESSAGE_COLUMNS} FROM message g WHERE g.id = $1::uuid AND g.mailbox_id = $2 AND g.tenant_uuid = $3::uuid AND g.deleted_at IS NULL`
const SET_FOLDER = `
  UPDATE message SET folder_id = $4, urgent = id = ANY ($5::uuid[])
  WHERE id = ANY ($1::uuid[]) AND mailbox_id = $2 AND tenant_uuid = $3::uuid`

const TRANSCRIBE = `
  UPDATE message SET transcription = $4::jsonb, transcribed_at = $5, search_text = $6
  WHERE id = $1::uuid AND mailbox_id = $2 AND tenant_uuid = $3::uuid`

/** The message a row stands for. */
export function toMessage(row: MessageRow): Message {
  return {
    id: row.id as MessageId,
    mailboxId: row.mailbox_id as MailboxId,
    tenantId: row.tenant_uuid as TenantId,
    folderId: row.folder_id as FolderId,
    urgent: row.urgent,
    callerIdName: row.caller_id_name,
    callerIdNum: row.caller_id_num,
    leftAt: Number(row.left_at),
    durationMs: row.duration_ms,
    audioKey: row.audio_key,
    audioBytes: row.audio_bytes,
    audioSha256: row.audio_sha256,
    transcription: toTranscription(row.transcription),
    ...toHandling(row),
  }
}

/** What people made of the message a row stands for. */
export function toHandling(row: HandlingRow): MessageHandling {
  const { claimed_by: claimedBy, claim_expires_at: expiresAt } = row
  return {
    private: row.private,
    hold: row.hold,
    status: row.status as MessageStatus,
    note: row.note,
    claim: claimedBy && expiresAt ? { userId: claimedBy as UserId, expiresAt: new Date(expiresAt) } : null,
    handledBy: row.handled_by as UserId | null,
    readBy: row.read_by as UserId[],
  }
}

/** What a row keeps of a message's transcript: the transcription, when it was made, and what a search looks through. */
function transcriptOf(message: Message): [string | null, string | null, string] {
  const { transcription, callerIdName, callerIdNum } = message
  const searched = searchTextOf(callerIdName, callerIdNum, transcription?.text ?? null)
  return [toTranscriptionJson(transcription), transcription?.createdAt ?? null, searched]
}

function toInsertRow(message: Message): Record<string, unknown> {
  const [transcription, transcribedAt, searchText] = transcriptOf(message)
  return {
    id: message.id,
    folder_id: message.folderId,
    urgent: message.urgent,
    caller_id_name: message.callerIdName,
    caller_id_num: message.callerIdNum,
    left_at: message.leftAt,
    duration_ms: message.durationMs,
    audio_key: message.audioKey,
    audio_bytes: message.audioBytes,
    audio_sha256: message.audioSha256,
    private: message.private,
    status: message.status,
    note: message.note,
    transcription: transcription === null ? null : JSON.parse(transcription),
    transcribed_at: transcribedAt,
    search_text: searchText,
  }
}

/** What changed: the message as it is now and the mailbox after it. */
type MessageChange = { readonly message: Message; readonly audience: MailboxAudience }

/** What changed at once: the messages as they are now (or were, when deleted) and the mailbox after all of them. */
export type MessagesChanged = { readonly messages: readonly Message[]; readonly audience: MailboxAudience }

/**
 * Changes messages of a mailbox whose lock is held, and its counts with them: nothing else in the product writes
 * message rows, so the summary cannot drift from them.
 */
export class MessageWriter {
  readonly #sql: TransactionSql
  readonly #summaries: SummaryRepository
  readonly #audience: MailboxAudience

  constructor(sql: TransactionSql, summaries: SummaryRepository, audience: MailboxAudience) {
    this.#sql = sql
    this.#summaries = summaries
    this.#audience = audience
  }

  /** A message of this mailbox as it is under the lock. */
  async find(id: string): Promise<Message | undefined> {
    const [row] = await this.#sql.rows<MessageRow>('message.find', FIND, [id, ...this.#place()])
    return row && toMessage(row)
  }

  /** Adds a message, of nobody's claim. Its row is on its way when this returns: the commit waits for it. */
  insert(message: Message): MessageChange {
    const { id, folderId, urgent, callerIdName, callerIdNum, leftAt, durationMs } = message
    const { audioKey, audioBytes, audioSha256 } = message
    const facts = [folderId, urgent, callerIdName, callerIdNum, leftAt, durationMs]
    const audio = [audioKey, audioBytes, audioSha256]
    const { revision, summary, claimed } = this.#audience.state
    const added = contribution(folderId, urgent)
    const counts = [added.new, added.old, added.urgentNew, added.urgentOld, revision]
    const values = [id, ...this.#place(), ...facts, ...audio, message.private, ...transcriptOf(message), ...counts]
    this.#sql.send('message.insert', INSERT, values)
    const state = { revision: revision + 1, summary: addSummaries([summary, added]), claimed }
    return { message, audience: { ...this.#audience, state } }
  }

  /** Adds many messages in one statement and one revision; those whose id is taken are left out. */
  async insertAll(messages: readonly Message[]): Promise<MessagesChanged> {
    const values = [...this.#place(), JSON.stringify(messages.map(toInsertRow))]
    const rows = await this.#sql.rows<{ id: string }>('message.insert_all', INSERT_ALL, values)
    const inserted = new Set(rows.map(({ id }) => id))
    const added = messages.filter(({ id }) => inserted.has(id))
    if (added.length === 0) return { messages: [], audience: this.#audience }
    const state = await this.#summaries.apply(this.#audience.mailbox.id, countOf(added))
    return { messages: added, audience: { ...this.#audience, state } }
  }

  /** Moves messages; the caller has seen that each comes from another folder. */
  async move(messages: readonly Message[], folderId: FolderId): Promise<MessagesChanged> {
    const moved = messages.map((one) => ({ ...one, folderId, urgent: urgentAfterMove(one.urgent, folderId) }))
    const urgent = moved.filter((one) => one.urgent)
    await this.#sql.rows('message.move', SET_FOLDER, [idsOf(messages), ...this.#place(), folderId, idsOf(urgent)])
    const state = await this.#summaries.apply(
      this.#audience.mailbox.id,
      subtractSummary(countOf(moved), countOf(messages)),
    )
    return { messages: moved, audience: { ...this.#audience, state } }
  }

  /** Gives a message a transcription, or takes it away. It counts for nothing, so the revision stays. */
  async transcribe(message: Message, transcription: Transcription | null): Promise<MessageChange> {
    const transcribed = { ...message, transcription }
    await this.#sql.rows('message.transcribe', TRANSCRIBE, [message.id, ...this.#place(), ...transcriptOf(transcribed)])
    return { message: transcribed, audience: this.#audience }
  }

  #place(): [number, string] {
    return [this.#audience.mailbox.id, this.#audience.mailbox.tenantId]
  }
}

/** Ids of messages, as statements take them. */
export function idsOf(messages: readonly Message[]): string[] {
  return messages.map(({ id }) => id)
}

/** What messages together add to the summary of their mailbox. */
export function countOf(messages: readonly Message[]): MessageSummary {
  return addSummaries(messages.map(({ folderId, urgent }) => contribution(folderId, urgent)))
}
