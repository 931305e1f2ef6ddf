import {
  type DeviceId,
  EMPTY_SUMMARY,
  type LampCause,
  type LampReason,
  type MailboxId,
  type MwiMode,
  RECONCILE,
} from '@lamplighter/domain'
import { Backoff, type Logger, sleep } from '@lamplighter/runtime'
import type { LampEntry, SipRepository, WatchedMailbox } from '@lamplighter/store'
import { LampCauses, type LampKey, lampKey } from './lamp-causes.js'
import type { LampMetrics } from './lamp-metrics.js'
import type { Ledger } from './ledger.js'
import type { SubscriptionTable } from './subscription-table.js'
import type { UnsolicitedNotifier } from './unsolicited-notifier.js'

/** Devices looked at in one statement, and the pause after each when everything is looked at: paces re-assertion. */
const CHUNK = 200
const CHUNK_PAUSE_MS = 50

/** Why a device is not told that has neither a contact to tell nor a subscription. */
const REASON_UNTOLD: Readonly<Record<MwiMode, LampReason>> = {
  auto: 'no_contact',
  unsolicited: 'no_contact',
  solicited: 'no_subscription',
  off: 'switched_off',
}

/**
 * Turns "something about this mailbox or device changed" into what its lamps must show. It reads the truth, never the
 * event: repeats cost a look, a missed event is found by the next one or by the reconciliation. While the database does
 * not answer nothing is sent and nothing is forgotten.
 */
export class LampWorker {
  readonly #sip: SipRepository
  readonly #table: SubscriptionTable
  readonly #unsolicited: UnsolicitedNotifier
  readonly #ledger: Ledger
  readonly #metrics: LampMetrics
  readonly #log: Logger
  readonly #stopping = new AbortController()
  #causes = new LampCauses()
  #working: Promise<void> | undefined

  constructor(
    sip: SipRepository,
    table: SubscriptionTable,
    unsolicited: UnsolicitedNotifier,
    ledger: Ledger,
    metrics: LampMetrics,
    log: Logger,
  ) {
    this.#sip = sip
    this.#table = table
    this.#unsolicited = unsolicited
    this.#ledger = ledger
    this.#metrics = metrics
    this.#log = log
  }

  /** A mailbox changed, or who watches it. */
  mailboxChanged(id: MailboxId, cause: LampCause): void {
    this.#causes.ofMailbox(id, cause)
    this.#wake()
  }

  /** A device changed, or what it watches. */
  deviceChanged(id: DeviceId, cause: LampCause): void {
    this.#causes.ofDevice(id, cause)
    this.#wake()
  }

  /** A policy changed: its mailboxes are looked at, paced. While they cannot be read, that is tried again. */
  async policyChanged(uuid: string, cause: LampCause): Promise<void> {
    const { signal } = this.#stopping
    const backoff = new Backoff(100, 5000)
    for (let last = 0; !signal.aborted; ) {
      try {
        const ids = await this.#sip.mailboxesOfPolicy(uuid, last, CHUNK)
        for (const id of ids) this.mailboxChanged(id, cause)
        await this.#working
        if (ids.length < CHUNK) return
        last = ids.at(-1) ?? last
        await sleep(CHUNK_PAUSE_MS, signal)
      } catch (err) {
        this.#log.warn({ err, policy: uuid }, 'the mailboxes of a policy cannot be read yet')
        await sleep(backoff.nextMs(), signal)
      }
    }
  }

  /** These lamps are told again, whatever was acknowledged. Resolves when they were looked at. */
  async reassert(lamps: readonly LampKey[], cause: LampCause): Promise<void> {
    for (const lamp of lamps) this.#causes.ofLamp(lamp, cause)
    this.#wake()
    await this.#working
  }

