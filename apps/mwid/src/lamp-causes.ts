import type { DeviceId, LampCause, MailboxId } from '@lamplighter/domain'
import { type WatchedMailbox, withCause } from '@lamplighter/store'

/** Which lamp of a device. */
export type LampKey = { readonly deviceId: DeviceId; readonly mailboxId: MailboxId }

/** What is to be looked at, and why. Of several causes for the same thing one is kept, so it never grows with events. */
export class LampCauses {
  readonly #mailboxes = new Map<MailboxId, LampCause>()
  readonly #devices = new Map<DeviceId, LampCause>()
  readonly #lamps = new Map<string, { readonly lamp: LampKey; readonly cause: LampCause }>()
  #held = false

  get empty(): boolean {
    return this.#mailboxes.size + this.#devices.size + this.#lamps.size === 0
  }

  /** That these were held once is known already. */
  get held(): boolean {
    return this.#held
  }

  /** Mailboxes whose watchers are looked at. */
  get mailboxes(): MailboxId[] {
    return [...this.#mailboxes.keys()]
  }

  /** Devices that are looked at by themselves. */
  get devices(): DeviceId[] {
    const ofLamps = [...this.#lamps.values()].map(({ lamp }) => lamp.deviceId)
    return [...new Set([...this.#devices.keys(), ...ofLamps])]
  }

  ofMailbox(id: MailboxId, cause: LampCause): void {
    this.#mailboxes.set(id, merged(this.#mailboxes.get(id), cause))
  }

  ofDevice(id: DeviceId, cause: LampCause): void {
    this.#devices.set(id, merged(this.#devices.get(id), cause))
  }

  ofLamp(lamp: LampKey, cause: LampCause): void {
    this.#lamps.set(lampKey(lamp), { lamp, cause })
  }

  /** The mailboxes with what makes us look at each, the most particular cause first. */
  explain(watched: readonly WatchedMailbox[]): WatchedMailbox[] {
    return watched.map((mailbox) => withCause(mailbox, this.#causeOf(mailbox)))
  }

  #causeOf(lamp: LampKey): LampCause | undefined {
    const ofLamp = this.#lamps.size > 0 ? this.#lamps.get(lampKey(lamp))?.cause : undefined
    return ofLamp ?? this.#mailboxes.get(lamp.mailboxId) ?? this.#devices.get(lamp.deviceId)
  }

  /** These, which were held, and what came since. */
  withNewer(newer: LampCauses): LampCauses {
    for (const [id, cause] of newer.#mailboxes) this.ofMailbox(id, cause)
    for (const [id, cause] of newer.#devices) this.ofDevice(id, cause)
    for (const { lamp, cause } of newer.#lamps.values()) this.ofLamp(lamp, cause)
    this.#held = newer.empty
    return this
  }
}

/** The newer cause, but since the older one: what is not shown yet is late since then. A change is never only a look. */
function merged(older: LampCause | undefined, newer: LampCause): LampCause {
  if (!older) return newer
  if (newer.kind === 'reconcile' || (newer.kind === 'request' && older.kind === 'event')) return older
  return { ...newer, committedAtMs: older.committedAtMs ?? newer.committedAtMs }
}

/** A name for a lamp, to look it up by. */
export function lampKey({ deviceId, mailboxId }: LampKey): string {
  return `${deviceId}/${mailboxId}`
}
