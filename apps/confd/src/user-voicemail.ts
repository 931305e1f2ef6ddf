import type { EmbeddedVoicemail, VoicemailCreate } from '@lamplighter/contracts'
import { InvalidInputError, type Mailbox, type MailboxId, RuleError } from '@lamplighter/domain'
import type { ConfigurationChange, KnownPins, MailboxFields, User } from '@lamplighter/store'
import { associate, dissociate, findUser } from './association.js'
import { createMailbox, deleteMailbox, findMailbox, lockMailbox, updateMailbox } from './mailbox-changes.js'
import { fieldsOfCreation, fieldsOfUpdate, type PinChange, pinChange } from './voicemail-fields.js'

/** How a user's mailbox shall be (rest.md 2.5): none, an existing one maybe with changes, or a new one. */
export type MailboxPlan =
  | { readonly kind: 'none' }
  | { readonly kind: 'existing'; readonly id: MailboxId; readonly changes: EmbeddedVoicemail; readonly pin: PinChange }
  | { readonly kind: 'new'; readonly fields: MailboxFields }

/** Longest name of a mailbox, in characters. */
const MAX_NAME = 80

/**
 * What the `voicemail` of a user's body asks for. A new mailbox is called like its user.
 *
 * @throws InvalidInputError when it neither names a mailbox nor says where a new one shall lie
 */
export async function planMailbox(
  input: EmbeddedVoicemail | null,
  user: Pick<User, 'firstname' | 'lastname'>,
  pinsOf: (id: MailboxId) => Promise<KnownPins>,
): Promise<MailboxPlan> {
  if (input === null) return { kind: 'none' }
  const { id, ...changes } = input
  if (id !== undefined) {
    const pin = await pinChange(changes.password, () => pinsOf(id as MailboxId))
    return { kind: 'existing', id: id as MailboxId, changes, pin }
  }
  return { kind: 'new', fields: await fieldsOfCreation(completed(changes, user)) }
}

function completed(input: EmbeddedVoicemail, user: Pick<User, 'firstname' | 'lastname'>): VoicemailCreate {
  const { number, context, name = fullName(user) } = input
  if (number === undefined && context === undefined && input.name === undefined) {
    throw InvalidInputError.of('voicemail', 'required', 'needs an id, or a number and a context')
  }
  if (number === undefined) throw InvalidInputError.of('voicemail', 'required', 'number: is required')
  if (context === undefined) throw InvalidInputError.of('voicemail', 'required', 'context: is required')
  return { ...input, name, number, context }
}

function fullName({ firstname, lastname }: Pick<User, 'firstname' | 'lastname'>): string {
  return Array.from(lastname ? `${firstname} ${lastname}` : firstname)
    .slice(0, MAX_NAME)
    .join('')
}

/** Gives a user without mailbox the planned one. */
export async function giveMailbox(
  change: ConfigurationChange,
  user: User,
  plan: MailboxPlan,
): Promise<Mailbox | undefined> {
  if (plan.kind === 'none') return undefined
  const mailbox = plan.kind === 'new' ? await createMailbox(change, plan.fields) : await existing(change, plan.id)
  await associate(change, user, mailbox)
  return findMailbox(change, mailbox.id)
}

/** Makes a user's mailbox the planned one: the same is changed, another takes its place. */
export async function replaceMailbox(change: ConfigurationChange, user: User, plan: MailboxPlan): Promise<void> {
  if (plan.kind === 'existing' && plan.id === user.mailbox?.id) {
    const before = await lockMailbox(change, plan.id)
    const current = await findMailbox(change, plan.id)
    await updateMailbox(change, before, current, fieldsOfUpdate(current, plan.changes, plan.pin))
    return
  }
  await takeMailbox(change, user)
  await giveMailbox(change, await findUser(change, user.uuid), plan)
}

/** Takes a user's mailbox away, and deletes it when nobody else has it. */
export async function takeMailbox(change: ConfigurationChange, user: User): Promise<void> {
  const left = await dissociate(change, user)
  if (left?.users.length === 0) await deleteMailbox(change, left)
}

/** A mailbox that a body refers to: 400 when it is not there, as for every reference (rest.md 1.9). */
async function existing(change: ConfigurationChange, id: MailboxId): Promise<Mailbox> {
  const mailbox = (await change.summaries.lock(id)) && (await change.mailboxes.find(id))
  if (!mailbox) throw new RuleError('unknown-voicemail', 'there is no such mailbox', { id })
  return mailbox
}
