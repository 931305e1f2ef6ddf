import { Readable } from 'node:stream'
import {
  type ArchivedMessage,
  countDrafts,
  type MailboxAudience,
  messageDrafts,
  quotaDrafts,
} from '@lamplighter/contracts'
import {
  type Actor,
  type FolderId,
  LamplighterError,
  type MailboxId,
  type Message,
  type MessageId,
  type MessageStatus,
  RuleError,
  UNHANDLED,
} from '@lamplighter/domain'
import type { AudioStore, Store, TenantScope } from '@lamplighter/store'
import { type ArchiveLimits, invalidArchive, readArchive } from './archive-reader.js'
import { messagesElsewhere } from './deposit-service.js'
import { noSuchVoicemail } from './ids.js'
import { keepRecording, RecordingIntake, type StoredRecording } from './recording-intake.js'

/** What an import did; skipped are messages that are there already or lay in the trash. */
export type ImportResult = { readonly imported: number; readonly skipped: number }

/** What an archive may hold. */
const LIMITS: ArchiveLimits = { messages: 5000, bytes: 2 * 1024 ** 3, listBytes: 32 * 1024 * 1024 }

/** Brings archives back: all audio first, then every row in one transaction, or nothing at all. */
export class ImportService {
  readonly #store: Store
  readonly #audio: AudioStore
  readonly #maxAudioBytes: number

  constructor(store: Store, audio: AudioStore, maxAudioBytes: number) {
    this.#store = store
    this.#audio = audio
    this.#maxAudioBytes = maxAudioBytes
  }

  /** @throws NotFoundError; LamplighterError when the archive is not one of ours or too large; RuleError when the mailbox is full or disabled */
  async import(scope: TenantScope, mailboxId: MailboxId, body: Readable, actor: Actor): Promise<ImportResult> {
    const found = await this.#store.messages(scope).mailbox(mailboxId)
    if (!found) throw noSuchVoicemail(mailboxId)
    if (found.mailbox.external) throw messagesElsewhere(mailboxId)
    const staged = new Map<string, StoredRecording>()
    try {
      const messages = await readArchive(body, LIMITS, async (message, audio) => {
        staged.set(message.id, await this.#stage(message, audio))
      })
      const imported = await this.#record(scope, mailboxId, messages, staged, actor)
      for (const id of imported) staged.delete(id)
      await this.#discard(staged)
      return { imported: imported.length, skipped: messages.length - imported.length }
    } catch (error) {
      // Only where the transaction surely did not commit; else the sweeper looks before it deletes.
      if (error instanceof LamplighterError) await this.#discard(staged)
      throw error
    }
  }

  /** Audio that is no recording, or more of it than was promised, makes the archive a bad one. */
  async #stage({ id, audio: expected }: ArchivedMessage, audio: AsyncIterable<unknown>): Promise<StoredRecording> {
    const most = Math.min(this.#maxAudioBytes, expected.bytes)
    const intake = new RecordingIntake(most, (problem) => invalidArchive(problem, id))
    const recording = await keepRecording(this.#audio, Readable.from(audio), intake).catch((error: unknown) => {
      throw error instanceof LamplighterError ? invalidArchive(error.message, id, error) : error
    })
    if (recording.bytes === expected.bytes && recording.sha256 === expected.sha256) return recording
    await this.#audio.delete(recording.audioKey)
    throw invalidArchive('holds audio that does not fit its checksum', id)
  }

  async #record(
    scope: TenantScope,
    mailboxId: MailboxId,
    archived: readonly ArchivedMessage[],
    staged: ReadonlyMap<string, StoredRecording>,
    actor: Actor,
  ): Promise<readonly string[]> {
    return this.#store.changeMessages(scope, async (change) => {
      const before = await change.summaries.lock(mailboxId)
      if (!before) throw noSuchVoicemail(mailboxId)
      const wanted = archived.flatMap((message) => {
        const audio = staged.get(message.id)
        return audio && !message.deleted ? [toMessage(message, audio, before)] : []
      })
      const { messages, audience } = await change.writer(before).insertAll(wanted)
      refuseFull(audience)
      const details = { imported: messages.length, skipped: archived.length - messages.length }
      await change.audit.add({
        tenantId: before.mailbox.tenantId,
        actor,
        action: 'mailbox.imported',
        mailboxId,
        details,
      })
      if (messages.length > 0) {
        const told = messages.flatMap((message) => messageDrafts('created', message, audience))
        change.outbox.add([...told, ...countDrafts(audience), ...quotaDrafts(before, audience)])
      }
      return messages.map(({ id }) => id)
    })
  }

  async #discard(staged: ReadonlyMap<string, StoredRecording>): Promise<void> {
    for (const { audioKey } of staged.values()) await this.#audio.delete(audioKey)
  }
}

function refuseFull({ mailbox, state }: MailboxAudience): void {
  const details = { voicemail_id: mailbox.id }
  if (!mailbox.enabled) throw new RuleError('voicemail-disabled', 'the mailbox is disabled', details)
  const { new: unread, old } = state.summary
  if (mailbox.maxMessages !== null && unread + old > mailbox.maxMessages) {
    throw new RuleError('voicemail-full', 'the mailbox is too full', { ...details, max_messages: mailbox.maxMessages })
  }
}

function toMessage(archived: ArchivedMessage, audio: StoredRecording, { mailbox }: MailboxAudience): Message {
  const { transcription } = archived
  return {
    ...UNHANDLED,
    id: archived.id as MessageId,
    tenantId: mailbox.tenantId,
    mailboxId: mailbox.id,
    folderId: archived.folder_id as FolderId,
    urgent: archived.urgent,
    callerIdName: archived.caller_id_name,
    callerIdNum: archived.caller_id_num,
    leftAt: archived.timestamp,
    durationMs: audio.durationMs,
    audioKey: audio.audioKey,
    audioBytes: audio.bytes,
    audioSha256: audio.sha256,
    private: archived.private,
    status: archived.status as MessageStatus,
    note: archived.note,
    transcription: transcription && {
      text: transcription.text,
      providerId: transcription.provider_id,
      language: transcription.language,
      durationSec: transcription.duration,
      createdAt: transcription.created_at,
    },
  }
}
