import {
  draft,
  lostByUser,
  type MailboxAudience,
  userMwiUpdated,
  userVoicemailAssociated,
  userVoicemailDissociated,
} from '@lamplighter/contracts'
import { EMPTY_SUMMARY, type Mailbox, NotFoundError, RuleError, shownSummary } from '@lamplighter/domain'
import type { Configuration, ConfigurationChange, User } from '@lamplighter/store'
import { lockMailbox } from './mailbox-changes.js'

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
  const { summary, revision } = await change.summaries.apply(mailbox.id, EMPTY_SUMMARY)
  const shown = shownSummary(mailbox.enabled, summary)
  const target = { tenant: mailbox.tenantId, user: user.uuid, mailbox: { id: mailbox.id, revision } }
  const ids = { user_uuid: user.uuid, voicemail_id: mailbox.id }
  const counts = { new: shown.new, old: shown.old, urgent_new: shown.urgentNew, urgent_old: shown.urgentOld }
  await change.outbox.add([
    draft(userVoicemailAssociated, target, ids),
    draft(userMwiUpdated, target, { ...ids, ...counts, version: revision }),
  ])
}

/** Takes the user's mailbox away and darkens its lamp. Gives the mailbox as it is then, or undefined if there was none. */
export async function dissociate(change: ConfigurationChange, user: User): Promise<MailboxAudience | undefined> {
  if (!user.mailbox) return undefined
  const { mailbox } = await lockMailbox(change, user.mailbox.id)
  if (!(await change.mailboxes.removeUser(mailbox.id, user.uuid))) return undefined
  const { revision } = await change.summaries.apply(mailbox.id, EMPTY_SUMMARY)
  const target = { tenant: mailbox.tenantId, user: user.uuid, mailbox: { id: mailbox.id, revision } }
  const dissociated = draft(userVoicemailDissociated, target, { user_uuid: user.uuid, voicemail_id: mailbox.id })
  await change.outbox.add([dissociated, lostByUser(mailbox, user.uuid, revision)])
  return lockMailbox(change, mailbox.id)
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
