import {
  EMPTY_SUMMARY,
  GLOBAL_RIGHTS,
  type MailboxHead,
  type MailboxMember,
  type MailboxState,
  type Message,
  type MessageSummary,
  OWNER_RIGHTS,
  type Rights,
  shownSummary,
  type UserId,
} from '@lamplighter/domain'
import type { TObject } from 'typebox'
import { toEventMessage } from '../message-view.js'
import { globalMwiUpdated, userMwiUpdated } from './counts.js'
import type { EventData, EventDefinition } from './definition.js'
import { createEvent, type EnvelopeContext, type EventRecord, type EventTarget } from './envelope.js'
import {
  globalMessageCreated,
  globalMessageDeleted,
  globalMessageUpdated,
  userMessageCreated,
  userMessageDeleted,
  userMessageUpdated,
} from './messages.js'
import {
  callLogdTranscriptionCreated,
  callLogdTranscriptionDeleted,
  globalTranscriptionCreated,
  globalTranscriptionDeleted,
  userTranscriptionCreated,
  userTranscriptionDeleted,
} from './transcriptions.js'

/** An event that still lacks the moment and the installation: the outbox completes it. */
export type EventDraft = (context: EnvelopeContext) => EventRecord

/** Says something; the outbox of the same transaction turns it into a row. */
export function draft<Data extends TObject>(
  definition: EventDefinition<Data>,
  target: EventTarget,
  data: EventData<EventDefinition<Data>>,
): EventDraft {
  return (context) => createEvent(definition, target, data, context)
}

/** A mailbox, who its users and members are and where it stands: what every event about it is made of. */
export type MailboxAudience = {
  readonly mailbox: MailboxHead
  readonly users: readonly UserId[]
  readonly members: readonly MailboxMember[]
  readonly state: MailboxState
}

const MESSAGE_EVENTS = {
  created: { user: userMessageCreated, global: globalMessageCreated },
  updated: { user: userMessageUpdated, global: globalMessageUpdated },
  deleted: { user: userMessageDeleted, global: globalMessageDeleted },
} as const

const TRANSCRIPTION_EVENTS = {
  created: { stored: callLogdTranscriptionCreated, user: userTranscriptionCreated, global: globalTranscriptionCreated },
  deleted: { stored: callLogdTranscriptionDeleted, user: userTranscriptionDeleted, global: globalTranscriptionDeleted },
} as const

/**
 * What happened to a message, for each user of a personal mailbox or once for the tenant of a global one (bus.md 4.2). Its
 * transcription comes and goes with it.
 */
export function messageDrafts(
  action: keyof typeof MESSAGE_EVENTS,
  message: Message,
  audience: MailboxAudience,
): EventDraft[] {
  const told = messageOnlyDrafts(action, message, audience)
  return action === 'updated' ? told : [...told, ...transcriptionDrafts(action, message, audience)]
}

/** What happened to the transcription of a message: the store's word first, then the users' or the tenant's (bus.md 2.5). */
export function transcriptionDrafts(
  action: keyof typeof TRANSCRIPTION_EVENTS,
  { id, transcription }: Message,
  { mailbox, users, state }: MailboxAudience,
): EventDraft[] {
  if (!transcription) return []
  const tenant = mailbox.tenantId
  const at = { id: mailbox.id, revision: state.revision }
  const said = {
    transcription_text: transcription.text,
    provider_id: transcription.providerId,
    language: transcription.language,
    duration: transcription.durationSec,
    created_at: transcription.createdAt,
  }
  const placed = { voicemail_id: mailbox.id, message_id: id, ...said }
  const { stored, user: ofUser, global } = TRANSCRIPTION_EVENTS[action]
  const target = { tenant, mailbox: at }
  const kept = draft(stored, target, { message_id: id, tenant_uuid: tenant, voicemail_id: mailbox.id, ...said })
  if (mailbox.accesstype === 'global') return [kept, draft(global, target, placed)]
  return [kept, ...users.map((user) => draft(ofUser, { ...target, user }, { user_uuid: user, ...placed }))]
}

function messageOnlyDrafts(
  action: keyof typeof MESSAGE_EVENTS,
  message: Message,
  { mailbox, users, state }: MailboxAudience,
): EventDraft[] {
  const tenant = mailbox.tenantId
  const at = { id: mailbox.id, revision: state.revision }
  const data = { voicemail_id: mailbox.id, message_id: message.id, message: toEventMessage(message, mailbox) }
  if (mailbox.accesstype === 'global') return [draft(MESSAGE_EVENTS[action].global, { tenant, mailbox: at }, data)]
  return users.map((user) =>
    draft(MESSAGE_EVENTS[action].user, { tenant, user, mailbox: at }, { user_uuid: user, ...data }),
  )
}

/** The absolute counts a mailbox now shows its whole audience. */
export function countDrafts({ mailbox, users, state }: MailboxAudience): EventDraft[] {
  const summary = shownSummary(mailbox.enabled, state.summary)
  if (mailbox.accesstype === 'global') return [globalCounts(mailbox, summary, state.revision)]
  const audience = users.length > 0 ? users : [null]
  return audience.map((user) => userCounts(mailbox, user, summary, state.revision))
}

/** What a user may do with the mailbox: nothing is 0, and then it is out of reach. */
export function rightsOf({ mailbox, users, members }: MailboxAudience, user: UserId): Rights {
  const own = users.includes(user) ? OWNER_RIGHTS : 0
  const shared = mailbox.accesstype === 'global' ? GLOBAL_RIGHTS : 0
  const given = members.filter(({ userId }) => userId === null || userId === user)
  return given.reduce((all, { rights }) => all | rights, own | shared)
}

/** Zeros for a user who no longer has the mailbox. */
export function lostByUser(mailbox: MailboxHead, user: UserId, revision: number): EventDraft {
  return userCounts(mailbox, user, EMPTY_SUMMARY, revision)
}

/** Zeros for everyone who had the mailbox: it was deleted, moved to another tenant or is shared no more. */
export function lostByAll(before: MailboxAudience, revision: number): EventDraft[] {
  return countDrafts({ ...before, state: { summary: EMPTY_SUMMARY, revision } })
}

function wireCounts(mailbox: MailboxHead, summary: MessageSummary, revision: number) {
  return {
    voicemail_id: mailbox.id,
    new: summary.new,
    old: summary.old,
    urgent_new: summary.urgentNew,
    urgent_old: summary.urgentOld,
    version: revision,
  }
}

function globalCounts(mailbox: MailboxHead, summary: MessageSummary, revision: number): EventDraft {
  const target = { tenant: mailbox.tenantId, mailbox: { id: mailbox.id, revision } }
  return draft(globalMwiUpdated, target, wireCounts(mailbox, summary, revision))
}

function userCounts(mailbox: MailboxHead, user: UserId | null, summary: MessageSummary, revision: number): EventDraft {
  const target = { tenant: mailbox.tenantId, user, mailbox: { id: mailbox.id, revision } }
  return draft(userMwiUpdated, target, { user_uuid: user, ...wireCounts(mailbox, summary, revision) })
}
