import type { DeviceId, MailboxId } from '@lamplighter/domain'
import type { LampEntry } from '@lamplighter/store'

/** Lines of the ledger on their way to the table, one per lamp; found by device and by mailbox without a look at the others. */
export class LedgerLines {
  readonly #byDevice = new Map<DeviceId, Map<MailboxId, LampEntry>>()
  readonly #devices = new Map<MailboxId, DeviceId[]>()
  #size = 0

  /** How many there are. */
  get size(): number {
    return this.#size
  }

  /** Every line. */
  get all(): LampEntry[] {
    const lines: LampEntry[] = []
    for (const own of this.#byDevice.values()) for (const line of own.values()) lines.push(line)
    return lines
  }

  /** Replaces the line of the same lamp. What that says was acknowledged is not forgotten by one that does not say it. */
  put(line: LampEntry): void {
    const own = this.#of(line.deviceId)
    const former = own.get(line.mailboxId)
    if (!former) this.#index(line)
    const acknowledged = line.acknowledged ?? former?.acknowledged
    own.set(line.mailboxId, acknowledged && !line.acknowledged ? { ...line, acknowledged } : line)
  }

  /** Lines of a device. */
  ofDevice(id: DeviceId): Iterable<LampEntry> {
    return this.#byDevice.get(id)?.values() ?? []
  }

  /** Devices that have a line of this mailbox. */
  devicesOf(id: MailboxId): readonly DeviceId[] {
    return this.#devices.get(id) ?? []
  }

  /** Gives up the first line of the device that waits for longest. */
  dropOldest(): void {
    for (const [deviceId, own] of this.#byDevice) {
      for (const mailboxId of own.keys()) return this.#drop(deviceId, own, mailboxId)
    }
  }

  #of(deviceId: DeviceId): Map<MailboxId, LampEntry> {
    const present = this.#byDevice.get(deviceId)
    if (present) return present
    const own = new Map<MailboxId, LampEntry>()
    this.#byDevice.set(deviceId, own)
    return own
  }

  #index({ deviceId, mailboxId }: LampEntry): void {
    this.#size++
    const devices = this.#devices.get(mailboxId)
    if (devices) devices.push(deviceId)
    else this.#devices.set(mailboxId, [deviceId])
  }

  #drop(deviceId: DeviceId, own: Map<MailboxId, LampEntry>, mailboxId: MailboxId): void {
    this.#size--
    own.delete(mailboxId)
    if (own.size === 0) this.#byDevice.delete(deviceId)
    const devices = this.devicesOf(mailboxId).filter((id) => id !== deviceId)
    if (devices.length > 0) this.#devices.set(mailboxId, devices)
    else this.#devices.delete(mailboxId)
  }
}
