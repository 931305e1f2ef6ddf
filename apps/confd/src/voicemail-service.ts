import {
  countDrafts,
  draft,
  type EventDraft,
  lostByAll,
  type MailboxAudience,
  userVoicemailEdited,
  type VoicemailCreate,
  type VoicemailUpdate,
  voicemailCreated,
  voicemailDeleted,
  voicemailEdited,
} from '@lamplighter/contracts'
import {
  always,
  type Created,
  EMPTY_SUMMARY,
  type Mailbox,
  type MailboxId,
  NotFoundError,
  type Precondition,
  type RepeatKey,
  RuleError,
} from '@lamplighter/domain'
import type { ConfigurationChange, MailboxFields, MailboxListQuery, Store, TenantScope } from '@lamplighter/store'
import { fieldsOfCreation, fieldsOfUpdate, isChanged, resolveContext } from './voicemail-fields.js'

/** Creates, reads, changes and deletes mailboxes; every change says so in its own transaction. */
export class VoicemailService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** A page of the mailboxes in scope. */
  list(scope: TenantScope, query: MailboxListQuery): Promise<{ items: Mailbox[]; total: number }> {
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
    return this.#store.createOnce(scope, repeat, (change) => createMailbox(change, fields))
  }

  /** Changes what `input` names. Nothing changed, nothing said. @throws NotFoundError, InvalidInputError, RuleError */
  async update(
    scope: TenantScope,
    id: MailboxId,
    input: () => VoicemailUpdate,
    precondition: Precondition = always,
  ): Promise<void> {
    const fields = await fieldsOfUpdate(await this.get(scope, id), input())
    await this.#store.changeConfiguration(scope, async (change) => {
      const before = await lockMailbox(change, id)
      const current = await findMailbox(change, id)
      precondition(current)
      const context = await resolveContext(change.contexts, fields, current)
      if (!isChanged(current, fields)) return
      refuseUsers(current, fields, context.tenantId)
      await change.mailboxes.update(id, context.tenantId, !context.manyGlobals, fields)
      await sayEdited(change, before)
    })
  }

  /** Deletes the mailbox and its messages, and puts out every lamp it lit. @throws NotFoundError, RuleError */
  async delete(scope: TenantScope, id: MailboxId, precondition: Precondition = always): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const before = await lockMailbox(change, id)
      precondition(await findMailbox(change, id))
      if (before.users.length > 0) {
        const details = { voicemail_id: id, user_uuids: before.users }
        throw new RuleError('voicemail-in-use', 'the mailbox still has users', details)
      }
      const { revision } = await change.summaries.apply(id, EMPTY_SUMMARY)
      await change.mailboxes.delete(id)
      const tenant = before.mailbox.tenantId
      const deleted = draft(voicemailDeleted, { tenant, mailbox: { id, revision } }, { id })
      await change.outbox.add([deleted, ...lostByAll(before, revision)])
    })
  }
}

/** Creates a mailbox in an open transaction. */
export async function createMailbox(change: ConfigurationChange, fields: MailboxFields): Promise<Mailbox> {
  const context = await resolveContext(change.contexts, fields)
  const mailbox = await change.mailboxes.create(context.tenantId, !context.manyGlobals, fields)
  const created = draft(voicemailCreated, { tenant: mailbox.tenantId }, { id: mailbox.id })
  const counts = mailbox.accesstype === 'global' ? countDrafts(await lockMailbox(change, mailbox.id)) : []
  await change.outbox.add([created, ...counts])
  return mailbox
}

/** Takes the mailbox's lock. @throws NotFoundError */
export async function lockMailbox(change: ConfigurationChange, id: MailboxId): Promise<MailboxAudience> {
  const audience = await change.summaries.lock(id)
  if (!audience) throw noSuchVoicemail(id)
  return audience
}

/** The mailbox in an open transaction. @throws NotFoundError */
export async function findMailbox(change: ConfigurationChange, id: MailboxId): Promise<Mailbox> {
  const mailbox = await change.mailboxes.find(id)
  if (!mailbox) throw noSuchVoicemail(id)
  return mailbox
}

function noSuchVoicemail(id: MailboxId): NotFoundError {
  return new NotFoundError('no-such-voicemail', 'there is no such mailbox', { id })
}

/** Rule R4, and users stay in the tenant of their mailbox (F-35). */
function refuseUsers(current: Mailbox, fields: MailboxFields, tenantId: string): void {
  if (current.users.length === 0) return
  const details = { voicemail_id: current.id }
  if (fields.accesstype === 'global' && current.accesstype !== 'global') {
    throw new RuleError('operation-not-permitted', 'a mailbox with users cannot become global', details)
  }
  if (tenantId !== current.tenantId) {
    throw new RuleError(
      'different-tenants',
      'the users of the mailbox belong to another tenant than the context',
      details,
    )
  }
}

/** The edit itself, then what it moved: who gained or lost the mailbox hears its absolute counts (bus.md 4.5). */
async function sayEdited(change: ConfigurationChange, before: MailboxAudience): Promise<void> {
  const { id } = before.mailbox
  const after = await lockMailbox(change, id)
  const tenant = after.mailbox.tenantId
  const edited: EventDraft[] = [
    draft(voicemailEdited, { tenant }, { id }),
    ...after.users.map((user) => draft(userVoicemailEdited, { tenant, user }, { user_uuid: user, voicemail_id: id })),
  ]
  await change.outbox.add(edited)
  if (showsTheSame(before, after)) return
  const state = await change.summaries.apply(id, EMPTY_SUMMARY)
  const moved = before.mailbox.accesstype !== after.mailbox.accesstype || before.mailbox.tenantId !== tenant
  await change.outbox.add([...(moved ? lostByAll(before, state.revision) : []), ...countDrafts({ ...after, state })])
}

function showsTheSame({ mailbox: before }: MailboxAudience, { mailbox: after }: MailboxAudience): boolean {
  return (
    before.accesstype === after.accesstype && before.enabled === after.enabled && before.tenantId === after.tenantId
  )
}
