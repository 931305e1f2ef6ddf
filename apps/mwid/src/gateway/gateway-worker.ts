import { type LampCause, type MailboxId, RECONCILE } from '@lamplighter/domain'
import { Backoff, type Logger, sleep } from '@lamplighter/runtime'
import type { Clock, RemoteAddress } from '@lamplighter/sip'
import type { DeliveringGateway, GatewayLamp, GatewayLampRepository, SipRepository } from '@lamplighter/store'
import { type Again, ALL_AGAIN, type GatewayReassertion, isAgain, REASSERTION } from './gateway-causes.js'
import { GatewayDriver, type GatewayDriverParts } from './gateway-driver.js'

/** What the worker is made of. */
export type GatewayWorkerParts = Pick<GatewayDriverParts, 'sender' | 'records' | 'wallMs' | 'random' | 'log'> & {
  readonly repository: GatewayLampRepository
  readonly sip: Pick<SipRepository, 'mailboxesOfPolicy'>
  /** Writes what the records hold, so that the tables can be read. */
  readonly flush: () => Promise<void>
  readonly clock: Clock
  readonly log: Logger
}

/** Mailboxes read in one statement, and the pause after each when all of a gateway are read. */
const CHUNK = 500
const CHUNK_PAUSE_MS = 50

/** A look at mailboxes that waits for its turn: of all gateways, or of one. */
type Look = {
  readonly ids: Set<MailboxId>
  readonly gatewayId: string | null
  readonly again: Again | null
  cause: LampCause
}

/** All mailboxes of a gateway that wait to be read, and which of them are told again. */
type Sweep = { readonly gatewayId: string; readonly again: Again | null; readonly cause: LampCause }

/**
 * Turns "something about this mailbox, gateway or policy changed" into what gateways must show. It reads the truth, never
 * the event, as the worker of the devices' lamps does; while the database does not answer nothing is sent and nothing is
 * forgotten.
 */
export class GatewayWorker {
  readonly #parts: GatewayWorkerParts
  readonly #drivers = new Map<string, GatewayDriver>()
  readonly #stopping = new AbortController()
  readonly #looks = new Map<string, Look>()
  readonly #sweeps = new Map<string, Sweep>()
  readonly #changed = new Map<string, LampCause>()
  #working: Promise<void> | undefined

  constructor(parts: GatewayWorkerParts) {
    this.#parts = parts
  }

  /** Takes over every gateway there is; what differs from the ledger is told. */
  async start(): Promise<void> {
    for (const gateway of await this.#parts.repository.gateways()) {
      this.#drive(gateway)
      this.#sweep(gateway.uuid, RECONCILE, null)
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#working
    for (const driver of this.#drivers.values()) driver.stop()
  }

  /** A mailbox changed. */
  mailboxChanged(id: MailboxId, cause: LampCause): void {
    this.#look([id], null, null, cause)
  }

  /** A gateway was made, changed or deleted. */
  gatewayChanged(uuid: string, cause: LampCause): void {
    this.#changed.set(uuid, cause)
    this.#wake()
  }

  /** A policy changed: its mailboxes are looked at. */
  async policyChanged(policy: string, cause: LampCause): Promise<void> {
    for (let last = 0; !this.#stopping.signal.aborted; ) {
      const ids = await this.#parts.sip.mailboxesOfPolicy(policy, last, CHUNK)
      this.#look(ids, null, null, cause)
      if (ids.length < CHUNK) return
      last = ids.at(-1) ?? last
      await sleep(CHUNK_PAUSE_MS, this.#stopping.signal)
    }
  }

  /** Somebody wants lamps told again, whatever was acknowledged. */
  async reassert(asked: GatewayReassertion, cause: LampCause): Promise<void> {
    const { tenantId, gatewayId, mailboxId, inSync, lit } = asked
    const again = { tenantId, inSync, lit }
    if (mailboxId !== null) return this.#look([mailboxId], gatewayId, again, cause)
    const gateways = await this.#parts.repository.gatewaysOfTenant(tenantId)
    for (const uuid of gateways) if (gatewayId === null || uuid === gatewayId) this.#sweep(uuid, cause, again)
  }

  /** Compares every lamp with the truth, in the background; a gateway nobody told of is found, too. */
  reconcile(): void {
    this.#parts.repository
      .gateways()
      .then((gateways) => {
        for (const gateway of gateways) {
          if (this.#drivers.has(gateway.uuid)) this.#sweep(gateway.uuid, RECONCILE, null)
          else this.gatewayChanged(gateway.uuid, RECONCILE)
        }
      })
      .catch((err) => this.#parts.log.warn({ err }, 'the gateways cannot be read'))
  }

  /** A connection is gone: targets it may have led to are in doubt. */
  connectionClosed(peer: RemoteAddress): void {
    for (const driver of this.#drivers.values()) driver.connectionClosed(peer)
  }

  #look(ids: readonly MailboxId[], gatewayId: string | null, again: Again | null, cause: LampCause): void {
    const key = JSON.stringify([gatewayId, again])
    const look = this.#looks.get(key) ?? { ids: new Set(), gatewayId, again, cause }
    for (const id of ids) look.ids.add(id)
    look.cause = cause
    this.#looks.set(key, look)
    this.#wake()
  }

  #sweep(gatewayId: string, cause: LampCause, again: Again | null): void {
    this.#sweeps.set(JSON.stringify([gatewayId, again]), { gatewayId, again, cause })
    this.#wake()
  }

  #wake(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
    })
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopping
    const backoff = new Backoff(100, 5000)
    // Events that arrive together are one look.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#looks.size + this.#sweeps.size + this.#changed.size > 0 && !signal.aborted) {
      try {
        await this.#workOnce()
        backoff.reset()
      } catch (err) {
        this.#parts.log.warn({ err }, 'the lamps of gateways are held: the counts cannot be read')
        await sleep(backoff.nextMs(), signal)
      }
    }
  }

