import * as auth from './auth.js'
import * as config from './config.js'
import * as counts from './counts.js'
import type { EventDefinition } from './definition.js'
import * as gateways from './gateways.js'
import * as greetings from './greetings.js'
import * as lamps from './lamps.js'
import * as messages from './messages.js'
import * as pins from './pins.js'
import * as quota from './quota.js'
import * as security from './security.js'
import * as sources from './sources.js'
import * as team from './team.js'
import * as transcriptions from './transcriptions.js'

export * from './auth.js'
export * from './auth-drafts.js'
export * from './config.js'
export * from './counts.js'
export { type EventData, type EventDefinition, type EventKind, SERVICE_EVENTS_ACCESS } from './definition.js'
export {
  countDrafts,
  countsFor,
  draft,
  type EventDraft,
  editDrafts,
  lostByAll,
  type MailboxAudience,
  memberGoneDrafts,
  messageDrafts,
  rightsOf,
  shareDrafts,
  transcriptionDrafts,
} from './drafts.js'
export type { EnvelopeContext, EventHeaders, EventRecord, EventTarget } from './envelope.js'
export * from './gateways.js'
export * from './greetings.js'
export { INTERNAL_EVENTS } from './internal.js'
export * from './lamps.js'
export * from './messages.js'
export * from './pins.js'
export * from './quota.js'
export { isMailboxFull, quotaDrafts, type RejectedCaller, rejectedDrafts } from './quota-drafts.js'
export * from './security.js'
export { type SecurityEntry, securityDraft } from './security-drafts.js'
export * from './sources.js'
export { claimExpiredDrafts, claimedDrafts, releasedDrafts, statusDrafts } from './team-drafts.js'
export { topicKeyOf } from './topic-key.js'
export {
  TRANSCRIPTION_COMPLETED,
  type TranscriptionCompleted,
  transcriptionCompletedSchema,
} from './transcriptions.js'

/** Every event the product emits, by name: the order of a module's exports depends on who loads it. */
export const EVENTS: readonly EventDefinition[] = [
  ...Object.values(messages),
  transcriptions.callLogdTranscriptionCreated,
  transcriptions.callLogdTranscriptionDeleted,
  transcriptions.userTranscriptionCreated,
  transcriptions.userTranscriptionDeleted,
  transcriptions.globalTranscriptionCreated,
  transcriptions.globalTranscriptionDeleted,
  ...Object.values(counts),
  ...Object.values(team),
  ...Object.values(config),
  ...Object.values(gateways),
  ...Object.values(greetings),
  ...Object.values(pins),
  ...Object.values(quota),
  ...Object.values(lamps),
  ...Object.values(security),
  ...Object.values(sources),
  ...Object.values(auth),
].sort((one, other) => (one.name < other.name ? -1 : 1))
export { REVOCATION_EVENTS, type Revocation, readRevocation } from './revocation.js'
