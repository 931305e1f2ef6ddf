import { draft, MAX_MEMBERS, type MailboxAudience, shareDrafts, voicemailMembersEdited } from '@lamplighter/contracts'
import {
  EMPTY_SUMMARY,
  InvalidInputError,
  type LamplighterError,
  type MailboxId,
  type MailboxMember,
  NotFoundError,
  type Precondition,
  type Right,
  type Rights,
  rightNames,
  type UserId,
} from '@lamplighter/domain'
import type { ConfigurationChange, Store, TenantScope } from '@lamplighter/store'
import { lockMailbox, noSuchVoicemail, noteMailbox } from './mailbox-changes.js'

type Members = readonly MailboxMember[]

/** Shares mailboxes with users and with everyone of their tenant, with rights. */
export class MemberService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** @throws NotFoundError for the mailbox */
  async list(scope: TenantScope, id: MailboxId): Promise<MailboxMember[]> {
    const { mailboxes, members } = this.#store.configuration(scope)
    if (!(await mailboxes.find(id))) throw noSuchVoicemail(id)
    return members.of(id)
  }

  /** Shares a mailbox with these and nobody else. @throws NotFoundError, InvalidInputError, LamplighterError */
  async replace(scope: TenantScope, id: MailboxId, wanted: () => Members, precondition: Precondition): Promise<void> {
    await this.#change(scope, id, (current) => {
      const members = wanted()
      precondition(current)
      return members
    })
  }

  /** Shares a mailbox with a user, or with everyone. @throws NotFoundError for the mailbox or the user */
  async put(scope: TenantScope, id: MailboxId, userId: UserId | null, rights: () => Rights): Promise<void> {
    const edit = (current: Members) => [...current.filter((one) => one.userId !== userId), { userId, rights: rights() }]
    await this.#change(scope, id, edit, noSuchUser)
  }

  /** Ends the sharing with a user, or with everyone. @throws NotFoundError for the mailbox or the member */
  async remove(scope: TenantScope, id: MailboxId, userId: UserId | null): Promise<void> {
    await this.#change(scope, id, (current) => {
      const left = current.filter((one) => one.userId !== userId)
      if (left.length < current.length) return left
      throw new NotFoundError('no-such-voicemail-member', 'the mailbox is not shared with this user', {
        voicemail_id: id,
        user_uuid: userId,
      })
    })
  }

  /** Nothing changed, nothing said; else the edit, and absolute counts for those who gained or lost what they hear. */
  async #change(
    scope: TenantScope,
    id: MailboxId,
    edit: (current: Members) => Members,
    stranger: (user: UserId) => LamplighterError = unknownUser,
  ): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const before = await lockMailbox(change, id)
      const members = edit(before.members)
      const [gone, added] = [without(before.members, members), without(members, before.members)]
      if (gone.length + added.length === 0) return
      refuseTooMany(members)
      await refuseStrangers(change, before, added, stranger)
      await change.members.change(before.mailbox, gone, added)
      const state = await change.summaries.apply(id, EMPTY_SUMMARY)
      const target = { tenant: before.mailbox.tenantId, mailbox: { id, revision: state.revision } }
      change.outbox.add([
        draft(voicemailMembersEdited, target, { id }),
        ...shareDrafts(before, { ...before, members, state }),
      ])
      await noteMailbox(change, 'mailbox.shared', before.mailbox, {
        gone: named(gone),
        added: named(added),
      })
    })
  }
}

/** The members of one list that another does not hold with the same rights. */
function without(members: Members, others: Members): MailboxMember[] {
  const held = new Set(others.map(({ userId, rights }) => `${userId} ${rights}`))
  return members.filter(({ userId, rights }) => !held.has(`${userId} ${rights}`))
}

/** A mailbox is shared within its tenant; a user of another one does not exist here. */
async function refuseStrangers(
  change: ConfigurationChange,
  { mailbox }: MailboxAudience,
  added: Members,
  stranger: (user: UserId) => LamplighterError,
): Promise<void> {
  const users = added.flatMap(({ userId }) => userId ?? [])
  const known = await change.members.usersOf(mailbox.tenantId, users)
  const unknown = users.find((user) => !known.has(user))
  if (unknown) throw stranger(unknown)
}

function unknownUser(user: UserId): InvalidInputError {
  return InvalidInputError.of('items', 'unknown', `User ${user} was not found`)
}

function noSuchUser(user: UserId): NotFoundError {
  return new NotFoundError('no-such-user', 'there is no such user', { user })
}

function refuseTooMany(members: Members): void {
  if (members.length <= MAX_MEMBERS) return
  throw InvalidInputError.of('items', 'length', 'too many members', { max: MAX_MEMBERS })
}

/** Members as the audit log names them. */
function named(members: Members): { user_uuid: UserId | null; rights: Right[] }[] {
  return members.map(({ userId, rights }) => ({ user_uuid: userId, rights: rightNames(rights) }))
}
