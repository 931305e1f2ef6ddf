import { type DeviceId, type LampReason, type MailboxId, sameSummary } from '@lamplighter/domain'
import { Backoff, type Logger, sleep } from '@lamplighter/runtime'
import type { LampDecision, LampEntry, SipRepository, WatchedMailbox } from '@lamplighter/store'
import type { LampTrace } from './lamp-trace.js'
import { LedgerLines } from './ledger-lines.js'

/** Lines are gathered this long: they are a record, not the truth, and never a write per NOTIFY. */
const FLUSH_MS = 100
/** Over this many waiting lines the oldest are given up; a reconciliation writes them again. */
const MAX_WAITING = 100_000
/** At the end a write that fails is tried again this often; what is left then the next worker finds in doubt and tells. */
const LAST_TRIES = 5

/** Writes the lamp ledger in batches: per device and mailbox what it should show and what it acknowledged. */
export class Ledger {
  /** Why each lamp was told what it was told; written together with the lines. */
  readonly trace: LampTrace
  readonly #sip: SipRepository
  readonly #log: Logger
  readonly #stopping = new AbortController()
  #waiting = new LedgerLines()
  #writing = new LedgerLines()
  #running: Promise<void> | undefined
  #cutOnce = false

  constructor(sip: SipRepository, trace: LampTrace, log: Logger) {
    this.#sip = sip
    this.trace = trace
    this.#log = log
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Writes what is left, what came while it wrote too. @returns whether no line was lost, now or before */
  async stop(): Promise<boolean> {
    this.#stopping.abort()
    await this.#running
    const backoff = new Backoff(FLUSH_MS, 1000)
    for (let tries = 0; this.#left > 0 && tries < LAST_TRIES; ) {
      if (await this.#flush()) continue
      tries++
      await sleep(backoff.nextMs())
    }
    if (this.#left > 0) this.#log.warn({ lines: this.#left }, 'lines of the lamp ledger are left unwritten')
    return this.#left === 0 && !this.#cutOnce
  }

  /** Records how a device stands to these mailboxes; a newer line of the same lamp replaces one not yet written. */
  record(mailboxes: readonly WatchedMailbox[], acknowledged: boolean, reason: LampReason, status: number | null): void {
    for (const mailbox of mailboxes) {
      const said = mailbox.blocked ? blockedReason(reason) : reason
      this.#add(mailbox, acknowledged ? stateOf(mailbox) : null, said, status)
    }
    this.#cut()
  }

  /** Records what a device acknowledged, and what it should show by now: maybe that changed while it was told. */
  acknowledge(told: readonly WatchedMailbox[], newest: readonly WatchedMailbox[]): void {
    const byMailbox = new Map(newest.map((mailbox) => [mailbox.mailboxId, mailbox]))
    for (const mailbox of told) {
      const wanted = byMailbox.get(mailbox.mailboxId) ?? mailbox
      const shown = sameSummary(wanted.summary, mailbox.summary)
      const said = wanted.blocked && shown ? blockedReason('acknowledged') : shown ? 'acknowledged' : 'pending'
      this.#add(wanted, stateOf(mailbox), said, 200)
    }
    this.#cut()
  }

  /** Devices that show one of these mailboxes by a line the table may not have yet: to the statements they are invisible. */
  unwritten(mailboxes: Iterable<MailboxId>): Set<DeviceId> {
    const devices = new Set<DeviceId>()
    for (const id of mailboxes) {
      for (const lines of [this.#writing, this.#waiting]) for (const device of lines.devicesOf(id)) devices.add(device)
    }
    return devices
  }

  /** Lines of these devices that the table may not have yet, the newest of each lamp. */
  unwrittenOf(devices: Iterable<DeviceId>): LampEntry[] {
    const newest: LampEntry[] = []
    for (const id of devices) {
      const lines = new Map<MailboxId, LampEntry>()
      for (const line of this.#writing.ofDevice(id)) lines.set(line.mailboxId, line)
      for (const line of this.#waiting.ofDevice(id)) lines.set(line.mailboxId, line)
      newest.push(...lines.values())
    }
    return newest
  }

  get #left(): number {
    return this.#waiting.size + this.trace.size
  }

  #add(mailbox: WatchedMailbox, acknowledged: LampEntry['acknowledged'], reason: LampReason, status: number | null) {
    const { deviceId, tenantId, mailboxId, watched } = mailbox
    const desired = stateOf(mailbox)
    this.#waiting.put({ tenantId, deviceId, mailboxId, watched, desired, acknowledged, reason, status })
  }

  #cut(): void {
    while (this.#waiting.size > MAX_WAITING) {
      this.#cutOnce = true
      this.#waiting.dropOldest()
    }
  }

  async #run(): Promise<void> {
    const backoff = new Backoff(FLUSH_MS, 5000)
    let waitMs = FLUSH_MS
    while (!this.#stopping.signal.aborted) {
      await sleep(waitMs, this.#stopping.signal)
      const written = await this.#flush()
      if (written) backoff.reset()
      waitMs = written ? FLUSH_MS : backoff.nextMs()
    }
  }

  /** Whether what waited is written. */
  async #flush(): Promise<boolean> {
    if (this.#left === 0) return true
    const batch = this.#waiting
    const decisions = this.trace.take()
    this.#writing = batch
    this.#waiting = new LedgerLines()
    try {
      await this.#write(batch.all, decisions)
      return true
    } catch (err) {
      this.#log.warn({ err, lines: batch.size }, 'the lamp ledger could not be written')
      const newer = this.#waiting
      this.#waiting = batch
      for (const line of newer.all) batch.put(line)
      this.#cut()
      this.trace.giveBack(decisions)
      return false
    } finally {
      this.#writing = new LedgerLines()
    }
  }

  async #write(entries: readonly LampEntry[], decisions: readonly LampDecision[]): Promise<void> {
    if (entries.length > 0) await this.#sip.saveLamps(entries)
    await this.#sip.saveDecisions(decisions)
    const dark = entries.filter(({ acknowledged, watched }) => acknowledged && !watched)
    if (dark.length > 0) await this.#sip.forgetLamps([...new Set<DeviceId>(dark.map(({ deviceId }) => deviceId))])
  }
}

function stateOf({ summary, revision }: WatchedMailbox): LampEntry['desired'] {
  return { summary, revision }
}

/** Reasons that say less than the policy does. */
const SAID_OF_BLOCKED: ReadonlySet<LampReason> = new Set(['acknowledged', 'no_subscription', 'no_contact'])

/** A lamp that is as dark as its policy wants it says why; that it could not be told so is said first. */
function blockedReason(reason: LampReason): LampReason {
  return SAID_OF_BLOCKED.has(reason) ? 'blocked_by_policy' : reason
}
