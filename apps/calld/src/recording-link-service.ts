import type { RecordingLink, RecordingLinks } from '@lamplighter/access'
import type { Created, RepeatKey, UserId } from '@lamplighter/domain'
import { type MessageInMailbox, onlyTenant, type Store, type TenantScope } from '@lamplighter/store'
import { noSuchMessage } from './ids.js'
import type { MessageService, Reach } from './message-service.js'

/** A link that was made. */
export type MadeLink = { readonly link: string; readonly expiresAt: Date }

/** Makes links to recordings and follows them (users.md S11). */
export class RecordingLinkService {
  readonly #store: Store
  readonly #messages: MessageService
  readonly #links: RecordingLinks

  constructor(store: Store, messages: MessageService, links: RecordingLinks) {
    this.#store = store
    this.#messages = messages
    this.#links = links
  }

  /** A link to the recording of a message that its maker may listen to. @throws NotFoundError, RightMissingError */
  async make(
    scope: TenantScope,
    reach: Reach,
    messageId: string,
    maker: UserId,
    lifetimeSec: number,
    repeat: RepeatKey | undefined,
  ): Promise<Created<MadeLink>> {
    const { message, mailbox } = await this.#messages.find(scope, reach, messageId, 'listen')
    const expiry = Date.now() + lifetimeSec * 1000
    // Only the expiry is kept for a repeat: with it the same link is signed again.
    const { value, replayed } = await this.#store.createOnce(onlyTenant(mailbox.tenantId), repeat, async () => expiry)
    const expiresAt = new Date(value)
    const facts = { tenantId: mailbox.tenantId, mailboxId: mailbox.id, messageId: message.id, maker, expiresAt }
    return { value: { link: this.#links.sign(facts), expiresAt }, replayed }
  }

  /** What a link says. @throws AuthenticationError */
  read(link: string): RecordingLink {
    return this.#links.read(link, new Date())
  }

  /** The message a link opens, as long as it is there. @throws NotFoundError */
  async open({ tenantId, mailboxId, messageId }: RecordingLink): Promise<MessageInMailbox> {
    const found = await this.#store.messages(onlyTenant(tenantId)).inMailbox(mailboxId, messageId)
    if (!found) throw noSuchMessage(messageId)
    return found
  }
}
