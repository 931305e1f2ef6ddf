import {
  claimExpiredDrafts,
  claimedDrafts,
  countDrafts,
  type FlagsInput,
  messageDrafts,
  releasedDrafts,
  type StatusInput,
  statusDrafts,
} from '@lamplighter/contracts'
import {
  type Actor,
  type Claim,
  type FolderId,
  INBOX,
  isUnreadFolder,
  type Message,
  OLD,
  RuleError,
  URGENT,
  type UserId,
} from '@lamplighter/domain'
import type { ClaimHolder, TenantScope } from '@lamplighter/store'
import { noSuchMessage } from './ids.js'
import type { MessageService, Reach } from './message-service.js'

/** A message somebody does something with: by which way it is reached, and who it is. */
export type MessageCall = {
  readonly scope: TenantScope
  readonly reach: Reach
  readonly messageId: string
  readonly actor: Actor
  readonly userId: UserId
}

/** What a team does with messages: who works on which, how far it is, how it is marked. Needs the right to manage. */
export class TeamService {
  readonly #messages: MessageService

  constructor(messages: MessageService) {
    this.#messages = messages
  }

  /**
   * Gives the message to the calling user for a while, or prolongs that.
   *
   * @param leaseSec null is the tenant's own
   * @throws NotFoundError, RightMissingError, RuleError `message-claimed` that names who has it
   */
  async claim({ scope, reach, messageId, actor, userId }: MessageCall, leaseSec: number | null): Promise<Claim> {
    return this.#messages.change(scope, reach, messageId, 'manage', async (change, audience, message) => {
      const team = change.team(audience)
      const claimed = await team.claim(message, userId, leaseSec)
      if (!claimed?.message.claim) throw taken(message, await team.holder(message))
      const { claim, id } = claimed.message
      const lapsed = message.claim && message.claim.userId !== claim.userId ? message.claim.userId : undefined
      change.outbox.add([
        ...(lapsed ? claimExpiredDrafts(id, lapsed, claimed.audience) : []),
        ...claimedDrafts(id, claim, claimed.audience),
        ...countDrafts(claimed.audience),
      ])
      await change.audit.add({ ...about(message, actor), action: 'message.claimed' })
      return claim
    })
  }

  /**
   * Gives the claim up; nobody's stays nobody's. Somebody else's can only be ended by way of the mailbox.
   *
   * @throws NotFoundError, RightMissingError, RuleError `message-claimed` that names who has it
   */
  async release({ scope, reach, messageId, actor, userId }: MessageCall): Promise<void> {
    await this.#messages.change(scope, reach, messageId, 'manage', async (change, audience, message) => {
      const { claim, id } = message
      if (!claim) return
      const team = change.team(audience)
      if ('userId' in reach && claim.userId !== reach.userId) throw taken(message, await team.holder(message))
      const { audience: after } = await team.release(message)
      change.outbox.add([...releasedDrafts(id, claim.userId, userId, after), ...countDrafts(after)])
      await change.audit.add({ ...about(message, actor), action: 'message.unclaimed' })
    })
  }

  /** Says how far the message is; a note that is absent stays. @throws NotFoundError, RightMissingError */
  async setStatus(
    { scope, reach, messageId, actor, userId }: MessageCall,
    { status, note }: StatusInput,
  ): Promise<Message> {
    return this.#messages.change(scope, reach, messageId, 'manage', async (change, audience, message) => {
      const wanted = { status: status as Message['status'], note: note === undefined ? message.note : note }
      const ended = wanted.status === 'done' ? message.claim : null
      if (wanted.status === message.status && wanted.note === message.note && !ended) return message
      const changed = await change.team(audience).setStatus(message, wanted.status, wanted.note, userId)
      change.outbox.add([
        ...statusDrafts(changed.message, changed.audience),
        ...(ended ? releasedDrafts(message.id, ended.userId, userId, changed.audience) : []),
        ...(ended ? countDrafts(changed.audience) : []),
      ])
      const details = { from: message.status, to: wanted.status }
      await change.audit.add({ ...about(message, actor), action: 'message.handled', details })
      return changed.message
    })
  }

  /** Marks the message; what is absent stays. Says what a move says. @throws NotFoundError, RightMissingError */
  async setFlags({ scope, reach, messageId, actor, userId }: MessageCall, input: FlagsInput): Promise<Message> {
    return this.#messages.change(scope, reach, messageId, 'manage', async (change, audience, message) => {
      const flags = { ...placeFor(message, input), private: input.private ?? message.private }
      const { folderId, urgent } = flags
      if (folderId === message.folderId && urgent === message.urgent && flags.private === message.private)
        return message
      const team = change.team(audience)
      const changed = await team.setFlags(message, flags)
      const isRead = isUnreadFolder(message.folderId) && !isUnreadFolder(folderId)
      if (isRead) await team.markRead([message.id], userId)
      change.outbox.add([
        ...messageDrafts('updated', changed.message, changed.audience),
        ...countDrafts(changed.audience),
      ])
      await change.audit.add({ ...about(message, actor), action: 'message.flagged', details: input })
      return isRead ? { ...changed.message, readBy: withReader(message, userId) } : changed.message
    })
  }
}

/** The folder and the urgency that flags mean: unread messages lie in the inbox or in the urgent folder. */
function placeFor(message: Message, { unread, priority }: FlagsInput): { folderId: FolderId; urgent: boolean } {
  const urgent = priority === undefined ? message.urgent : priority === 'urgent'
  const wasUnread = isUnreadFolder(message.folderId)
  if (unread ?? wasUnread) return { folderId: urgent ? URGENT : INBOX, urgent }
  return { folderId: wasUnread ? OLD : message.folderId, urgent }
}

function withReader({ readBy }: Message, user: UserId): readonly UserId[] {
  return readBy.includes(user) ? readBy : [...readBy, user]
}

/** The loser of a race learns who won it. */
function taken({ id }: Message, holder: ClaimHolder | undefined): RuleError {
  if (!holder) throw noSuchMessage(id)
  const { claim, name } = holder
  return new RuleError('message-claimed', 'somebody else works on the message', {
    message_id: id,
    user_uuid: claim.userId,
    name,
    expires_at: claim.expiresAt.toISOString(),
  })
}

function about({ id, tenantId, mailboxId }: Message, actor: Actor) {
  return { tenantId, actor, mailboxId, messageId: id }
}
