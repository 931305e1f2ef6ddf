import type { Message } from '@lamplighter/domain'
import Type, { type Static } from 'typebox'
import { MAX_TRANSCRIPT } from './events/transcriptions.js'
import { nullable, text } from './rest/schemas.js'

/** Format of the archives we write and take back; a newer one is refused, not guessed at. */
export const ARCHIVE_VERSION = 1

const closed = { additionalProperties: false }
const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const bytes = Type.Integer({ minimum: 0, maximum: 2_147_483_647 })

/** `manifest.json`, the first entry: what the archive is and how its list can be checked. */
export const archiveManifestSchema = Type.Object(
  {
    format: Type.Literal('lamplighter.messages'),
    version: Type.Literal(ARCHIVE_VERSION),
    exported_at: text(64),
    messages: Type.Integer({ minimum: 0 }),
    messages_jsonl: Type.Object({ bytes, sha256 }, closed),
  },
  closed,
)
/** Wire form of {@link archiveManifestSchema}. */
export type ArchiveManifest = Static<typeof archiveManifestSchema>

/** A line of `messages.jsonl`, the second entry; its audio is the entry `audio/<id>.wav`. */
export const archivedMessageSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }),
    voicemail_id: Type.Integer({ minimum: 0 }),
    folder_id: Type.Integer({ minimum: 1, maximum: 6 }),
    urgent: Type.Boolean(),
    caller_id_name: nullable(text(80)),
    caller_id_num: nullable(text(80)),
    timestamp: Type.Integer({ minimum: 0, maximum: 253_402_300_799 }),
    private: Type.Boolean(),
    status: Type.Enum(['open', 'done', 'call-back']),
    note: nullable(Type.String({ maxLength: 4096 })),
    /** It lay in the trash; such a message is shown to whoever asks what is stored, and never brought back. */
    deleted: Type.Boolean(),
    transcription: nullable(
      Type.Object(
        {
          text: Type.String({ maxLength: MAX_TRANSCRIPT }),
          provider_id: nullable(text(128)),
          language: nullable(text(35)),
          duration: nullable(Type.Number({ minimum: 0, maximum: 1e7 })),
          created_at: Type.String({ pattern: '^\\d{4}-[01]\\d-[0-3]\\dT[0-2]\\d:[0-5]\\d:[0-5]\\d\\.\\d{3}Z$' }),
        },
        closed,
      ),
    ),
    audio: Type.Object({ bytes, sha256 }, closed),
  },
  closed,
)
/** Wire form of {@link archivedMessageSchema}. */
export type ArchivedMessage = Static<typeof archivedMessageSchema>

/** A message as an archive holds it. Who claimed, read or handled it stays behind: users are another installation's. */
export function toArchivedMessage(
  message: Message,
  deleted: boolean,
  audio: { readonly bytes: number; readonly sha256: string },
): ArchivedMessage {
  const { transcription } = message
  return {
    id: message.id,
    voicemail_id: message.mailboxId,
    folder_id: message.folderId,
    urgent: message.urgent,
    caller_id_name: message.callerIdName,
    caller_id_num: message.callerIdNum,
    timestamp: message.leftAt,
    private: message.private,
    status: message.status,
    note: message.note,
    deleted,
    transcription: transcription && {
      text: transcription.text,
      provider_id: transcription.providerId,
      language: transcription.language,
      duration: transcription.durationSec,
      created_at: transcription.createdAt,
    },
    audio,
  }
}
