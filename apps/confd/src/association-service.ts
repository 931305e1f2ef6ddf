import {
  draft,
  lostByUser,
  userMwiUpdated,
  userVoicemailAssociated,
  userVoicemailDissociated,
  type VoicemailCreate,
} from '@lamplighter/contracts'
import {
  type Created,
  EMPTY_SUMMARY,
  type Mailbox,
  type MailboxId,
  NotFoundError,
  type RepeatKey,
  RuleError,
  shownSummary,
} from '@lamplighter/domain'
import type { ConfigurationChange, Store, TenantScope, User } from '@lamplighter/store'
import { fieldsOfCreation } from './voicemail-fields.js'
import { createMailbox, findMailbox, lockMailbox } from './voicemail-service.js'

/** Gives users their personal mailboxes and takes them away (rest.md 2.4, 6 to 9). */
export class AssociationService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** The mailbox of a user, if any. @throws NotFoundError for the user */
  async mailboxOf(scope: TenantScope, reference: string): Promise<Mailbox | undefined> {
    const { users, mailboxes } = this.#store.configuration(scope)
    const user = await users.find(reference)
    if (!user) throw noSuchUser(reference)
    return mailboxes.findOfUser(user.uuid)
  }

  /** Creates a mailbox and gives it to a user, or does neither. */
  async createFor(
    scope: TenantScope,
    reference: string,
    input: VoicemailCreate,
    repeat?: RepeatKey,
  ): Promise<Created<Mailbox>> {
    const fields = await fieldsOfCreation(input)
    return this.#store.createOnce(scope, repeat, async (change) => {
      const created = await createMailbox(change, fields)
      const user = await findUser(change, reference)
      await associate(change, user, created)
      return findMailbox(change, created.id)
    })
  }

  /** Gives a user an existing mailbox; nothing happens when it is the user's already. */
  async associate(scope: TenantScope, reference: string, id: MailboxId): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const user = await findUser(change, reference)
      await lockMailbox(change, id)
      const mailbox = await findMailbox(change, id)
      if (user.mailbox?.id !== id) await associate(change, user, mailbox)
    })
  }

  /** Takes the user's mailbox away and darkens its lamp; the mailbox keeps its messages. */
  async dissociate(scope: TenantScope, reference: string): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const user = await findUser(change, reference)
      if (!user.mailbox) return
      const { mailbox } = await lockMailbox(change, user.mailbox.id)
      if (!(await change.mailboxes.removeUser(mailbox.id, user.uuid))) return
      const { revision } = await change.summaries.apply(mailbox.id, EMPTY_SUMMARY)
      const target = { tenant: mailbox.tenantId, user: user.uuid, mailbox: { id: mailbox.id, revision } }
      const dissociated = draft(userVoicemailDissociated, target, { user_uuid: user.uuid, voicemail_id: mailbox.id })
      await change.outbox.add([dissociated, lostByUser(mailbox, user.uuid, revision)])
    })
  }
}

function noSuchUser(reference: string): NotFoundError {
  return new NotFoundError('no-such-user', 'there is no such user', { user: reference })
}

async function findUser(change: ConfigurationChange, reference: string): Promise<User> {
  const user = await change.users.find(reference)
  if (!user) throw noSuchUser(reference)
  return user
}

async function associate(change: ConfigurationChange, user: User, mailbox: Mailbox): Promise<void> {
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

/** In the contract's order: tenants, another mailbox, global (R5). */
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
