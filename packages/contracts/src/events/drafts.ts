import {
  EMPTY_SUMMARY,
  GLOBAL_RIGHTS,
  hasRight,
  type MailboxHead,
  type MailboxMember,
  type MailboxState,
  type Message,
  OWNER_RIGHTS,
  type Rights,
  shownSummary,
  type UserId,
  viewedSummary,
} from '@lamplighter/domain'
import type { TObject } from 'typebox'
import { toEventMessage } from '../message-view.js'
import { voicemailMembersEdited } from './config.js'
import { globalMwiUpdated, userMwiUpdated } from './counts.js'
import type { EventData, EventDefinition } from './definition.js'
import { createEvent, type EnvelopeContext, type EventRecord, type EventTarget } from './envelope.js'
import {
  globalMessageCreated,
  globalMessageDeleted,
  globalMessageRestored,
  globalMessageUpdated,
  userMessageCreated,
  userMessageDeleted,
  userMessageRestored,
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
  restored: { user: userMessageRestored, global: globalMessageRestored },
} as const

/** Who hears what happens in a mailbox: these users by events of their own, and maybe the whole tenant by one more. */
type Listeners = { readonly users: readonly UserId[]; readonly everyone: boolean }

/** Its users, those it is shared with to listen, and everyone of the tenant when it is global or shared with all. */
function listenersOf({ mailbox, users, members }: MailboxAudience): Listeners {
  const listening = members.filter(({ rights }) => hasRight(rights, 'listen'))
  const named = listening.flatMap(({ userId }) => userId ?? [])
  const everyone = mailbox.accesstype === 'global' || listening.some(({ userId }) => userId === null)
  return { users: [...new Set([...users, ...named])], everyone }
}

const TRANSCRIPTION_EVENTS = {
  created: { stored: callLogdTranscriptionCreated, user: userTranscriptionCreated, global: globalTranscriptionCreated },
  deleted: { stored: callLogdTranscriptionDeleted, user: userTranscriptionDeleted, global: globalTranscriptionDeleted },
} as const

/**
 * What happened to a message, for each listener and once for the tenant of an open mailbox (bus.md 4.2). Its
 * transcription comes and goes with it.
 */
export function messageDrafts(
  action: keyof typeof MESSAGE_EVENTS,
  message: Message,
  audience: MailboxAudience,
): EventDraft[] {
  const { mailbox } = audience
  const data = { voicemail_id: mailbox.id, message_id: message.id, message: toEventMessage(message, mailbox) }
  const { user: userEvent, global: tenantEvent } = MESSAGE_EVENTS[action]
  const told = draftsFor(
    audience,
    (target, user) => draft(userEvent, target, { user_uuid: user, ...data }),
    (target) => draft(tenantEvent, target, data),
  )
  if (action === 'updated') return told
  return [...told, ...transcriptionDrafts(action === 'deleted' ? 'deleted' : 'created', message, audience)]
}

/** What happened to the transcription of a message: the store's word first, then each listener's (bus.md 2.5). */
export function transcriptionDrafts(
  action: keyof typeof TRANSCRIPTION_EVENTS,
  { id, transcription }: Message,
  audience: MailboxAudience,
): EventDraft[] {
  if (!transcription) return []
  const { id: mailboxId, tenantId } = audience.mailbox
  const said = {
    transcription_text: transcription.text,
    provider_id: transcription.providerId,
    language: transcription.language,
    duration: transcription.durationSec,
    created_at: transcription.createdAt,
  }
  const placed = { voicemail_id: mailboxId, message_id: id, ...said }
  const { stored, user: userEvent, global: tenantEvent } = TRANSCRIPTION_EVENTS[action]
  const kept = { message_id: id, tenant_uuid: tenantId, voicemail_id: mailboxId, ...said }
  return [
    draft(stored, targetOf(audience), kept),
    ...draftsFor(
      audience,
      (target, user) => draft(userEvent, target, { user_uuid: user, ...placed }),
      (target) => draft(tenantEvent, target, placed),
    ),
  ]
}

/** Says something to each listener of a mailbox, and once to the tenant when it is open to everyone. */
export function draftsFor(
  audience: MailboxAudience,
  toUser: (target: EventTarget, user: UserId) => EventDraft,
  toTenant: (target: EventTarget) => EventDraft,
): EventDraft[] {
  const { users, everyone } = listenersOf(audience)
  const target = targetOf(audience)
  const personal = users.map((user) => toUser({ ...target, user }, user))
  return everyone ? [toTenant(target), ...personal] : personal
}

/**
 * The absolute counts a mailbox now shows its whole audience. The tenant is told what waits for anyone; who has claimed
 * something of an open mailbox is told it of their own as well, and that wins over the tenant's of the same version.
 */
