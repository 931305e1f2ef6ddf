import * as auth from './auth.js'
import * as config from './config.js'
import * as counts from './counts.js'
import type { EventDefinition } from './definition.js'
import * as messages from './messages.js'

export * from './auth.js'
export * from './auth-drafts.js'
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
} from './drafts.js'
export type { EnvelopeContext, EventHeaders, EventRecord, EventTarget } from './envelope.js'
export * from './messages.js'

/** Every event the product emits. */
export const EVENTS: readonly EventDefinition[] = [
  ...Object.values(messages),
  ...Object.values(counts),
  ...Object.values(config),
  ...Object.values(auth),
]
