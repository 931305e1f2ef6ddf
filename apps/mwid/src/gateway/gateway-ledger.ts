import type { LampReason, MailboxId, TenantId } from '@lamplighter/domain'
import { type Logger, sleep } from '@lamplighter/runtime'
import type { DeliveryFailure, GatewayLampEntry, GatewayLampRepository } from '@lamplighter/store'
import type { LampMetrics } from '../lamp-metrics.js'
import type { LampTrace } from '../lamp-trace.js'

/** Lines are gathered this long; failures of one moment become one event. */
const FLUSH_MS = 100
/** Over this many waiting lines the oldest are given up; a reconciliation writes them again. */
const MAX_WAITING = 100_000

/** Writes the ledger of the gateways' lamps in batches, and says which deliveries failed. */
export class GatewayLedger {
  /** Why each lamp was told what it was told; written together with the lines. */
  readonly trace: LampTrace
  readonly #repository: GatewayLampRepository
  readonly #metrics: Pick<LampMetrics, 'gatewayFailed'>
  readonly #log: Logger
  readonly #stopping = new AbortController()
  #waiting = new Map<string, GatewayLampEntry>()
  #failures = new Map<string, DeliveryFailure>()
  #running: Promise<void> | undefined
  #flushing: Promise<void> = Promise.resolve()

  constructor(
    repository: GatewayLampRepository,
    trace: LampTrace,
    metrics: Pick<LampMetrics, 'gatewayFailed'>,
    log: Logger,
  ) {
    this.#repository = repository
    this.trace = trace
    this.#metrics = metrics
    this.#log = log
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Writes what is left, what came while it wrote too. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
    await this.flush()
  }

  /** Records a line; what an older one not yet written says of an acknowledgement stays. */
  record(entry: GatewayLampEntry): void {
    const key = `${entry.gatewayId}/${entry.mailboxId}`
    const older = this.#waiting.get(key)
    this.#waiting.delete(key)
    this.#waiting.set(key, merged(older, entry))
    while (this.#waiting.size > MAX_WAITING) this.#waiting.delete(this.#waiting.keys().next().value ?? '')
  }

  /** A delivery was given up. */
  fail(
    gateway: { readonly uuid: string; readonly tenantId: TenantId },
    mailboxId: MailboxId,
    reason: Extract<LampReason, 'unreachable' | 'peer_refused'>,
    status: number,
  ): void {
    const key = `${gateway.uuid} ${reason} ${status}`
    const mailboxes = [...(this.#failures.get(key)?.mailboxes ?? []), mailboxId]
    const { uuid: gatewayId, tenantId } = gateway
    this.#failures.set(key, { gatewayId, tenantId, mailboxes, reason, status })
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await sleep(FLUSH_MS, this.#stopping.signal)
      await this.flush()
    }
  }

  /** Writes what waits, so that the tables say what was recorded until now. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flush())
    return this.#flushing
  }

  async #flush(): Promise<void> {
    if (this.#waiting.size + this.#failures.size + this.trace.size === 0) return
    const [lines, failures, decisions] = [this.#waiting, this.#failures, this.trace.take()]
    this.#waiting = new Map()
    this.#failures = new Map()
    for (const { mailboxes, ...failure } of failures.values()) {
      this.#metrics.gatewayFailed(failure.reason, mailboxes.length)
      this.#log.error({ ...failure, lamps: mailboxes.length }, 'a gateway did not take its lamps')
    }
    try {
      await this.#repository.save([...lines.values()], decisions, [...failures.values()])
    } catch (err) {
      this.#log.warn({ err, lines: lines.size }, 'the ledger of the gateways could not be written')
      this.#giveBack(lines, failures)
      this.trace.giveBack(decisions)
    }
  }

  #giveBack(lines: ReadonlyMap<string, GatewayLampEntry>, failures: ReadonlyMap<string, DeliveryFailure>): void {
    const newer = this.#waiting
    this.#waiting = new Map(lines)
    for (const entry of newer.values()) this.record(entry)
    // What fails while nothing can be written is bounded by the lines; what failed before that is told first.
    this.#failures = new Map([...this.#failures, ...failures])
  }
}

function merged(older: GatewayLampEntry | undefined, newer: GatewayLampEntry): GatewayLampEntry {
  if (!older?.acknowledged || newer.acknowledged) return newer
  const { number, context, address, acknowledged, publication } = older
  return { ...newer, number, context, address, acknowledged, publication, target: newer.target ?? older.target }
}
