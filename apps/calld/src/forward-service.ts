import {
  countDrafts,
  type ForwardInput,
  type ListedMessage,
  type MailboxAudience,
  messageDrafts,
  quotaDrafts,
  toListedMessage,
} from '@lamplighter/contracts'
import {
  type Created,
  hasRight,
  InvalidInputError,
  type MailboxId,
  type Message,
  type MessageId,
  type RepeatKey,
  type Right,
  RightMissingError,
  RuleError,
} from '@lamplighter/domain'
import { type MessagesChange, onlyTenant, type Store } from '@lamplighter/store'
import { v7 as uuidv7 } from 'uuid'
import { arrivalRefusal } from './deposit-service.js'
import { noSuchMessage, noSuchVoicemail } from './ids.js'
import { deleting } from './message-actions.js'
import { isAllowed, type MessageService } from './message-service.js'
import type { MessageCall } from './team-service.js'

/** The mailboxes of a forwarding, their locks held. */
type Locked = { readonly source: MailboxAudience; readonly targets: readonly MailboxAudience[] }

/** Copies messages to other mailboxes of their tenant: all the copies or none, by a constant number of statements. */
export class ForwardService {
  readonly #store: Store
  readonly #messages: MessageService

  constructor(store: Store, messages: MessageService) {
    this.#store = store
    this.#messages = messages
  }

  /**
   * Gives the copies, new in their mailboxes. With `keep` false the original goes to the trash.
   *
   * @throws NotFoundError for the message or a mailbox, RightMissingError, InvalidInputError for the message's own
   *   mailbox, RuleError when the message is private or on hold or a mailbox full or disabled
   */
  async forward(call: MessageCall, input: ForwardInput, repeat?: RepeatKey): Promise<Created<ListedMessage[]>> {
    // Asked first: the original may lie in the trash since.
    const earlier = repeat && (await this.#store.earlier<ListedMessage[]>(repeat))
    if (earlier) return earlier
    const { scope, reach, messageId } = call
    const needed: Right[] = input.keep === false ? ['listen', 'delete'] : ['listen']
    const { mailbox, rights } = await this.#messages.find(scope, reach, messageId, 'listen')
    const missing = needed.find((right) => !hasRight(rights, right))
    if (missing) throw new RightMissingError(mailbox.id, missing)
    return this.#store.changeMessagesOnce(onlyTenant(mailbox.tenantId), repeat, async (change) => {
      const locked = await lockAll(change, mailbox.id, input.voicemail_ids as MailboxId[])
      if (!needed.every((right) => isAllowed(reach, locked.source, right))) throw noSuchMessage(messageId)
      return copy(change, call, locked, input)
    })
  }
}

/** Locks the mailbox of the message too: what it names cannot be purged while the copies are made. */
async function lockAll(change: MessagesChange, from: MailboxId, to: readonly MailboxId[]): Promise<Locked> {
  if (to.includes(from)) throw InvalidInputError.of('voicemail_ids', 'unknown', 'the message lies there already')
  const audiences = await change.summaries.lockAll([from, ...to])
  const locked = (id: MailboxId) => {
    const audience = audiences.get(id)
    if (!audience) throw noSuchVoicemail(id)
    return audience
  }
  return { source: locked(from), targets: to.map(locked) }
}

async function copy(
  change: MessagesChange,
  { actor, messageId }: MessageCall,
  { source, targets }: Locked,
  { voicemail_ids: to, keep = true, note = null }: ForwardInput,
): Promise<ListedMessage[]> {
  const message = await change.writer(source).find(messageId)
  if (!message) throw noSuchMessage(messageId)
  if (message.private) throw new RuleError('message-private', 'the message is private', { message_id: message.id })
  for (const target of targets) {
    const refusal = arrivalRefusal(target)
    if (refusal) throw refusal
  }
  const places = targets.map((audience) => ({ id: uuidv7() as MessageId, audience }))
  const copies = await change.copies.copy(message, places, note)
  change.outbox.add([
    ...copies.flatMap((one) => messageDrafts('created', one.message, one.audience)),
    ...copies.flatMap(({ audience }, index) => [
      ...countDrafts(audience),
      ...quotaDrafts(targets[index] ?? audience, audience),
    ]),
  ])
  const { tenantId, mailboxId } = message
  await change.audit.add({ tenantId, actor, action: 'message.forwarded', mailboxId, messageId, details: { to, keep } })
  if (!keep) await putAway(change, source, message, actor)
  return copies.map((one) => toListedMessage(one.message, one.audience.mailbox))
}

/** The same as deleting it, with what may forbid that. */
async function putAway(
  change: MessagesChange,
  audience: MailboxAudience,
  message: Message,
  actor: MessageCall['actor'],
): Promise<void> {
  const stored = { message, trashed: false }
  const action = deleting(new Date())
  const refusal = action.refuse?.(stored, audience, 0)
  if (refusal) throw refusal
  await action.apply({ change, audience, actor }, [stored])
}
