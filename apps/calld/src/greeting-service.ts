import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { draft, greetingChanged, type MailboxAudience, rightsOf } from '@lamplighter/contracts'
import {
  type Actor,
  type Greeting,
  type GreetingName,
  hasRight,
  LamplighterError,
  type MailboxHead,
  type MailboxId,
  NotFoundError,
  RightMissingError,
  RuleError,
  type UserId,
} from '@lamplighter/domain'
import { type AudioStore, type MessagesChange, onlyTenant, type Store, type TenantScope } from '@lamplighter/store'
import { keepGreeting } from './greeting-intake.js'
import { noSuchUserVoicemail, noSuchVoicemail } from './ids.js'
import { RecordingIntake, type StoredRecording } from './recording-intake.js'

/** Which mailbox: one of the scope by its id, the user's own, or one the user reaches with the right to greet. */
export type GreetingOwner =
  | { readonly mailboxId: MailboxId; readonly userId?: undefined }
  | { readonly userId: UserId; readonly mailboxId?: MailboxId }

/** A greeting a call is about, recorded or not. */
export type GreetingPlace = { readonly scope: TenantScope; readonly owner: GreetingOwner; readonly name: GreetingName }

/** Audio for a greeting that is not there yet (`create`) or is (`replace`). */
export type GreetingUpload = {
  readonly mode: 'create' | 'replace'
  readonly audio: Readable
  readonly idempotencyKey?: string | undefined
}

/** Records, plays, copies and deletes greetings; every change is said and audited in its own transaction. */
export class GreetingService {
  readonly #store: Store
  readonly #audio: AudioStore
  readonly #maxBytes: number

  constructor(store: Store, audio: AudioStore, maxBytes: number) {
    this.#store = store
    this.#audio = audio
    this.#maxBytes = maxBytes
  }

  /** @throws NotFoundError for the mailbox or the greeting, RightMissingError */
  async find(place: GreetingPlace): Promise<Greeting> {
    const greeting = await this.#store.greetings.find(await this.#locate(place), place.name)
    if (!greeting) throw noSuchGreeting(place.name)
    return greeting
  }

  /**
   * Records a greeting. What is wrong with the audio is said first, then what is wrong with the place (rest.md 3.7);
   * audio that cannot be used is read and not stored.
   *
   * @returns whether this changed nothing: it repeats an upload with the same idempotency key, or the audio is there already
   * @throws LamplighterError for the audio, NotFoundError, RightMissingError, RuleError
   */
  async upload(place: GreetingPlace, actor: Actor, upload: GreetingUpload): Promise<boolean> {
    const intake = new RecordingIntake(this.#maxBytes, (problem) => invalidGreeting(place.name, problem))
    const refusal = await this.#foresee(place, upload)
    if (refusal) {
      await readThrough(upload.audio, intake)
      throw refusal
    }
    const recording = await keepGreeting(this.#audio, upload.audio, intake)
    try {
      const unchanged = await this.#record(place, actor, upload, recording)
      if (unchanged) await this.#audio.delete(recording.audioKey)
      return unchanged
    } catch (error) {
      // As with deposits: after any other failure the row may be there, and the sweeper looks before it deletes.
      if (error instanceof LamplighterError) await this.#audio.delete(recording.audioKey)
      throw error
    }
  }

  /** Deletes a greeting; without one, nothing happens. @throws NotFoundError for the mailbox, RightMissingError */
  async remove(place: GreetingPlace, actor: Actor): Promise<void> {
    await this.#change(place, async (change, mailbox) => {
      if (await change.greetings.delete(mailbox, place.name)) await say(change, mailbox, actor, place.name, 'deleted')
    })
  }

