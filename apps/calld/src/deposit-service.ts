import { createHash } from 'node:crypto'
import {
  countDrafts,
  type DepositMeta,
  isMailboxFull,
  type ListedMessage,
  type MailboxAudience,
  messageDrafts,
  quotaDrafts,
  rejectedDrafts,
  toListedMessage,
} from '@lamplighter/contracts'
import {
  INBOX,
  LamplighterError,
  type MailboxHead,
  type MailboxId,
  type Message,
  type MessageId,
  RuleError,
  type TenantId,
  UNHANDLED,
  URGENT,
} from '@lamplighter/domain'
import type { AudioStore, MessagesChange, Store, TenantScope } from '@lamplighter/store'
import { v7 as uuidv7 } from 'uuid'
import type { DepositRequest } from './deposit-request.js'
import { noSuchVoicemail } from './ids.js'
import { keepRecording, RecordingIntake, type StoredRecording } from './recording-intake.js'

/** What a deposit answers. `replayed`: the key was used before and this is what it got then. */
export type Deposit = { readonly message: ListedMessage; readonly replayed: boolean }

type Arrival = {
  readonly mailboxId: MailboxId
  readonly recording: StoredRecording
  readonly meta: DepositMeta
  readonly idempotencyKey: string | undefined
}

/** Takes messages: the audio first, then, in one transaction, the row, the counts and what is said about it. */
export class DepositService {
  readonly #store: Store
  readonly #audio: AudioStore
  readonly #maxAudioBytes: number

  constructor(store: Store, audio: AudioStore, maxAudioBytes: number) {
    this.#store = store
    this.#audio = audio
    this.#maxAudioBytes = maxAudioBytes
  }

  /**
   * @param open gives the audio once the mailbox is known to be there
   * @throws NotFoundError; LamplighterError when it is no recording or too large; RuleError when the mailbox is full or
   *   disabled, or the key was used for another content
   */
  async deposit(
    scope: TenantScope,
    mailboxId: MailboxId,
    idempotencyKey: string | undefined,
    open: () => Promise<DepositRequest>,
  ): Promise<Deposit> {
    const found = await this.#store.messages(scope).mailbox(mailboxId)
    if (!found) throw noSuchVoicemail(mailboxId)
    if (found.mailbox.external) throw messagesElsewhere(mailboxId)
    const request = await open()
    const intake = new RecordingIntake(this.#maxAudioBytes, noRecording)
    const recording = await keepRecording(this.#audio, request.audio, intake)
    try {
      const meta = await request.meta()
      const deposit = await this.#record(scope, { mailboxId, recording, meta, idempotencyKey })
      if (deposit.replayed) await this.#audio.delete(recording.audioKey)
      return deposit
    } catch (error) {
      // Only where the transaction surely did not commit. After any other failure the row may be there: the sweeper
      // looks before it deletes.
      if (error instanceof LamplighterError) await this.#audio.delete(recording.audioKey)
      throw error
    }
  }

  /** What is refused is said in a transaction that commits, and thrown when it has. */
  async #record(scope: TenantScope, arrival: Arrival): Promise<Deposit> {
    const outcome = await this.#store.changeMessages(scope, async (change): Promise<Deposit | RuleError> => {
      const audience = await change.summaries.lock(arrival.mailboxId)
      if (!audience) throw noSuchVoicemail(arrival.mailboxId)
      const { mailbox } = audience
      const earlier = await findEarlier(change, mailbox.tenantId, arrival)
      if (earlier) return { message: earlier, replayed: true }
      const refusal = arrivalRefusal(audience)
      if (refusal) {
        change.outbox.add(rejectedDrafts(audience, callerOf(arrival.meta)))
        return refusal
      }
      const inserted = change.writer(audience).insert(newMessage(mailbox, arrival))
      const message = toListedMessage(inserted.message, mailbox)
      await remember(change, mailbox.tenantId, arrival, message)
      change.outbox.add([
        ...messageDrafts('created', inserted.message, inserted.audience),
        ...countDrafts(inserted.audience),
        ...quotaDrafts(audience, inserted.audience),
      ])
      return { message, replayed: false }
    })
    if (outcome instanceof RuleError) throw outcome
    return outcome
  }
}

function noRecording(problem: string): LamplighterError {
  return new LamplighterError('invalid-voicemail-recording', problem, { problem })
}

/** Why a mailbox takes no message, because it lies elsewhere, or none now, if it does not: it is disabled or full. */
export function arrivalRefusal(audience: MailboxAudience): RuleError | undefined {
  const { id, enabled, maxMessages, external } = audience.mailbox
  const details = { voicemail_id: id }
  if (external) return messagesElsewhere(id)
  if (!enabled) return new RuleError('voicemail-disabled', 'the mailbox is disabled', details)
  if (!isMailboxFull(audience)) return undefined
  return new RuleError('voicemail-full', 'the mailbox is full', { ...details, max_messages: maxMessages })
}

/** An external mailbox takes no messages, ever. */
export function messagesElsewhere(id: MailboxId): RuleError {
  return new RuleError('voicemail-external', 'the messages of the mailbox lie elsewhere', { voicemail_id: id })
}

function callerOf({ caller_id_name: name = null, caller_id_num: number = null }: DepositMeta) {
  return { name, number }
}

function newMessage(mailbox: MailboxHead, { recording, meta }: Arrival): Message {
  const urgent = meta.urgent ?? false
  return {
    id: uuidv7() as MessageId,
    tenantId: mailbox.tenantId,
    mailboxId: mailbox.id,
    folderId: urgent ? URGENT : INBOX,
    urgent,
    callerIdName: meta.caller_id_name ?? null,
    callerIdNum: meta.caller_id_num ?? null,
    leftAt: meta.timestamp ?? Math.floor(Date.now() / 1000),
    durationMs: recording.durationMs,
    audioKey: recording.audioKey,
    audioBytes: recording.bytes,
    audioSha256: recording.sha256,
    transcription: null,
    ...UNHANDLED,
  }
}

/** Keys are remembered per mailbox, whose lock is held: two requests with one key cannot both find nothing. */
function keyScope(mailboxId: MailboxId): string {
  return `deposit:${mailboxId}`
}

/** Same facts and same bytes, same fingerprint. */
function fingerprint({ recording, meta }: Arrival): string {
  const { caller_id_name: name, caller_id_num: number, timestamp, urgent } = meta
  const facts = JSON.stringify([recording.sha256, name ?? null, number ?? null, timestamp ?? null, urgent ?? false])
  return createHash('sha256').update(facts).digest('hex')
}

async function findEarlier(
  change: MessagesChange,
  tenantId: TenantId,
  arrival: Arrival,
): Promise<ListedMessage | undefined> {
  const { idempotencyKey, mailboxId } = arrival
  if (idempotencyKey === undefined) return undefined
  const earlier = await change.idempotency.find(tenantId, keyScope(mailboxId), idempotencyKey)
  if (!earlier) return undefined
  if (earlier.fingerprint === fingerprint(arrival)) return earlier.response as ListedMessage
  throw new RuleError('idempotency-key-conflict', 'the idempotency key was used for another deposit', {
    idempotency_key: idempotencyKey,
  })
}

async function remember(
  change: MessagesChange,
  tenantId: TenantId,
  arrival: Arrival,
  message: ListedMessage,
): Promise<void> {
  if (arrival.idempotencyKey === undefined) return
  const answer = { fingerprint: fingerprint(arrival), response: message }
  await change.idempotency.add(tenantId, keyScope(arrival.mailboxId), arrival.idempotencyKey, answer)
}
