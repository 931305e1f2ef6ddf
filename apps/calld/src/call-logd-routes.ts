import { listTranscriptions, type QueryOf, type TranscriptionView } from '@lamplighter/contracts'
import { InvalidInputError, MAX_INTEGER_ID } from '@lamplighter/domain'
import { type Implementation, implement } from '@lamplighter/http'
import type { PlacedTranscription, Store, TranscriptionQuery } from '@lamplighter/store'
import { readMoment } from './list-query.js'

const DEFAULT_LIMIT = 1000

/** The transcriptions of a tenant and its descendants, under the API they have in Wazo (rest.md 3.9). */
export function callLogdRoutes(store: Store): Implementation[] {
  return [
    implement(listTranscriptions, async (call) => {
      const { items, total, filtered } = await store.transcriptions(call.tenantId, readQuery(call.query()))
      return { body: { items: items.map(toView), total, filtered } }
    }),
  ]
}

function readQuery(query: QueryOf<typeof listTranscriptions>): TranscriptionQuery {
  const { voicemail_id: ids, from, until, search_text: search } = query
  return {
    ...(ids === undefined ? {} : { mailboxes: readIds(ids) }),
    ...(from === undefined ? {} : { from: readMoment('from', from) }),
    ...(until === undefined ? {} : { until: readMoment('until', until) }),
    ...(search ? { search } : {}),
    order: query.order === 'message_id' ? 'message_id' : 'created_at',
    direction: query.direction === 'asc' ? 'asc' : 'desc',
    limit: query.limit ?? DEFAULT_LIMIT,
    offset: query.offset ?? 0,
  }
}

/** Ids beyond what a mailbox can have are nobody's. */
function readIds(text: string): number[] {
  const parts = text.split(',').map((part) => part.trim())
  if (!parts.every((part) => /^\d{1,15}$/.test(part))) {
    throw InvalidInputError.of('voicemail_id', 'type', 'must be integers separated by commas')
  }
  return parts.map(Number).filter((id) => id <= MAX_INTEGER_ID)
}

function toView({ messageId, tenantId, mailboxId, transcription }: PlacedTranscription): TranscriptionView {
  return {
    message_id: messageId,
    tenant_uuid: tenantId,
    voicemail_id: mailboxId,
    transcription_text: transcription.text,
    provider_id: transcription.providerId,
    language: transcription.language,
    duration: transcription.durationSec,
    created_at: transcription.createdAt,
  }
}
