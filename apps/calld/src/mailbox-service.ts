import { type MwiView, toExternalView, toFolderMessage, type VoicemailMessagesView } from '@lamplighter/contracts'
import {
  addSummaries,
  FOLDERS,
  type Folder,
  isLampLit,
  type MailboxHead,
  type MailboxId,
  type MailboxState,
  type Message,
  type MessageSummary,
  shownSummary,
  type UserId,
  viewedSummary,
} from '@lamplighter/domain'
import type { MessageQueries, Store, TenantScope, VoicemailType } from '@lamplighter/store'
import { noSuchUserVoicemail, noSuchVoicemail } from './ids.js'

type FolderView = VoicemailMessagesView['folders'][number]
type FoundMailbox = { readonly mailbox: MailboxHead; readonly state: MailboxState }

/** Reads mailboxes with their folders, and counts. */
export class MailboxService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** A mailbox with its six folders. @throws NotFoundError */
  async mailbox(scope: TenantScope, id: MailboxId): Promise<VoicemailMessagesView> {
    const messages = this.#store.messages(scope)
    return withFolders(messages, (await found(messages, id)).mailbox)
  }

  /** A folder of a mailbox. @throws NotFoundError */
  async folder(scope: TenantScope, id: MailboxId, folder: Folder): Promise<FolderView> {
    const messages = this.#store.messages(scope)
    const { mailbox } = await found(messages, id)
    return withMessages(folder, await messages.ofMailbox(mailbox, folder.id))
  }

  /** The user's own mailbox with its six folders. @throws NotFoundError */
  async ownMailbox(scope: TenantScope, user: UserId): Promise<VoicemailMessagesView> {
    const messages = this.#store.messages(scope)
    return withFolders(messages, (await personal(messages, user)).mailbox)
  }

  /** A folder of the user's own mailbox. @throws NotFoundError */
  async ownFolder(scope: TenantScope, user: UserId, folder: Folder): Promise<FolderView> {
    const messages = this.#store.messages(scope)
    const { mailbox } = await personal(messages, user)
    return withMessages(folder, await messages.ofMailbox(mailbox, folder.id))
  }

  /** All that waits in a mailbox, and how much of it somebody works on. @throws NotFoundError */
  async counts(scope: TenantScope, id: MailboxId): Promise<MwiView> {
    const { mailbox, state } = await found(this.#store.messages(scope), id)
    const claimed = mailbox.enabled ? state.claimed.reduce((sum, one) => sum + one.new, 0) : 0
    return { ...toCounts(shownSummary(mailbox.enabled, state.summary)), version: state.revision, claimed }
  }

  /** What waits for a user in the mailboxes in reach together. */
  async ownCounts(scope: TenantScope, user: UserId, type: VoicemailType): Promise<MwiView> {
    const states = await this.#store.messages(scope).reachedStates(user, type)
    return toCounts(addSummaries(states.map(({ enabled, state }) => shownSummary(enabled, viewedSummary(state, user)))))
  }
}

async function found(messages: MessageQueries, id: MailboxId): Promise<FoundMailbox> {
  const mailbox = await messages.mailbox(id)
  if (!mailbox) throw noSuchVoicemail(id)
  return mailbox
}

async function personal(messages: MessageQueries, user: UserId): Promise<FoundMailbox> {
  const mailbox = await messages.personalMailbox(user)
  if (!mailbox) throw noSuchUserVoicemail(user)
  return mailbox
}

async function withFolders(messages: MessageQueries, mailbox: MailboxHead): Promise<VoicemailMessagesView> {
  const all = await messages.ofMailbox(mailbox, null)
  const { id, name, number, accesstype } = mailbox
  const folders = FOLDERS.map((folder) =>
    withMessages(
      folder,
      all.filter((message) => message.folderId === folder.id),
    ),
  )
  return { id, name, number, accesstype, external: toExternalView(mailbox.external, new Date()), folders }
}

function withMessages(folder: Folder, messages: readonly Message[]): FolderView {
  return { ...folder, messages: messages.map(toFolderMessage) }
}

function toCounts(summary: MessageSummary): MwiView {
  return {
    new: summary.new,
    old: summary.old,
    urgent_new: summary.urgentNew,
    urgent_old: summary.urgentOld,
    messages_waiting: isLampLit(summary),
  }
}
