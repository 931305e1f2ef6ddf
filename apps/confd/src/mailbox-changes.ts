import {
  countDrafts,
  draft,
  type EventDraft,
  editDrafts,
  lostByAll,
  type MailboxAudience,
  quotaDrafts,
  userVoicemailEdited,
  voicemailCreated,
  voicemailDeleted,
  voicemailEdited,
} from '@lamplighter/contracts'
import {
  type AuditAction,
  EMPTY_SUMMARY,
  type ExternalSource,
  type Mailbox,
  type MailboxHead,
  type MailboxId,
  NotFoundError,
  RuleError,
} from '@lamplighter/domain'
import type { ConfigurationChange, Context, MailboxFields } from '@lamplighter/store'
import { changedFields } from './voicemail-fields.js'

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

/** No mailbox with this id is in scope. */
export function noSuchVoicemail(id: MailboxId): NotFoundError {
  return new NotFoundError('no-such-voicemail', 'there is no such mailbox', { id })
}

/**
 * Creates a mailbox and says so; one with a source is external.
 *
 * @throws RuleError `voicemail-external` when an external one shall have a PIN; else in the order R7, R8, R2, R3 (rest.md 2.4)
 */
export async function createMailbox(
  change: ConfigurationChange,
  fields: MailboxFields,
  external: ExternalSource | null = null,
): Promise<Mailbox> {
  if (external && fields.pinHash) throw openedElsewhere()
  const context = await contextFor(change, fields)
  const exclusive = await isExclusive(change, context, fields)
  const mailbox = await change.mailboxes.create(context.tenantId, exclusive, fields, external)
  const created = draft(voicemailCreated, { tenant: mailbox.tenantId }, { id: mailbox.id })
  const counts = mailbox.accesstype === 'global' ? countDrafts(await lockMailbox(change, mailbox.id)) : []
  await noteMailbox(change, 'mailbox.created', mailbox)
  change.outbox.add([created, ...counts])
  return mailbox
}

/**
 * Gives a mailbox these fields and says so; nothing changed, nothing said. `before` was read under the lock.
 *
 * @throws RuleError in the order R7, R8, R2, R3, R4 (rest.md 2.4)
 */
export async function updateMailbox(
  change: ConfigurationChange,
  before: MailboxAudience,
  current: Mailbox,
  fields: MailboxFields,
): Promise<void> {
  const changed = changedFields(current, fields)
  if (changed.length === 0) return
  if (current.external && fields.pinHash) throw openedElsewhere(current.id)
  const context = await contextFor(change, fields, current)
  const exclusive = await isExclusive(change, context, fields)
  if (fields.pinHash !== undefined) await change.pins.remember(current.id)
  await change.mailboxes.update(current.id, context.tenantId, exclusive, fields)
  if (context.tenantId !== current.tenantId) await change.mailboxes.endClaims(current.id)
  const edited = { ...current, tenantId: context.tenantId }
  await noteMailbox(change, 'mailbox.edited', edited, { changed })
  if (fields.pinHash !== undefined) await noteMailbox(change, 'pin.changed', edited)
  await sayEdited(change, before)
}

/** A PIN opens what is here; the messages of an external mailbox are not. */
function openedElsewhere(id?: MailboxId): RuleError {
  return new RuleError('voicemail-external', 'an external mailbox has no PIN here', { voicemail_id: id })
}

/** Puts a mailbox into the trash, and its lamps out at once. @throws RuleError while it has users */
export async function deleteMailbox(change: ConfigurationChange, before: MailboxAudience): Promise<void> {
  const { id, tenantId: tenant } = before.mailbox
  if (before.users.length > 0) {
    const details = { voicemail_id: id, user_uuids: before.users }
    throw new RuleError('voicemail-in-use', 'the mailbox still has users', details)
  }
  const { revision } = await change.summaries.apply(id, EMPTY_SUMMARY)
  await change.trash.add(id)
  await noteMailbox(change, 'mailbox.deleted', before.mailbox)
  const deleted = draft(voicemailDeleted, { tenant, mailbox: { id, revision } }, { id })
  change.outbox.add([deleted, ...lostByAll(before, revision)])
}

/** Notes in the audit log what the caller does to a mailbox. */
export async function noteMailbox(
  { audit, actor }: ConfigurationChange,
  action: AuditAction,
  { tenantId, id: mailboxId }: Pick<MailboxHead, 'tenantId' | 'id'>,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await audit.add({ tenantId, actor, action, mailboxId, details })
}

/**
 * The context a mailbox lies in: it must be visible (R7), and a timezone that is new there must be a zone's name (R8).
 * What does not change is not checked again (F-46).
 *
 * @throws RuleError `unknown-context` or `unknown-timezone`
 */
async function contextFor(change: ConfigurationChange, fields: MailboxFields, current?: Mailbox): Promise<Context> {
  const context = await change.contexts.findByName(fields.context)
  if (!context) throw new RuleError('unknown-context', 'there is no such context', { context: fields.context })
  const { timezone } = fields
  const kept = current?.timezone === timezone && current.tenantId === context.tenantId
  if (timezone !== null && !kept && !(await change.zones.knows(context.tenantId, timezone))) {
    throw new RuleError('unknown-timezone', 'there is no such timezone', { timezone })
  }
  return context
}

/** Whether rule R3 binds the mailbox: the context's tenant decides, and only global ones matter. */
export async function isExclusive(
  change: ConfigurationChange,
  context: Context,
  { accesstype }: Pick<Mailbox, 'accesstype'>,
): Promise<boolean> {
  return accesstype !== 'global' || !(await change.settings.allowsManyGlobals(context.tenantId))
}

/** The edit itself, then what it moved: who gained or lost the mailbox hears its absolute counts (bus.md 4.5). */
async function sayEdited(change: ConfigurationChange, before: MailboxAudience): Promise<void> {
  const { id } = before.mailbox
  const after = await lockMailbox(change, id)
  const tenant = after.mailbox.tenantId
  const edited: EventDraft[] = [
    draft(voicemailEdited, { tenant }, { id }),
    ...after.users.map((user) => draft(userVoicemailEdited, { tenant, user }, { user_uuid: user, voicemail_id: id })),
    // A lower limit may be what fills it.
    ...quotaDrafts(before, after),
  ]
  change.outbox.add(edited)
  if (showsTheSame(before, after)) return
  const state = await change.summaries.apply(id, EMPTY_SUMMARY)
  change.outbox.add(editDrafts(before, { ...after, state }))
}

function showsTheSame({ mailbox: before }: MailboxAudience, { mailbox: after }: MailboxAudience): boolean {
  return (
    before.accesstype === after.accesstype && before.enabled === after.enabled && before.tenantId === after.tenantId
  )
}
