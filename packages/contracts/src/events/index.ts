import * as config from './config.js'
import * as counts from './counts.js'
import type { EventDefinition } from './definition.js'
import * as messages from './messages.js'
import * as transcriptions from './transcriptions.js'

export * from './config.js'
export * from './counts.js'
export type { EventData, EventDefinition, EventKind } from './definition.js'
export {
  countDrafts,
  draft,
  type EventDraft,
  lostByAll,
  lostByUser,
  type MailboxAudience,
  messageDrafts,
  rightsOf,
  transcriptionDrafts,
} from './drafts.js'
export type { EnvelopeContext, EventHeaders, EventRecord, EventTarget } from './envelope.js'
export * from './messages.js'
export {
  TRANSCRIPTION_COMPLETED,
  type TranscriptionCompleted,
  transcriptionCompletedSchema,
} from './transcriptions.js'

/** Every event the product emits. */
export const EVENTS: readonly EventDefinition[] = [
  ...Object.values(messages),
  transcriptions.callLogdTranscriptionCreated,
  transcriptions.callLogdTranscriptionDeleted,
  transcriptions.userTranscriptionCreated,
  transcriptions.userTranscriptionDeleted,
  transcriptions.globalTranscriptionCreated,
  transcriptions.globalTranscriptionDeleted,
  ...Object.values(counts),
  ...Object.values(config),
]
