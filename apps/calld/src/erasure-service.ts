import { countDrafts, type ErasureReport, messageDrafts } from '@lamplighter/contracts'
import type { Actor, MailboxId, Message, TenantId } from '@lamplighter/domain'
import { type AudioStore, onlyTenant, type Store } from '@lamplighter/store'

type Caller = { readonly tenantId: TenantId; readonly callerIdNum: string }

/**
 * Erases what a caller left in a tenant: rows, transcripts, copies, audio, in the trash too. What is under legal hold
 * stays and is named. Each mailbox is one transaction: cut off in the middle, it is simply asked again.
 */
export class ErasureService {
  readonly #store: Store
  readonly #audio: AudioStore

  constructor(store: Store, audio: AudioStore) {
    this.#store = store
    this.#audio = audio
  }

  /** Erases and reports. The audit says that it was done, not whom it was about. */
  async erase(caller: Caller, actor: Actor): Promise<ErasureReport> {
    const scope = onlyTenant(caller.tenantId)
    const places = await this.#store.changeMessages(scope, async ({ erasure }) => {
      await erasure.forgetAnswers(caller)
      return { mailboxes: await erasure.mailboxes(caller), held: await erasure.held(caller) }
    })
    let [messages, transcriptions, objects] = [0, 0, 0]
    for (const mailboxId of places.mailboxes) {
      const erased = await this.#eraseFrom(mailboxId, caller, actor)
      messages += erased.length
      transcriptions += erased.filter(({ transcription }) => transcription !== null).length
      objects += await this.#deleteAudio(erased)
    }
    const held = places.held.map(({ mailboxId, messageId }) => ({ voicemail_id: mailboxId, message_id: messageId }))
    return { messages, objects, transcriptions, held }
  }

  #eraseFrom(mailboxId: MailboxId, caller: Caller, actor: Actor): Promise<readonly Message[]> {
    const { tenantId } = caller
    return this.#store.changeMessages(onlyTenant(tenantId), async (change) => {
      const { messages, counted, audience } = await change.erasure.erase(caller, mailboxId)
      if (messages.length === 0) return messages
      if (audience && counted.length > 0) {
        const told = counted.flatMap((message) => messageDrafts('deleted', message, audience))
        change.outbox.add([...told, ...countDrafts(audience)])
      }
      const details = { messages: messages.length }
      await change.audit.add({ tenantId, actor, action: 'caller.erased', mailboxId, details })
      return messages
    })
  }

  /** Deletes the audio that no other message names: copies share it. */
  async #deleteAudio(erased: readonly Message[]): Promise<number> {
    const keys = [...new Set(erased.map(({ audioKey }) => audioKey))]
    const named = await this.#store.namedAudio(keys)
    let deleted = 0
    for (const key of keys) {
      if (named.has(key)) continue
      if ((await this.#audio.size(key)) !== undefined) deleted++
      await this.#audio.delete(key)
    }
    return deleted
  }
}
