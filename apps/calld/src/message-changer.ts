import type { MailboxAudience } from '@lamplighter/contracts'
import { type Actor, hasRight, type LamplighterError, type MailboxHead, RightMissingError } from '@lamplighter/domain'
import type { Logger } from '@lamplighter/runtime'
import type { AudioStore, LocatedMessage, Store, StoredMessage, TenantScope } from '@lamplighter/store'
import { noSuchMessage, noSuchVoicemail } from './ids.js'
import { type MessageAction, purging } from './message-actions.js'
import { isAllowed, type Reach } from './message-service.js'
import { deleteUnnamedAudio } from './unnamed-audio.js'

/** What became of each message, by its id in lower case: nothing went wrong, or this. */
export type Outcomes = ReadonlyMap<string, LamplighterError | undefined>

/** Changes messages of the mailboxes a call reaches, one or many. */
export class MessageChanger {
  readonly #store: Store
  readonly #audio: AudioStore
  readonly #log: Logger

  constructor(store: Store, audio: AudioStore, log: Logger) {
    this.#store = store
    this.#audio = audio
    this.#log = log
  }

  /**
   * Does one thing to many messages: finds them by one statement, then goes mailbox by mailbox.
   *
   * @throws NotFoundError for a mailbox that is named; what is wrong with a message is its outcome
   */
  async change(
    scope: TenantScope,
    reach: Reach,
    actor: Actor,
    ids: readonly string[],
    action: MessageAction,
  ): Promise<Outcomes> {
    const outcomes = new Map<string, LamplighterError | undefined>(
      ids.map((id) => [id.toLowerCase(), noSuchMessage(id)]),
    )
    const located = await this.#locate(scope, reach, [...outcomes.keys()], action)
    const permitted = located.filter(({ rights }) => hasRight(rights, action.right))
    for (const { id, mailbox } of located) outcomes.set(id, new RightMissingError(mailbox.id, action.right))
    for (const [mailbox, inside] of byMailbox(permitted, [...outcomes.keys()])) {
      const settled = await changeInMailbox(this.#store, mailbox, actor, inside, action, (audience) =>
        isAllowed(reach, audience, action.right),
      )
      for (const [id, outcome] of settled) outcomes.set(id, outcome)
    }
    return outcomes
  }

  /** Does one thing to one message. @throws NotFoundError, RightMissingError, RuleError */
  async changeOne(scope: TenantScope, reach: Reach, actor: Actor, id: string, action: MessageAction): Promise<void> {
    const [outcome] = (await this.change(scope, reach, actor, [id], action)).values()
    if (outcome) throw outcome
  }

  /** Deletes a message and its audio for good. @throws NotFoundError, RightMissingError, RuleError */
  async purge(scope: TenantScope, reach: Reach, actor: Actor, id: string): Promise<void> {
    const gone: string[] = []
    const action = purging((audioKeys) => gone.push(...audioKeys))
    await this.changeOne(scope, reach, actor, id, action)
    // The message is gone already; audio that stays behind is swept.
    await deleteUnnamedAudio(this.#store, this.#audio, gone).catch((err) =>
      this.#log.warn({ err }, 'the audio of a purged message was not deleted'),
    )
  }

  async #locate(
    scope: TenantScope,
    reach: Reach,
    ids: readonly string[],
    { place }: MessageAction,
  ): Promise<LocatedMessage[]> {
    const lookup = this.#store.lookup(scope)
    if ('userId' in reach) return lookup.reachable(reach.userId, ids, place)
    const located = await lookup.inMailbox(reach.mailboxId, ids, place)
    if (located.length === 0 && !(await this.#store.messages(scope).mailbox(reach.mailboxId))) {
      throw noSuchVoicemail(reach.mailboxId)
    }
    return located
  }
}

/**
 * Does something to messages of one mailbox, in one transaction that takes the lock once and runs the same few
 * statements however many messages it touches. What was seen before is seen again under the lock: meanwhile a message
 * may have been deleted, or the right taken away.
 */
export async function changeInMailbox(
  store: Store,
  { tenantId, id: mailboxId }: Pick<MailboxHead, 'tenantId' | 'id'>,
  actor: Actor,
  ids: readonly string[],
  action: MessageAction,
  isPermitted: (audience: MailboxAudience) => boolean,
): Promise<Outcomes> {
  return store.changeMessages({ tenantId, subtree: false }, async (change) => {
    const outcomes = new Map<string, LamplighterError | undefined>(ids.map((id) => [id, noSuchMessage(id)]))
    const audience = await change.summaries.lock(mailboxId)
    if (!audience || !isPermitted(audience)) return outcomes
    const accepted: StoredMessage[] = []
    for (const stored of inOrder(await change.trash(audience).find(ids), ids)) {
      if (!isInPlace(stored, action)) continue
      const refusal = action.refuse?.(stored, audience, accepted.length)
      outcomes.set(stored.message.id, refusal)
      if (!refusal) accepted.push(stored)
    }
    if (accepted.length > 0) await action.apply({ change, audience, actor }, accepted)
    return outcomes
  })
}

function isInPlace({ trashed }: StoredMessage, { place }: MessageAction): boolean {
  return place === 'anywhere' || trashed === (place === 'trash')
}

function inOrder(stored: readonly StoredMessage[], ids: readonly string[]): StoredMessage[] {
  const byId = new Map<string, StoredMessage>(stored.map((one) => [one.message.id, one]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** Ids by the mailbox they lie in, in the order in which they were asked for. */
function byMailbox(located: readonly LocatedMessage[], ids: readonly string[]): Map<MailboxHead, string[]> {
  const mailboxes = new Map<number, MailboxHead>()
  const places = new Map<string, MailboxHead>()
  for (const { id, mailbox } of located) {
    const known = mailboxes.get(mailbox.id) ?? mailbox
    mailboxes.set(mailbox.id, known)
    places.set(id, known)
  }
  const groups = new Map<MailboxHead, string[]>()
  for (const id of ids) {
    const mailbox = places.get(id)
    if (mailbox) groups.set(mailbox, [...(groups.get(mailbox) ?? []), id])
  }
  return groups
}
