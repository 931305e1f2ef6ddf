import { deleteTranscription, putTranscription, type TranscriptionInput } from '@lamplighter/contracts'
import type { Transcription } from '@lamplighter/domain'
import { type Implementation, implement } from '@lamplighter/http'
import { tenantSubtree } from '@lamplighter/store'
import { mailboxIdOf, messageIdOf } from './ids.js'
import type { TranscriptionService } from './transcription-service.js'

/** The transcription of a message, stored with it (rest.md 3.9). */
export function transcriptionRoutes(transcriptions: TranscriptionService): Implementation[] {
  return [
    implement(putTranscription, async (call) => {
      const place = { mailboxId: mailboxIdOf(call), messageId: messageIdOf(call) }
      await transcriptions.put(tenantSubtree(call.tenantId), place, toTranscription(call.body()), call.actor)
      return {}
    }),
    implement(deleteTranscription, async (call) => {
      const place = { mailboxId: mailboxIdOf(call), messageId: messageIdOf(call) }
      await transcriptions.delete(tenantSubtree(call.tenantId), place, call.actor)
      return {}
    }),
  ]
}

function toTranscription({ text, provider_id: providerId, language, duration }: TranscriptionInput): Transcription {
  return {
    text,
    providerId: providerId ?? null,
    language: language ?? null,
    durationSec: duration ?? null,
    createdAt: new Date().toISOString(),
  }
}
