import { countDrafts, draft, type VoicemailRestore, voicemailCreated, voicemailRestored } from '@lamplighter/contracts'
import { EMPTY_SUMMARY, type MailboxId, RuleError } from '@lamplighter/domain'
import type { ConfigurationChange, Context, DeletedMailbox, Store, TenantScope } from '@lamplighter/store'
import { isExclusive, noSuchVoicemail, noteMailbox } from './mailbox-changes.js'

/** Deleted mailboxes: what can be restored, and bringing it back. */
export class TrashService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** A page of the deleted mailboxes in scope, the latest first. */
  list(
    scope: TenantScope,
    page: { limit: number | undefined; offset: number },
  ): Promise<{ items: DeletedMailbox[]; total: number }> {
    return this.#store.configuration(scope).trash.list(page)
  }

  /**
   * Brings a mailbox back with its messages, members and lamps, to its old place or another one.
   *
   * @throws NotFoundError when it is not in the trash, RuleError when the place is taken or gone
   */
  async restore(scope: TenantScope, id: MailboxId, input: () => VoicemailRestore): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const audience = await change.summaries.lockDeleted(id)
      const deleted = await change.trash.find(id)
      if (!audience || !deleted) throw noSuchVoicemail(id)
      const { number = deleted.number, context = deleted.context ?? '' } = input()
      const target = await contextOfTenant(change, context, deleted)
      await change.trash.restore(id, { number, context }, await isExclusive(change, target, deleted))
      await noteMailbox(change, 'mailbox.restored', deleted)
      const state = await change.summaries.apply(id, EMPTY_SUMMARY)
      const at = { tenant: deleted.tenantId, mailbox: { id, revision: state.revision } }
      const restored = { ...audience, mailbox: { ...audience.mailbox, number }, state }
      change.outbox.add([
        draft(voicemailCreated, at, { id }),
        draft(voicemailRestored, at, { id }),
        ...countDrafts(restored),
      ])
    })
  }
}

async function contextOfTenant(
  { contexts }: ConfigurationChange,
  name: string,
  { id, tenantId }: DeletedMailbox,
): Promise<Context> {
  const context = await contexts.findByName(name)
  if (!context) throw new RuleError('unknown-context', 'there is no such context', { context: name })
  if (context.tenantId !== tenantId) {
    const details = { voicemail_id: id, context: name }
    throw new RuleError('different-tenants', 'the mailbox and the context belong to different tenants', details)
  }
  return context
}