export function countDrafts(audience: MailboxAudience): EventDraft[] {
  const { users, everyone } = listenersOf(audience)
  const holders = everyone ? audience.state.claimed.map(({ userId }) => userId) : []
  const personal = [...new Set([...users, ...holders])]
  const told = personal.length > 0 || everyone ? personal : [null]
  return [...(everyone ? [tenantCounts(audience)] : []), ...told.map((user) => viewCounts(audience, user))]
}

/** What a user may do with the mailbox: nothing is 0, and then it is out of reach. */
export function rightsOf({ mailbox, users, members }: MailboxAudience, user: UserId): Rights {
  const own = users.includes(user) ? OWNER_RIGHTS : 0
  const shared = mailbox.accesstype === 'global' ? GLOBAL_RIGHTS : 0
  const given = members.filter(({ userId }) => userId === null || userId === user)
  return given.reduce((all, { rights }) => all | rights, own | shared)
}

/** The absolute counts for one user: zeros when the mailbox is not, or no more, theirs to listen to. */
export function countsFor(audience: MailboxAudience, user: UserId): EventDraft {
  const seen = hasRight(rightsOf(audience, user), 'listen') ? audience : emptied(audience, audience.state.revision)
  return viewCounts(seen, user)
}

/** Zeros for everyone who had the mailbox: it was deleted, moved to another tenant or is shared no more. */
export function lostByAll(before: MailboxAudience, revision: number): EventDraft[] {
  return countDrafts(emptied(before, revision))
}

/** The absolute counts for those who gained or lost a mailbox, when only who listens to it has changed. */
export function shareDrafts(before: MailboxAudience, after: MailboxAudience): EventDraft[] {
  const [was, is] = [listenersOf(before), listenersOf(after)]
  const lost = was.users.filter((user) => !is.users.includes(user))
  const gained = is.users.filter((user) => !was.users.includes(user))
  if (was.everyone === is.everyone) return [...lost, ...gained].map((user) => countsFor(after, user))
  return [...closedDrafts(before, after), ...lost.map((user) => countsFor(after, user)), ...countDrafts(after)]
}

/**
 * The absolute counts after an edit that changes what a mailbox shows, or to which tenant; its users and members are those
 * it had. One version never says both zeros and counts to the same.
 */
export function editDrafts(before: MailboxAudience, after: MailboxAudience): EventDraft[] {
  const isMoved = before.mailbox.tenantId !== after.mailbox.tenantId
  const closed = [...adoptedDrafts(before, after), ...closedDrafts(before, after)]
  return [...(isMoved ? lostByAll(before, after.state.revision) : closed), ...countDrafts(after)]
}

/** Zeros for the tenant's administrators when a mailbox that nobody listened to is open to everyone (decision 0008). */
function adoptedDrafts(before: MailboxAudience, after: MailboxAudience): EventDraft[] {
  const { users, everyone } = listenersOf(before)
  const isAdopted = users.length === 0 && !everyone && listenersOf(after).everyone
  return isAdopted ? [viewCounts(emptied(after, after.state.revision), null)] : []
}

/** Zeros for the tenant when a mailbox that was open to everyone is so no more. */
function closedDrafts(before: MailboxAudience, after: MailboxAudience): EventDraft[] {
  const isClosed = listenersOf(before).everyone && !listenersOf(after).everyone
  return isClosed ? [tenantCounts(emptied(after, after.state.revision))] : []
}

/** A user is gone, and with it the share it had in these mailboxes. */
export function memberGoneDrafts(mailboxes: readonly Pick<MailboxHead, 'id' | 'tenantId'>[]): EventDraft[] {
  return mailboxes.map(({ id, tenantId }) => draft(voicemailMembersEdited, { tenant: tenantId }, { id }))
}

function emptied(audience: MailboxAudience, revision: number): MailboxAudience {
  return { ...audience, state: { summary: EMPTY_SUMMARY, revision, claimed: [] } }
}

/** What happens in a mailbox belongs to its tenant, and keeps the order of its revisions. */
export function targetOf({ mailbox, state }: MailboxAudience): EventTarget {
  return { tenant: mailbox.tenantId, mailbox: { id: mailbox.id, revision: state.revision } }
}

function wireCounts({ mailbox, state }: MailboxAudience, viewer: UserId | null) {
  const summary = shownSummary(mailbox.enabled, viewedSummary(state, viewer))
  return {
    voicemail_id: mailbox.id,
    new: summary.new,
    old: summary.old,
    urgent_new: summary.urgentNew,
    urgent_old: summary.urgentOld,
    version: state.revision,
  }
}

function tenantCounts(audience: MailboxAudience): EventDraft {
  return draft(globalMwiUpdated, targetOf(audience), wireCounts(audience, null))
}

function viewCounts(audience: MailboxAudience, user: UserId | null): EventDraft {
  return draft(userMwiUpdated, { ...targetOf(audience), user }, { user_uuid: user, ...wireCounts(audience, user) })
}
