import { verifySecret } from '@lamplighter/access'
import { draft, pinLocked } from '@lamplighter/contracts'
import {
  type Actor,
  type CountedTry,
  countTry,
  type MailboxId,
  mailboxSubject,
  type PinSubject,
  pinWeakness,
  settle,
  takeBack,
} from '@lamplighter/domain'
import {
  type ConfigurationChange,
  onlyTenant,
  type PinCredential,
  type Store,
  type TenantScope,
} from '@lamplighter/store'
import { noSuchVoicemail } from './mailbox-changes.js'

/** Whether a PIN opens a mailbox, and why not. */
export type PinVerdict =
  | { readonly verified: true }
  | {
      readonly verified: false
      readonly reason: 'wrong' | 'weak' | 'locked' | 'none-set'
      /** When the lock ends, if there is one now. */
      readonly lockedUntil?: Date
    }

/** Somebody dialled this. */
export type DialledPin = { readonly pin: string; readonly caller: string | null }

/** Keys of the counters of a try, by what they count for. */
type Subjects = ReadonlyMap<PinSubject, string>

/** A try that was counted for each of its subjects; or the reason why it was not. */
type Counting = readonly CountedTry[] | (PinVerdict & { readonly verified: false })

/** Checks PINs, and locks out whoever guesses (users.md S1, S2): across calls, processes and restarts. */
export class PinService {
  readonly #store: Store
  readonly #now: () => Date

  constructor(store: Store, now: () => Date = () => new Date()) {
    this.#store = store
    this.#now = now
  }

  /**
   * Checks a PIN. The try is counted before the PIN is looked at, under the counters' locks: of many tries at once no
   * more are looked at than one after the other would be.
   *
   * @throws NotFoundError, OverloadedError
   */
  async verify(scope: TenantScope, id: MailboxId, { pin, caller }: DialledPin, actor: Actor): Promise<PinVerdict> {
    const credential = await this.#store.pins(scope).credential(id)
    if (!credential) throw noSuchVoicemail(id)
    const subjects = subjectsOf(id, caller)
    const counted = await this.#count(credential, subjects)
    if ('verified' in counted) return counted
    // What is not all digits is no PIN: nothing to compute for `0000#0001#`, which was one try.
    if (!/^\d{1,80}$/.test(pin) || !(await verifySecret(credential.hash, pin))) {
      return this.#refuse(credential, counted, caller, actor)
    }
    const opens = !credential.reused && pinWeakness(pin, credential) === undefined
    await this.#takeBack(credential, subjects, counted, opens)
    return opens ? { verified: true } : { verified: false, reason: 'weak' }
  }

  /** Forgets the wrong PINs of a mailbox; of a caller and of the tenant where asked. @throws NotFoundError */
  async unlock(
    scope: TenantScope,
    id: MailboxId,
    { caller, tenant }: { readonly caller: string | null; readonly tenant: boolean },
    actor: Actor,
  ): Promise<void> {
    const credential = await this.#store.pins(scope).credential(id)
    if (!credential) throw noSuchVoicemail(id)
    const { tenantId } = credential
    const subjects = [...subjectsOf(id, caller)].filter(([subject]) => subject !== 'tenant' || tenant)
    await this.#store.changeConfiguration(onlyTenant(tenantId), async (change) => {
      const keys = subjects.map(([, key]) => key)
      if (!(await change.pins.clearCounters(tenantId, keys))) return
      const details = { unlocked: subjects.map(([subject]) => subject), caller: callerOf(caller) }
      await change.audit.add({ tenantId, actor, action: 'pin.unlocked', mailboxId: id, details })
    })
  }

  #count({ tenantId, hash }: PinCredential, subjects: Subjects): Promise<Counting> {
    return this.#store.changeConfiguration(onlyTenant(tenantId), async ({ pins }) => {
      const now = this.#now()
      const present = await pins.lockCounters(tenantId, [...subjects.values()])
      const before = [...subjects].flatMap(([subject, key]) => {
        const counter = present.get(key)
        return counter ? [{ subject, counter: settle(subject, counter, now) }] : []
      })
      const lockedUntil = latest(before.map(({ counter }) => counter.lockedUntil))
      if (lockedUntil) return { verified: false, reason: 'locked', lockedUntil }
      if (hash === undefined) return { verified: false, reason: 'none-set' }
      const tries = before.map(({ subject, counter }) => ({
        subject,
        before: counter,
        after: countTry(subject, counter, now),
      }))
      const counters = tries.map(({ subject, after }) => [subjects.get(subject) ?? '', after] as const)
      await pins.saveCounters(tenantId, new Map(counters))
      return tries
    })
  }

  /** A wrong PIN. Whoever set a lock says so, once. */
  async #refuse(
    { tenantId, mailboxId }: PinCredential,
    counted: readonly CountedTry[],
    caller: string | null,
    actor: Actor,
  ): Promise<PinVerdict> {
    const locks = counted.flatMap(({ subject, after }) =>
      after.lockedUntil ? [{ subject, lockedUntil: after.lockedUntil }] : [],
    )
    const lockedUntil = latest(locks.map((lock) => lock.lockedUntil))
    if (!lockedUntil) return { verified: false, reason: 'wrong' }
    await this.#store.changeConfiguration(onlyTenant(tenantId), async (change) => {
      for (const lock of locks)
        await sayLocked(change, { tenantId, mailboxId, ...lock, caller: callerOf(caller), actor })
    })
    return { verified: false, reason: 'wrong', lockedUntil }
  }

  async #takeBack(
    { tenantId }: PinCredential,
    subjects: Subjects,
    counted: readonly CountedTry[],
    opens: boolean,
  ): Promise<void> {
    await this.#store.changeConfiguration(onlyTenant(tenantId), async ({ pins }) => {
      const present = await pins.lockCounters(tenantId, [...subjects.values()])
      const counters = counted.flatMap((one) => {
        const key = subjects.get(one.subject) ?? ''
        const counter = present.get(key)
        return counter ? [[key, takeBack(one, counter, opens)] as const] : []
      })
      await pins.saveCounters(tenantId, new Map(counters))
    })
  }
}

function subjectsOf(id: MailboxId, caller: string | null): Subjects {
  const known = callerOf(caller)
  const subjects: [PinSubject, string][] = [
    ['mailbox', mailboxSubject(id)],
    ['tenant', 'tenant'],
  ]
  if (known !== null) subjects.push(['caller', `caller:${known}`])
  return new Map(subjects)
}

/** A caller as counted: the digits, however the number was written. No number, no caller. */
function callerOf(caller: string | null): string | null {
  const digits = caller?.replace(/\D/g, '') ?? ''
  const known = digits === '' ? caller?.trim().toLowerCase() : digits
  return known ? known : null
}

function latest(dates: readonly (Date | null)[]): Date | undefined {
  const times = dates.flatMap((date) => (date ? [date.getTime()] : []))
  return times.length === 0 ? undefined : new Date(Math.max(...times))
}

type Locked = Pick<PinCredential, 'tenantId' | 'mailboxId'> & {
  readonly subject: PinSubject
  readonly lockedUntil: Date
  readonly caller: string | null
  readonly actor: Actor
}

async function sayLocked(change: ConfigurationChange, locked: Locked): Promise<void> {
  const { tenantId, mailboxId, subject, caller, actor } = locked
  const facts = { locked: subject, caller, locked_until: locked.lockedUntil.toISOString() }
  change.outbox.add([draft(pinLocked, { tenant: tenantId }, { voicemail_id: mailboxId, ...facts })])
  await change.audit.add({ tenantId, actor, action: 'pin.locked', mailboxId, details: facts })
}