  /** Changes of mailboxes come first; one piece of a sweep at a time, so that they need not wait for all of it. */
  async #workOnce(): Promise<void> {
    for (const [uuid, cause] of this.#changed) await this.#reload(uuid, cause)
    for (const [key, look] of this.#looks) await this.#serve(key, look)
    const [sweep] = this.#sweeps
    if (sweep) await this.#sweepAll(...sweep)
  }

  async #serve(key: string, look: Look): Promise<void> {
    // One that comes to be looks at all of its mailboxes.
    if (this.#drivers.size === 0) return void this.#looks.delete(key)
    const ids = [...look.ids].slice(0, CHUNK)
    const lamps = await this.#parts.repository.lampsOfMailboxes(ids, look.gatewayId)
    for (const id of ids) look.ids.delete(id)
    if (look.ids.size === 0) this.#looks.delete(key)
    for (const driver of this.#drivers.values()) {
      if (look.gatewayId !== null && driver.gateway.uuid !== look.gatewayId) continue
      const own = lamps.filter(({ gatewayId }) => gatewayId === driver.gateway.uuid)
      this.#show(driver, own, look)
      const found = new Set(own.map(({ mailboxId }) => mailboxId))
      driver.gone(
        ids.filter((id) => !found.has(id)),
        look.cause,
      )
    }
  }

  #show(driver: GatewayDriver, lamps: readonly GatewayLamp[], { again, cause }: Pick<Look, 'again' | 'cause'>): void {
    for (const lamp of lamps) driver.show([lamp], cause, isAgain(lamp, again))
  }

  async #sweepAll(key: string, sweep: Sweep): Promise<void> {
    const { repository } = this.#parts
    const { signal } = this.#stopping
    const { gatewayId: uuid } = sweep
    const driver = this.#drivers.get(uuid)
    this.#sweeps.delete(key)
    if (!driver) return
    for (let last = 0; !signal.aborted && this.#drivers.get(uuid) === driver; ) {
      const lamps = await repository.lampsOfGateway(uuid, last, CHUNK).catch((err) => {
        this.#sweep(uuid, sweep.cause, sweep.again)
        throw err
      })
      this.#show(driver, lamps, sweep)
      if (lamps.length < CHUNK) break
      last = lamps.at(-1)?.mailboxId ?? last
      for (const [key, look] of this.#looks) await this.#serve(key, look)
      await sleep(CHUNK_PAUSE_MS, signal)
    }
    if (driver.gateway.deleted && driver.size === 0) await repository.purge(uuid)
  }

  /** The driver of a changed gateway is made anew; where its requests would look otherwise all is told again. */
  async #reload(uuid: string, cause: LampCause): Promise<void> {
    const gateway = await this.#parts.repository.gateway(uuid)
    this.#changed.delete(uuid)
    const former = this.#drivers.get(uuid)
    former?.stop()
    this.#drivers.delete(uuid)
    await this.#parts.flush()
    if (!gateway) return
    this.#drive(gateway)
    const isOther = former !== undefined && !gateway.deleted && !sameDelivery(former.gateway, gateway)
    this.#sweep(uuid, cause, isOther ? ALL_AGAIN : null)
  }

  #drive(gateway: DeliveringGateway): void {
    const { sender, records, clock, wallMs, random, log, repository } = this.#parts
    const { uuid } = gateway
    const driver = new GatewayDriver({
      gateway,
      sender,
      records,
      clock,
      wallMs,
      random,
      onDue: (ids) => this.#look(ids, uuid, ALL_AGAIN, REASSERTION),
      onRecovered: () => this.#sweep(uuid, REASSERTION, ALL_AGAIN),
      onEmptied: () => {
        repository
          .purge(uuid)
          .catch((err) => log.warn({ err, gateway: uuid }, 'a deleted gateway cannot be forgotten yet'))
      },
      log,
    })
    this.#drivers.set(uuid, driver)
  }
}

/** Whether a lamp told by the one is told the same by the other. */
function sameDelivery(one: DeliveringGateway, other: DeliveringGateway): boolean {
  const facts = ({
    profile,
    method,
    targets,
    addressTemplate,
    fromTemplate,
    mailboxTemplate,
    ariPath,
  }: DeliveringGateway) =>
    JSON.stringify([profile, method, targets, addressTemplate, fromTemplate, mailboxTemplate, ariPath])
  return facts(one) === facts(other)
}
