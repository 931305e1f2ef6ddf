import {
  countsFor,
  draft,
  type MailboxAudience,
  userVoicemailAssociated,
  userVoicemailDissociated,
} from '@lamplighter/contracts'
import { EMPTY_SUMMARY, type Mailbox, type MailboxId, NotFoundError, RuleError } from '@lamplighter/domain'
import type { Configuration, ConfigurationChange, User } from '@lamplighter/store'
import { lockMailbox, noteMailbox } from './mailbox-changes.js'

/** The user with this UUID or integer id. @throws NotFoundError */
export async function findUser({ users }: Pick<Configuration, 'users'>, reference: string): Promise<User> {
  const user = await users.find(reference)
  if (!user) throw new NotFoundError('no-such-user', 'there is no such user', { user: reference })
  return user
}

/** The user, whose row nobody else changes until the transaction ends. @throws NotFoundError */
export async function lockUser(change: ConfigurationChange, reference: string): Promise<User> {
  const { uuid } = await findUser(change, reference)
  await change.locks.user(uuid)
  return findUser(change, uuid)
}

/**
 * Gives a user a mailbox and says so, with its absolute counts. Nothing happens when it is the user's already.
 *
 * @throws RuleError in the contract's order: tenants, another mailbox, global (rest.md 2.4)
 */
export async function associate(change: ConfigurationChange, user: User, mailbox: Mailbox): Promise<void> {
  if (user.mailbox?.id === mailbox.id) return
  refuse(user, mailbox)
  await change.mailboxes.addUser(mailbox, user.uuid)
  await noteMailbox(change, 'user.associated', mailbox, { user_uuid: user.uuid })
  await sayAssociation(change, user, mailbox.id, userVoicemailAssociated)
}

/** Takes the user's mailbox away and darkens its lamp. Gives the mailbox as it is then, or undefined if there was none. */
export async function dissociate(change: ConfigurationChange, user: User): Promise<MailboxAudience | undefined> {
  if (!user.mailbox) return undefined
  const { mailbox } = await lockMailbox(change, user.mailbox.id)
  if (!(await change.mailboxes.removeUser(mailbox.id, user.uuid))) return undefined
  await noteMailbox(change, 'user.dissociated', mailbox, { user_uuid: user.uuid })
  return sayAssociation(change, user, mailbox.id, userVoicemailDissociated)
}

/** What happened, then the counts the user now sees: no zeros while the mailbox is shared with the user anyway. */
async function sayAssociation(
  change: ConfigurationChange,
  { uuid: user }: User,
  id: MailboxId,
  event: typeof userVoicemailAssociated | typeof userVoicemailDissociated,
): Promise<MailboxAudience> {
  const audience = await lockMailbox(change, id)
  const state = await change.summaries.apply(id, EMPTY_SUMMARY)
  const target = { tenant: audience.mailbox.tenantId, user, mailbox: { id, revision: state.revision } }
  const happened = draft(event, target, { user_uuid: user, voicemail_id: id })
  change.outbox.add([happened, countsFor({ ...audience, state }, user)])
  return { ...audience, state }
}

function refuse(user: User, mailbox: Mailbox): void {
  const details = { user_uuid: user.uuid, voicemail_id: mailbox.id }
  if (user.tenantId !== mailbox.tenantId) {
    throw new RuleError('different-tenants', 'user and mailbox belong to different tenants', details)
  }
  if (user.mailbox) throw new RuleError('user-has-voicemail', 'the user has a mailbox already', details)
  if (mailbox.accesstype === 'global') {
    throw new RuleError('operation-not-permitted', 'a global mailbox has no users', details)
  }
}
