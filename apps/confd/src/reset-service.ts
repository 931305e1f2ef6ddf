import {
  countDrafts,
  draft,
  type EventDraft,
  greetingChanged,
  type MailboxAudience,
  messageDrafts,
  quotaDrafts,
  userVoicemailEdited,
  voicemailEdited,
} from '@lamplighter/contracts'
import { type Actor, type GreetingName, type MailboxId, type Message, RuleError } from '@lamplighter/domain'
import type { MessagesChange, Store, TenantScope } from '@lamplighter/store'
import { noSuchVoicemail } from './mailbox-changes.js'

/** What a reset took away. */
type Taken = {
  readonly messages: readonly Message[]
  readonly greetings: readonly GreetingName[]
  readonly pin: boolean
}

/** Makes a mailbox as good as new when a guest checks out (users.md S33). */
export class ResetService {
  readonly #store: Store
  readonly #now: () => Date

  constructor(store: Store, now: () => Date = () => new Date()) {
    this.#store = store
    this.#now = now
  }

  /**
   * Messages go to the trash, the PIN and the greetings go, the lamps go dark: all or nothing. Of a mailbox that is as
   * good as new nothing is said. Audio of the greetings is swept later, as that of any greeting that is deleted.
   *
   * @throws NotFoundError, RuleError while a message is on hold: the next guest must not find it, nor may it go
   */
  async reset(scope: TenantScope, id: MailboxId, actor: Actor): Promise<void> {
    await this.#store.changeMessages(scope, async (change) => {
      const before = await change.summaries.lock(id)
      if (!before) throw noSuchVoicemail(id)
      const present = await change.trash(before).present()
      refuseHeld(present)
      const greetings = await change.greetings.deleteAll(before.mailbox)
      const pin = await change.pins.remove(before.mailbox)
      const after = present.length > 0 ? await trash(change, before, present, actor, this.#now()) : before
      await say(change, before, after, { messages: present, greetings, pin })
      await note(change, before, actor, { messages: present, greetings, pin })
    })
  }
}

function refuseHeld(messages: readonly Message[]): void {
  const held = messages.filter(({ hold }) => hold)
  if (held.length === 0) return
  const details = { message_id: held[0]?.id, messages_on_hold: held.length }
  throw new RuleError('message-on-hold', 'a message of the mailbox is on hold', details)
}

async function trash(
  change: MessagesChange,
  before: MailboxAudience,
  messages: readonly Message[],
  actor: Actor,
  now: Date,
): Promise<MailboxAudience> {
  return (await change.trash(before).trash(messages, actor.userId, now)).audience
}

async function say(
  change: MessagesChange,
  before: MailboxAudience,
  after: MailboxAudience,
  { messages, greetings, pin }: Taken,
): Promise<void> {
  const { id, tenantId: tenant } = before.mailbox
  const edited: EventDraft[] = [
    draft(voicemailEdited, { tenant }, { id }),
    ...before.users.map((user) => draft(userVoicemailEdited, { tenant, user }, { user_uuid: user, voicemail_id: id })),
  ]
  const counts = [...countDrafts(after), ...quotaDrafts(before, after)]
  change.outbox.add([
    ...(pin ? edited : []),
    ...greetings.map((greeting) =>
      draft(greetingChanged, { tenant }, { voicemail_id: id, greeting, action: 'deleted' }),
    ),
    ...messages.flatMap((one) => messageDrafts('deleted', one, after)),
    ...(messages.length > 0 ? counts : []),
  ])
}

/** The reset itself, and what it did to each message: nobody must wonder where one went. */
async function note(
  { audit }: MessagesChange,
  { mailbox }: MailboxAudience,
  actor: Actor,
  { messages, greetings, pin }: Taken,
): Promise<void> {
  if (messages.length === 0 && greetings.length === 0 && !pin) return
  const place = { tenantId: mailbox.tenantId, actor, mailboxId: mailbox.id }
  const details = { messages: messages.length, greetings, pin }
  await audit.add(
    { ...place, action: 'mailbox.reset', details },
    ...messages.map(
      ({ id }) => ({ ...place, action: 'message.deleted', messageId: id, details: { reset: true } }) as const,
    ),
  )
}
