import {
  callLogdTranscriptionCreated,
  callLogdTranscriptionDeleted,
  TRANSCRIPTION_COMPLETED,
} from './transcriptions.js'

/**
 * Events that carry the text of personal messages although their headers address every user (bus.md 2.5, 6.3 row 32).
 * Existing services bind to those headers, so they stay; but nobody gets such an event from us who does not see all users
 * of the tenant, whatever its ACL says.
 */
export const INTERNAL_EVENTS: ReadonlySet<string> = new Set([
  callLogdTranscriptionCreated.name,
  callLogdTranscriptionDeleted.name,
  TRANSCRIPTION_COMPLETED,
])
