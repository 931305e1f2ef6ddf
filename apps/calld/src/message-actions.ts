import { countDrafts, type EventDraft, type MailboxAudience, messageDrafts, quotaDrafts } from '@lamplighter/contracts'
import {
  type Actor,
  type AuditAction,
  type FolderId,
  isUnreadFolder,
  type LamplighterError,
  type Message,
  type MessageId,
  type Right,
  RuleError,
} from '@lamplighter/domain'
import type { MessagePlace, MessagesChange, StoredMessage } from '@lamplighter/store'

/** A mailbox whose lock is held, and who does something there. */
export type LockedMailbox = {
  readonly change: MessagesChange
  readonly audience: MailboxAudience
  readonly actor: Actor
}

/** Something to do to messages of one mailbox: all of them at once, by a constant number of statements. */
export type MessageAction = {
  readonly right: Right
  /** Where its messages lie; elsewhere they are not found. */
  readonly place: MessagePlace
  /** Why it cannot be done to a message, when so many others were accepted before it. */
  refuse?(stored: StoredMessage, audience: MailboxAudience, accepted: number): LamplighterError | undefined
  apply(mailbox: LockedMailbox, stored: readonly StoredMessage[]): Promise<void>
}

/** To another folder; a message that is there already stays as it is and nothing is said. */
export function moving(folderId: FolderId): MessageAction {
  return {
    right: 'manage',
    place: 'inbox',
    apply: (mailbox, stored) => moveMessages(mailbox, messagesOf(stored), folderId),
  }
}

/** To the trash. */
export function deleting(now: Date): MessageAction {
  return {
    right: 'delete',
    place: 'inbox',
    refuse: refuseHeld,
    apply: async (mailbox, stored) => {
      const { change, audience, actor } = mailbox
      const { messages, audience: after } = await change.trash(audience).trash(messagesOf(stored), actor.userId, now)
      await sayDeleted(change, messages, after)
      await note(mailbox, 'message.deleted', messages)
    },
  }
}

/** Out of the trash, as far as the mailbox has room. Never said to be created: that would be a push to every phone. */
export function restoring(): MessageAction {
  return {
    right: 'delete',
    place: 'trash',
    refuse: refuseFull,
    apply: async (mailbox, stored) => {
      const { change, audience } = mailbox
      const { messages, audience: after } = await change.trash(audience).restore(messagesOf(stored))
      change.outbox.add([
        ...messages.flatMap((one) => [
          ...messageDrafts('updated', one, after),
          ...messageDrafts('restored', one, after),
        ]),
        ...countDrafts(after),
        ...quotaDrafts(audience, after),
      ])
      await note(mailbox, 'message.restored', messages)
    },
  }
}

/** Away for good, from wherever it lies. @param onGone told the audio that the deleted rows named */
export function purging(onGone: (audioKeys: readonly string[]) => void): MessageAction {
  return {
    right: 'purge',
    place: 'anywhere',
    refuse: refuseHeld,
    apply: async (mailbox, stored) => {
      const { change, audience } = mailbox
      const { messages, audience: after } = await change.trash(audience).purge(stored)
      const shown = stored.filter(({ trashed }) => !trashed).map(({ message }) => message)
      if (shown.length > 0) await sayDeleted(change, shown, after)
      await note(mailbox, 'message.purged', messages)
      onGone(messages.map(({ audioKey }) => audioKey))
    },
  }
}

/** On legal hold, or off it. It shows on no lamp and in no event. */
export function holding(hold: boolean): MessageAction {
  return {
    right: 'delete',
    place: 'anywhere',
    apply: async (mailbox, stored) => {
      const { change, audience } = mailbox
      const messages = messagesOf(stored).filter((one) => one.hold !== hold)
      if (messages.length === 0) return
      await change.trash(audience).setHold(messages, hold)
      await note(mailbox, hold ? 'message.held' : 'message.released', messages)
    },
  }
}

/** Moves messages of a locked mailbox, says so and notes it. */
export async function moveMessages(
  mailbox: LockedMailbox,
  messages: readonly Message[],
  folderId: FolderId,
): Promise<void> {
  const { change, audience } = mailbox
  const elsewhere = messages.filter((one) => one.folderId !== folderId)
  if (elsewhere.length === 0) return
  const moved = await change.writer(audience).move(elsewhere, folderId)
  const read = elsewhere.filter((one) => isUnreadFolder(one.folderId) && !isUnreadFolder(folderId))
  if (read.length > 0 && mailbox.actor.userId) {
    await change.team(audience).markRead(
      read.map(({ id }) => id),
      mailbox.actor.userId,
    )
  }
  change.outbox.add([
    ...moved.messages.flatMap((one) => messageDrafts('updated', one, moved.audience)),
    ...countDrafts(moved.audience),
  ])
  const from = new Map(elsewhere.map((one) => [one.id, one.folderId]))
  await note(mailbox, 'message.moved', elsewhere, ({ id }) => ({ from: from.get(id), to: folderId }))
}

/** The one place where a message is said to be deleted, whoever did it and for whatever reason. */
async function sayDeleted(
  change: MessagesChange,
  messages: readonly Message[],
  audience: MailboxAudience,
): Promise<void> {
  const deleted: EventDraft[] = messages.flatMap((one) => messageDrafts('deleted', one, audience))
  change.outbox.add([...deleted, ...countDrafts(audience)])
}

function refuseHeld({ message }: StoredMessage): LamplighterError | undefined {
  return message.hold
    ? new RuleError('message-on-hold', 'the message is on hold', { message_id: message.id })
    : undefined
}

function refuseFull(
  _stored: StoredMessage,
  { mailbox, state }: MailboxAudience,
  accepted: number,
): LamplighterError | undefined {
  const { id, maxMessages } = mailbox
  if (maxMessages === null || state.summary.new + state.summary.old + accepted < maxMessages) return undefined
  return new RuleError('voicemail-full', 'the mailbox is full', { voicemail_id: id, max_messages: maxMessages })
}

function messagesOf(stored: readonly StoredMessage[]): Message[] {
  return stored.map(({ message }) => message)
}

async function note(
  { change, audience, actor }: LockedMailbox,
  action: AuditAction,
  messages: readonly { readonly id: MessageId }[],
  detailsOf: (message: { readonly id: MessageId }) => Record<string, unknown> = () => ({}),
): Promise<void> {
  const { id: mailboxId, tenantId } = audience.mailbox
  await change.audit.add(
    ...messages.map((one) => ({ tenantId, actor, action, mailboxId, messageId: one.id, details: detailsOf(one) })),
  )
}
