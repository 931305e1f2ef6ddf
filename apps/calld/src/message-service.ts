import { type MailboxAudience, rightsOf } from '@lamplighter/contracts'
import {
  type Actor,
  type Folder,
  hasRight,
  type MailboxId,
  type Message,
  type Right,
  RightMissingError,
  type UserId,
} from '@lamplighter/domain'
import type { MessageInMailbox, MessagesChange, Store, TenantScope } from '@lamplighter/store'
import { existingFolder, noSuchMessage, noSuchVoicemail } from './ids.js'
import { moveMessages } from './message-actions.js'

/** Which messages a call reaches: those of one mailbox of the scope, or all a user may touch (rest.md 3.6). */
export type Reach = { readonly mailboxId: MailboxId } | { readonly userId: UserId }

type Change<T> = (change: MessagesChange, audience: MailboxAudience, message: Message) => Promise<T>

/** Finds and moves messages; each change moves the counts and says so in one transaction. */
export class MessageService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * A message the call reaches, with the right it needs.
   *
   * @throws NotFoundError for the mailbox or the message, RightMissingError
   */
  async find(scope: TenantScope, reach: Reach, messageId: string, right: Right = 'listen'): Promise<MessageInMailbox> {
    const found = await this.#locate(scope, reach, messageId)
    if (!hasRight(found.rights, right)) throw new RightMissingError(found.mailbox.id, right)
    return found
  }

  async #locate(scope: TenantScope, reach: Reach, messageId: string): Promise<MessageInMailbox> {
    const messages = this.#store.messages(scope)
    const found =
      'userId' in reach
        ? await messages.reachable(reach.userId, messageId)
        : await messages.inMailbox(reach.mailboxId, messageId)
    if (found) return found
    if ('mailboxId' in reach && !(await messages.mailbox(reach.mailboxId))) throw noSuchVoicemail(reach.mailboxId)
    throw noSuchMessage(messageId)
  }

  /** Moves a message; into the folder it is in, nothing happens. @throws NotFoundError: mailbox, then folder, then message */
  async move(scope: TenantScope, reach: Reach, actor: Actor, messageId: string, folderId: number): Promise<void> {
    const folder = await this.#folder(scope, reach, folderId)
    await this.change(scope, reach, messageId, 'manage', async (change, audience, message) => {
      await moveMessages({ change, audience, actor }, [message], folder.id)
    })
  }

  async #folder(scope: TenantScope, reach: Reach, folderId: number): Promise<Folder> {
    if ('mailboxId' in reach && !(await this.#store.messages(scope).mailbox(reach.mailboxId))) {
      throw noSuchVoicemail(reach.mailboxId)
    }
    return existingFolder(folderId)
  }

  /**
   * Changes a message under the lock of its mailbox.
   *
   * @throws NotFoundError, RightMissingError, and what `apply` throws, which undoes everything
   */
  async change<T>(scope: TenantScope, reach: Reach, messageId: string, right: Right, apply: Change<T>): Promise<T> {
    const { mailbox } = await this.find(scope, reach, messageId, right)
    return this.#store.changeMessages({ tenantId: mailbox.tenantId, subtree: false }, async (change) => {
      const audience = await change.summaries.lock(mailbox.id)
      // Seen again under the lock: meanwhile it may have been deleted, or the right taken away.
      const message =
        audience && isAllowed(reach, audience, right) ? await change.writer(audience).find(messageId) : undefined
      if (!audience || !message) throw noSuchMessage(messageId)
      return apply(change, audience, message)
    })
  }
}

/** Whether a call by this reach has the right in a mailbox whose lock is held. */
export function isAllowed(reach: Reach, audience: MailboxAudience, right: Right): boolean {
  return 'mailboxId' in reach || hasRight(rightsOf(audience, reach.userId), right)
}
