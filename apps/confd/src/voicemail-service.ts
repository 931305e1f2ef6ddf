import type { VoicemailCreate, VoicemailUpdate } from '@lamplighter/contracts'
import {
  always,
  type Created,
  type Mailbox,
  type MailboxId,
  type Precondition,
  type RepeatKey,
} from '@lamplighter/domain'
import type { ListQuery, MailboxColumn, Store, TenantScope } from '@lamplighter/store'
import {
  createMailbox,
  deleteMailbox,
  findMailbox,
  lockMailbox,
  noSuchVoicemail,
  updateMailbox,
} from './mailbox-changes.js'
import { fieldsOfCreation, fieldsOfUpdate, pinChange, sourceOf } from './voicemail-fields.js'

/** Creates, reads, changes and deletes mailboxes; every change says so in its own transaction. */
export class VoicemailService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** A page of the mailboxes in scope. */
  list(scope: TenantScope, query: ListQuery<MailboxColumn>): Promise<{ items: Mailbox[]; total: number }> {
    return this.#store.configuration(scope).mailboxes.list(query)
  }

  /** @throws NotFoundError */
  async get(scope: TenantScope, id: MailboxId): Promise<Mailbox> {
    const mailbox = await this.#store.configuration(scope).mailboxes.find(id)
    if (!mailbox) throw noSuchVoicemail(id)
    return mailbox
  }

  /** @throws InvalidInputError, RuleError (rest.md 2.3) */
  async create(scope: TenantScope, input: VoicemailCreate, repeat?: RepeatKey): Promise<Created<Mailbox>> {
    const fields = await fieldsOfCreation(input)
    return this.#store.createOnce(scope, repeat, (change) => createMailbox(change, fields, sourceOf(input)))
  }

  /** Changes what `input` names. Nothing changed, nothing said. @throws NotFoundError, InvalidInputError, RuleError */
  async update(
    scope: TenantScope,
    id: MailboxId,
    input: () => VoicemailUpdate,
    precondition: Precondition = always,
  ): Promise<void> {
    await this.get(scope, id)
    const asked = input()
    // Hashing takes its time: not while the mailbox is locked.
    const pin = await pinChange(asked.password, () => this.#store.pins(scope).known(id))
    await this.#store.changeConfiguration(scope, async (change) => {
      const before = await lockMailbox(change, id)
      const current = await findMailbox(change, id)
      precondition(current)
      await updateMailbox(change, before, current, fieldsOfUpdate(current, asked, pin))
    })
  }

  /** Puts the mailbox and its messages into the trash. @throws NotFoundError, RuleError */
  async delete(scope: TenantScope, id: MailboxId, precondition: Precondition = always): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const before = await lockMailbox(change, id)
      precondition(await findMailbox(change, id))
      await deleteMailbox(change, before)
    })
  }
}
