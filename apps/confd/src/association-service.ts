import type { VoicemailCreate } from '@lamplighter/contracts'
import type { Created, Mailbox, MailboxId, RepeatKey } from '@lamplighter/domain'
import type { Store, TenantScope } from '@lamplighter/store'
import { associate, dissociate, findUser, lockUser } from './association.js'
import { createMailbox, findMailbox, lockMailbox } from './mailbox-changes.js'
import { fieldsOfCreation, sourceOf } from './voicemail-fields.js'

/** Gives users their personal mailboxes and takes them away (rest.md 2.4, 6 to 9). */
export class AssociationService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** The mailbox of a user, if any. @throws NotFoundError for the user */
  async mailboxOf(scope: TenantScope, reference: string): Promise<Mailbox | undefined> {
    const configuration = this.#store.configuration(scope)
    const user = await findUser(configuration, reference)
    return configuration.mailboxes.findOfUser(user.uuid)
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
      const created = await createMailbox(change, fields, sourceOf(input))
      await associate(change, await lockUser(change, reference), created)
      return findMailbox(change, created.id)
    })
  }

  /** Gives a user an existing mailbox; nothing happens when it is the user's already. */
  async associate(scope: TenantScope, reference: string, id: MailboxId): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const user = await lockUser(change, reference)
      await lockMailbox(change, id)
      await associate(change, user, await findMailbox(change, id))
    })
  }

  /** Takes the user's mailbox away; the mailbox keeps its messages. */
  async dissociate(scope: TenantScope, reference: string): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      await dissociate(change, await lockUser(change, reference))
    })
  }
}