  /** Looks at these devices, by default at every one that has a subscription or is registered, paced. */
  async reconcile(devices = [...new Set([...this.#table.devices(), ...this.#unsolicited.devices()])]): Promise<void> {
    for (let from = 0; from < devices.length && !this.#stopping.signal.aborted; from += CHUNK) {
      for (const id of devices.slice(from, from + CHUNK)) this.#causes.ofDevice(id, RECONCILE)
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
    while (!this.#causes.empty && !this.#stopping.signal.aborted) {
      const causes = this.#causes
      this.#causes = new LampCauses()
      // A mailbox may be gone before the ledger's line that would lead to its devices is written.
      const { devices, mailboxes } = causes
      const asked = [...new Set([...devices, ...this.#ledger.unwritten(mailboxes)])]
      const unwritten = this.#ledger.unwrittenOf(asked)
      try {
        const [watched] = await Promise.all([this.#sip.watched(asked, mailboxes), this.#reform(devices)])
        this.#show(asked, causes.explain(withUnwritten(watched, unwritten)))
        backoff.reset()
      } catch (err) {
        this.#hold(causes)
        this.#log.warn({ err }, 'lamps are held: the counts cannot be read')
        await sleep(backoff.nextMs(), this.#stopping.signal)
      }
    }
  }

  /** Nothing is sent and nothing forgotten. The lamps in question are those that are shown now. */
  #hold(causes: LampCauses): void {
    if (!causes.held) this.#metrics.held()
    const shown = [
      ...[...this.#table.all()].flatMap((subscription) => subscription.shown),
      ...this.#unsolicited.everything(),
    ]
    const held = causes.explain(shown).filter(({ cause }) => cause)
    if (held.length > 0 && !causes.held) this.#ledger.trace.decide(held, 'hold', 'held_unknown_counts')
    this.#causes = causes.withNewer(this.#causes)
  }

  /** A device that was named may want to be told otherwise; a mailbox that was named changes nothing of that. */
  async #reform(named: readonly DeviceId[]): Promise<void> {
    if (named.length === 0) return
    for (const [deviceId, form] of await this.#sip.forms(named)) {
      for (const subscription of this.#table.ofDevice(deviceId)) subscription.reform(form)
      this.#unsolicited.reform(deviceId, form)
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
      this.#table.looked(deviceId)
      const mode = mailboxes[0]?.mwiMode ?? 'auto'
      const refused = mode === 'off' || mode === 'unsolicited'
      for (const subscription of subscriptions) refused ? subscription.reject() : subscription.changed(mailboxes)
      const shown = new Set(
        [...subscriptions.flatMap((one) => one.shown), ...this.#unsolicited.changed(deviceId, mailboxes)].map(
          ({ mailboxId }) => mailboxId,
        ),
      )
      const untold = mailboxes.filter(({ mailboxId }) => !shown.has(mailboxId))
      this.#untold(untold, shown.size > 0 ? 'no_subscription' : REASON_UNTOLD[mode])
    }
  }

  /** Nobody to tell. That it still is so is no decision. */
  #untold(mailboxes: readonly WatchedMailbox[], reason: LampReason): void {
    this.#ledger.record(mailboxes, false, reason, null)
    const asked = mailboxes.filter(({ cause }) => cause && cause.kind !== 'reconcile' && cause.kind !== 'request')
    if (asked.length > 0) this.#ledger.trace.decide(asked, 'hold', reason)
  }
}

/** What a device shows by a line that the table had not yet, and watches no more, goes dark like one that it had. */
function withUnwritten(watched: readonly WatchedMailbox[], unwritten: readonly LampEntry[]): WatchedMailbox[] {
  if (unwritten.length === 0) return [...watched]
  const read = new Set(watched.map(lampKey))
  const gone = unwritten.filter((line) => !read.has(lampKey(line)))
  return [...watched, ...gone.map(toUnwatched)]
}

function toUnwatched({ deviceId, tenantId, mailboxId, desired, acknowledged }: LampEntry): WatchedMailbox {
  const nothing = { watched: false, blocked: false, own: false, number: '', summary: EMPTY_SUMMARY }
  const { revision } = desired
  return { ...nothing, deviceId, tenantId, mwiMode: 'auto', mailboxId, revision, acknowledged: acknowledged?.summary }
}
