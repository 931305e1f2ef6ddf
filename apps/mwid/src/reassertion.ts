import { type IncomingMessage, readEventData } from '@lamplighter/bus'
import type { LampCause, TenantId } from '@lamplighter/domain'
import { Backoff, type Logger, sleep } from '@lamplighter/runtime'
import type { LampFilter, LampPlace, SipRepository } from '@lamplighter/store'
import { eventCause, readSubjects, tenantIn } from './event-subjects.js'
import type { LampWorker } from './lamp-worker.js'

/** Which lamps are told again, and who asked. */
export type ReassertRequest = { readonly tenantId: TenantId; readonly filter: LampFilter; readonly cause: LampCause }

/** Lamps told again in one go, and the pause after each: thousands must not be told at one moment. */
const CHUNK = 200
const CHUNK_PAUSE_MS = 50
/** Requests that may wait. The same one waits once; over this many, the oldest is given up and said so in the log. */
const MAX_REQUESTS = 1000

/** Tells lamps again that somebody asked for, whatever they acknowledged: one request after the other, paced. */
export class Reassertion {
  readonly #sip: SipRepository
  readonly #worker: LampWorker
  readonly #log: Logger
  readonly #stopping = new AbortController()
  readonly #requests = new Map<string, ReassertRequest>()
  #running: Promise<void> | undefined

  constructor(sip: SipRepository, worker: LampWorker, log: Logger) {
    this.#sip = sip
    this.#worker = worker
    this.#log = log
  }

  /** Somebody asked. */
  request(asked: ReassertRequest): void {
    this.#requests.set(JSON.stringify([asked.tenantId, asked.filter]), asked)
    const [oldest] = this.#requests.keys()
    if (this.#requests.size > MAX_REQUESTS && oldest !== undefined) {
      this.#requests.delete(oldest)
      this.#log.warn({ request: oldest }, 'too many re-assertions wait: one is given up')
    }
    this.#running ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    // Requests that arrive together are looked at in order, none of them at once.
    await new Promise((resolve) => setImmediate(resolve))
    for (const [key, asked] of this.#requests) {
      // The same request that comes from now on is another one.
      this.#requests.delete(key)
      if (!signal.aborted) await this.#serve(asked)
    }
    this.#running = undefined
  }

  async #serve({ tenantId, filter, cause }: ReassertRequest): Promise<void> {
    const { signal } = this.#stopping
    const backoff = new Backoff(100, 5000)
    let after: LampPlace | undefined
    while (!signal.aborted) {
      try {
        const lamps = await this.#sip.lamps(tenantId).places(filter, after, CHUNK)
        await this.#worker.reassert(lamps, cause)
        if (lamps.length < CHUNK) return
        after = lamps.at(-1)
        await sleep(CHUNK_PAUSE_MS, signal)
      } catch (err) {
        this.#log.warn({ err }, 'a re-assertion waits: the lamps cannot be read')
        await sleep(backoff.nextMs(), signal)
      }
    }
  }
}

/** What an event asks for; undefined when it cannot be understood. Lamps of gateways are not told by this. */
export function readReassertRequest(message: IncomingMessage): ReassertRequest | undefined {
  const [tenantId, subjects] = [tenantIn(message), readSubjects(message)]
  if (!tenantId || !subjects) return undefined
  const { in_sync: inSync, lit } = readEventData(message)
  const filter: LampFilter = {
    ...(subjects.device !== undefined ? { deviceId: subjects.device } : {}),
    ...(subjects.gateway !== undefined ? { gatewayId: subjects.gateway } : {}),
    ...(subjects.mailbox !== undefined ? { mailboxId: subjects.mailbox } : {}),
    ...(typeof inSync === 'boolean' ? { inSync } : {}),
    ...(typeof lit === 'boolean' ? { lit } : {}),
  }
  return { tenantId, filter, cause: { ...eventCause(message), kind: 'reassert', committedAtMs: null } }
}
