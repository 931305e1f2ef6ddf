import type { DeviceId, LampReason, MailboxId } from '@lamplighter/domain'
import { type Logger, sleep } from '@lamplighter/runtime'
import type { LampEntry, SipRepository, WatchedMailbox } from '@lamplighter/store'
import type { LampTrace } from './lamp-trace.js'

/** Lines are gathered this long: they are a record, not the truth, and never a write per NOTIFY. */
const FLUSH_MS = 100
/** Over this many waiting lines the oldest are given up; a reconciliation writes them again. */
const MAX_WAITING = 100_000

/** Writes the lamp ledger in batches: per device and mailbox what it should show and what it acknowledged. */
export class Ledger {
  /** Why each lamp was told what it was told; written together with the lines. */
  readonly trace: LampTrace
  readonly #sip: SipRepository
  readonly #log: Logger
  readonly #stopping = new AbortController()
  #waiting = new Map<string, LampEntry>()
  #writing: ReadonlyMap<string, LampEntry> = new Map()
  #running: Promise<void> | undefined

  constructor(sip: SipRepository, trace: LampTrace, log: Logger) {
    this.#sip = sip
    this.trace = trace
    this.#log = log
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  /** Records how a device stands to these mailboxes; a newer line of the same lamp replaces one not yet written. */
  record(mailboxes: readonly WatchedMailbox[], acknowledged: boolean, reason: LampReason, status: number | null): void {
    for (const { deviceId, tenantId, mailboxId, watched, summary, revision, blocked } of mailboxes) {
      const key = `${deviceId}/${mailboxId}`
      this.#waiting.delete(key)
      this.#waiting.set(key, {
        tenantId,
        deviceId,
        mailboxId,
        watched,
        desired: { summary, revision },
        acknowledged,
        reason: blocked ? blockedReason(reason) : reason,
        status,
      })
    }
    while (this.#waiting.size > MAX_WAITING) this.#waiting.delete(this.#waiting.keys().next().value ?? '')
  }

  /** Devices that show one of these mailboxes by a line the table may not have yet: to the statements they are invisible. */
  unwritten(mailboxes: ReadonlySet<MailboxId>): DeviceId[] {
    const entries = [...this.#waiting.values(), ...this.#writing.values()]
    return entries.filter(({ mailboxId }) => mailboxes.has(mailboxId)).map(({ deviceId }) => deviceId)
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await sleep(FLUSH_MS, this.#stopping.signal)
      await this.#flush()
    }
  }

  async #flush(): Promise<void> {
    if (this.#waiting.size + this.trace.size === 0) return
    const batch = this.#waiting
    const decisions = this.trace.take()
    this.#writing = batch
    this.#waiting = new Map()
    try {
      if (batch.size > 0) await this.#sip.saveLamps([...batch.values()])
      await this.#sip.saveDecisions(decisions)
      const dark = [...batch.values()].filter(({ acknowledged, watched }) => acknowledged && !watched)
      if (dark.length > 0) await this.#sip.forgetLamps([...new Set<DeviceId>(dark.map(({ deviceId }) => deviceId))])
    } catch (err) {
      this.#log.warn({ err, lines: batch.size }, 'the lamp ledger could not be written')
      this.#waiting = new Map([...batch, ...this.#waiting])
      this.trace.giveBack(decisions)
    } finally {
      this.#writing = new Map()
    }
  }
}

/** Reasons that say less than the policy does. */
const SAID_OF_BLOCKED: ReadonlySet<LampReason> = new Set(['acknowledged', 'no_subscription', 'no_contact'])

/** A lamp that is as dark as its policy wants it says why; that it could not be told so is said first. */
function blockedReason(reason: LampReason): LampReason {
  return SAID_OF_BLOCKED.has(reason) ? 'blocked_by_policy' : reason
}