  /** Copies a greeting over another one; both share the audio. @throws NotFoundError: mailbox, then source */
  async copy(place: GreetingPlace, actor: Actor, to: GreetingName): Promise<void> {
    await this.#change(place, async (change, mailbox) => {
      const source = await change.greetings.find(mailbox, place.name)
      if (!source) throw noSuchGreeting(place.name)
      const present = await change.greetings.find(mailbox, to)
      if (present?.audioSha256 === source.audioSha256) return
      await change.greetings.put(mailbox, { ...source, name: to })
      await say(change, mailbox, actor, to, 'copied', { source: place.name })
    })
  }

  /** What will refuse an upload whatever its audio is: looked up before the audio is taken, seen again under the lock. */
  async #foresee(place: GreetingPlace, upload: GreetingUpload): Promise<LamplighterError | undefined> {
    try {
      const present = await this.#store.greetings.find(await this.#locate(place), place.name)
      return upload.idempotencyKey === undefined ? refusalOf(place.name, upload.mode, present) : undefined
    } catch (error) {
      if (error instanceof LamplighterError) return error
      throw error
    }
  }

  #record(
    place: GreetingPlace,
    actor: Actor,
    { mode, idempotencyKey }: GreetingUpload,
    { audioKey, bytes, sha256, durationMs }: StoredRecording,
  ): Promise<boolean> {
    const { name } = place
    return this.#change(place, async (change, mailbox) => {
      if (idempotencyKey !== undefined && !(await claim(change, mailbox, name, idempotencyKey, sha256))) return true
      const present = await change.greetings.find(mailbox, name)
      const refusal = refusalOf(name, mode, present)
      if (refusal) throw refusal
      if (present?.audioSha256 === sha256) return true
      await change.greetings.put(mailbox, { name, audioKey, audioBytes: bytes, audioSha256: sha256, durationMs })
      await say(change, mailbox, actor, name, mode === 'create' ? 'created' : 'replaced')
      return false
    })
  }

  async #locate({ scope, owner }: GreetingPlace): Promise<MailboxHead> {
    const messages = this.#store.messages(scope)
    const { userId, mailboxId } = owner
    if (userId === undefined) {
      const found = await messages.mailbox(mailboxId)
      if (!found) throw noSuchVoicemail(mailboxId)
      return found.mailbox
    }
    if (mailboxId === undefined) {
      const own = await messages.personalMailbox(userId)
      if (!own) throw noSuchUserVoicemail(userId)
      return own.mailbox
    }
    const reached = await messages.reached(userId, mailboxId)
    if (!reached) throw noSuchVoicemail(mailboxId)
    if (!hasRight(reached.rights, 'greet')) throw new RightMissingError(mailboxId, 'greet')
    return reached.mailbox
  }

  async #change<T>(
    place: GreetingPlace,
    work: (change: MessagesChange, mailbox: MailboxHead) => Promise<T>,
  ): Promise<T> {
    const { id, tenantId } = await this.#locate(place)
    return this.#store.changeMessages(onlyTenant(tenantId), async (change) => {
      const audience = await change.summaries.lock(id)
      // Seen again under the lock: meanwhile the mailbox may be gone, or the right taken away.
      if (!audience || !mayGreet(place.owner, audience)) throw noSuchVoicemail(id)
      if (audience.mailbox.external) throw greetedElsewhere(id)
      return work(change, audience.mailbox)
    })
  }
}

/** No such name, or nothing recorded under it. */
export function noSuchGreeting(greeting: string): NotFoundError {
  return new NotFoundError('no-such-voicemail-greeting', 'there is no such greeting', { greeting })
}

function greetedElsewhere(id: MailboxId): RuleError {
  return new RuleError('voicemail-external', 'callers of the mailbox are greeted elsewhere', { voicemail_id: id })
}

function invalidGreeting(greeting: GreetingName, problem: string): LamplighterError {
  return new LamplighterError('invalid-voicemail-greeting', problem, { greeting, problem })
}

function refusalOf(
  greeting: GreetingName,
  mode: GreetingUpload['mode'],
  present: Greeting | undefined,
): LamplighterError | undefined {
  if (mode === 'replace') return present ? undefined : noSuchGreeting(greeting)
  if (!present) return undefined
  return new RuleError('voicemail-greeting-already-exists', 'the greeting is recorded already', { greeting })
}

function mayGreet({ userId }: GreetingOwner, audience: MailboxAudience): boolean {
  return userId === undefined || hasRight(rightsOf(audience, userId), 'greet')
}

/** Takes an idempotency key; false when it was used for the same audio before. @throws RuleError for other audio */
async function claim(
  change: MessagesChange,
  { id, tenantId }: MailboxHead,
  name: GreetingName,
  key: string,
  fingerprint: string,
): Promise<boolean> {
  const repeat = { tenantId, scope: `greeting:${id}:${name}`, key, fingerprint }
  if (await change.idempotency.claim(repeat)) return true
  const first = await change.idempotency.find(tenantId, repeat.scope, key)
  if (first?.fingerprint === fingerprint) return false
  throw new RuleError('idempotency-key-conflict', 'the idempotency key was used for another greeting', {
    idempotency_key: key,
  })
}

async function say(
  change: MessagesChange,
  mailbox: MailboxHead,
  actor: Actor,
  greeting: GreetingName,
  action: 'created' | 'replaced' | 'copied' | 'deleted',
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const data = { voicemail_id: mailbox.id, greeting, action }
  change.outbox.add([draft(greetingChanged, { tenant: mailbox.tenantId }, data)])
  await change.audit.add({
    tenantId: mailbox.tenantId,
    actor,
    action: `greeting.${action}`,
    mailboxId: mailbox.id,
    details: { greeting, ...details },
  })
}

/** Reads audio to its end for what is wrong with it, and keeps nothing. */
async function readThrough(audio: Readable, intake: RecordingIntake): Promise<void> {
  intake.resume()
  await pipeline(audio, intake)
}
