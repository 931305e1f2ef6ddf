import { transcriptionDrafts } from '@lamplighter/contracts'
import {
  type Actor,
  isUuid,
  type MailboxId,
  type Message,
  NotFoundError,
  type Transcription,
} from '@lamplighter/domain'
import type { MessagesChange, Store, TenantScope } from '@lamplighter/store'
import { noSuchMessage, noSuchVoicemail } from './ids.js'

/** A message by its mailbox: ids of messages are not enough, whoever sends them (rest.md F-40). */
export type MessagePlace = { readonly mailboxId: MailboxId; readonly messageId: string }

/** What became of a result: `unknown` when there is no such message (any more), `stale` when a newer one is there. */
export type Acceptance = 'stored' | 'unchanged' | 'stale' | 'unknown'

/** Keeps the text of messages, and says what came and went. */
export class TranscriptionService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Stores a transcription in place of an earlier one; the same again changes nothing. @throws NotFoundError */
  async put(scope: TenantScope, place: MessagePlace, transcription: Transcription, actor: Actor): Promise<void> {
    await this.#change(scope, place, async (change, message, set) => {
      if (message.transcription && sameContent(message.transcription, transcription)) return
      await set(transcription)
      await change.audit.add({ ...entry(message, actor), action: 'message.transcribed' })
    })
  }

  /** Removes the transcription of a message. @throws NotFoundError */
  async delete(scope: TenantScope, place: MessagePlace, actor: Actor): Promise<void> {
    await this.#change(scope, place, async (change, message, set) => {
      if (!message.transcription) {
        const details = { message_id: message.id }
        throw new NotFoundError('no-such-voicemail-transcription', 'the message has no transcription', details)
      }
      await set(null)
      await change.audit.add({ ...entry(message, actor), action: 'message.untranscribed' })
    })
  }

  /** Takes a result from the bus: the newest one wins, so repeats and reordering do no harm. */
  async accept(scope: TenantScope, place: MessagePlace, transcription: Transcription): Promise<Acceptance> {
    let acceptance: Acceptance = 'stored'
    try {
      await this.#change(scope, place, async (_change, { transcription: present }, set) => {
        if (present && sameContent(present, transcription)) acceptance = 'unchanged'
        else if (present && present.createdAt > transcription.createdAt) acceptance = 'stale'
        else await set(transcription)
      })
    } catch (error) {
      if (error instanceof NotFoundError) return 'unknown'
      throw error
    }
    return acceptance
  }

  async #change(
    scope: TenantScope,
    { mailboxId, messageId }: MessagePlace,
    work: (change: MessagesChange, message: Message, set: (to: Transcription | null) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    await this.#store.changeMessages(scope, async (change) => {
      const audience = await change.summaries.lock(mailboxId)
      if (!audience) throw noSuchVoicemail(mailboxId)
      const message = isUuid(messageId) ? await change.writer(audience).find(messageId) : undefined
      if (!message) throw noSuchMessage(messageId)
      await work(change, message, async (transcription) => {
        const transcribed = await change.writer(audience).transcribe(message, transcription)
        const told = transcription
          ? transcriptionDrafts('created', transcribed.message, audience)
          : transcriptionDrafts('deleted', message, audience)
        change.outbox.add(told)
      })
    })
  }
}

function entry({ tenantId, mailboxId, id }: Message, actor: Actor) {
  return { tenantId, actor, mailboxId, messageId: id }
}

/** Whether two transcriptions say the same, whenever they were made. */
function sameContent(a: Transcription, b: Transcription): boolean {
  return (
    a.text === b.text && a.providerId === b.providerId && a.language === b.language && a.durationSec === b.durationSec
  )
}
