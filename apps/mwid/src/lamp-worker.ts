import type { DeviceId, MailboxId } from '@lamplighter/domain'
import { Backoff, type Logger, sleep } from '@lamplighter/runtime'
import type { SipRepository, WatchedMailbox } from '@lamplighter/store'
import type { Ledger } from './ledger.js'
import type { SubscriptionTable } from './subscription-table.js'

/** Devices looked at in one statement, and the pause after each when everything is looked at: paces re-assertion. */
const CHUNK = 200
const CHUNK_PAUSE_MS = 50

/**
 * Turns "something about this mailbox or device changed" into what its lamps must show. It reads the truth, never the
 * event: repeats cost a look, a missed event is found by the next one or by the reconciliation. While the database does
 * not answer nothing is sent and nothing is forgotten.
 */
export class LampWorker {
  readonly #sip: SipRepository
  readonly #table: SubscriptionTable
  readonly #ledger: Ledger
  readonly #log: Logger
  readonly #stopping = new AbortController()
  #mailboxes = new Set<MailboxId>()
  #devices = new Set<DeviceId>()
  #working: Promise<void> | undefined

  constructor(sip: SipRepository, table: SubscriptionTable, ledger: Ledger, log: Logger) {
    this.#sip = sip
    this.#table = table
    this.#ledger = ledger
    this.#log = log
  }

  /** A mailbox changed, or who watches it. */
  mailboxChanged(id: MailboxId): void {
    this.#mailboxes.add(id)
    this.#wake()
  }

  /** A device changed, or what it watches. */
  deviceChanged(id: DeviceId): void {
    this.#devices.add(id)
    this.#wake()
  }

  /** Looks at every device that has a subscription, paced. */
  async reconcile(): Promise<void> {
    const devices = this.#table.devices()
    for (let from = 0; from < devices.length && !this.#stopping.signal.aborted; from += CHUNK) {
      for (const id of devices.slice(from, from + CHUNK)) this.#devices.add(id)
      this.#wake()
      await this.#working
      await sleep(CHUNK_PAUSE_MS, this.#stopping.signal)
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#working
  }

  #wake(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
    })
  }

  async #work(): Promise<void> {
    const backoff = new Backoff(100, 5000)
    // Events that arrive together are one look.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#mailboxes.size + this.#devices.size > 0 && !this.#stopping.signal.aborted) {
      const [mailboxes, devices] = [this.#mailboxes, this.#devices]
      this.#mailboxes = new Set()
      this.#devices = new Set()
      // A mailbox may be gone before the ledger's line that would lead to its devices is written.
      const asked = [...new Set([...devices, ...this.#ledger.unwritten(mailboxes)])]
      try {
        this.#show(asked, await this.#sip.watched(asked, [...mailboxes]))
        backoff.reset()
      } catch (err) {
        for (const id of mailboxes) this.#mailboxes.add(id)
        for (const id of devices) this.#devices.add(id)
        this.#log.warn({ err }, 'lamps are held: the counts cannot be read')
        await sleep(backoff.nextMs(), this.#stopping.signal)
      }
    }
  }

  /** A device that was asked for and watches nothing shows nothing. */
  #show(asked: readonly DeviceId[], watched: readonly WatchedMailbox[]): void {
    const byDevice = new Map<DeviceId, WatchedMailbox[]>(asked.map((id) => [id, []]))
    for (const mailbox of watched) {
      const list = byDevice.get(mailbox.deviceId)
      if (list) list.push(mailbox)
      else byDevice.set(mailbox.deviceId, [mailbox])
    }
    for (const [deviceId, mailboxes] of byDevice) {
      const subscriptions = this.#table.ofDevice(deviceId)
      if (subscriptions.length === 0) this.#ledger.record(mailboxes, false, 'no_subscription', null)
      for (const subscription of subscriptions) subscription.changed(mailboxes)
    }
  }
}
