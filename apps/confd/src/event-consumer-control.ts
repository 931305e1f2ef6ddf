import { createHash } from 'node:crypto'
import {
  type Bus,
  type Consumer,
  type ConsumerQueue,
  type ConsumerQueues,
  type QueueBinding,
  SERVICE_QUEUES,
} from '@lamplighter/bus'
import { policyChanged, tenantDeleted, userRightsChanged } from '@lamplighter/contracts'
import { type ConsumerAddress, consumerQueueName, consumerUsername } from '@lamplighter/domain'
import type { Logger, Service } from '@lamplighter/runtime'
import type { ConsumerRights, EventConsumer, EventConsumerRepository, Store } from '@lamplighter/store'
import type { BrokerManagement } from './broker-management.js'
import { type AppliedBinding, decideEach, principalOf } from './event-consumer-bindings.js'

/** What the control of consumers is made of. */
export type ControlDependencies = {
  readonly store: Store
  readonly bus: Bus
  readonly queues: ConsumerQueues
  /** Undefined: connections are not closed; what their queues get is taken away all the same. */
  readonly management: BrokerManagement | undefined
  /** How long the broker believes an answer of authd's. */
  readonly cacheMs: number
  readonly originUuid: string
  readonly log: Logger
}

/** What may change what a consumer may have; a service's rights are those of its tenant's life. */
const CHANGES = [userRightsChanged.name, policyChanged.name, tenantDeleted.name]
/** What no event told of, such as a broker that was away, is mended this late at most. */
const ROUND_INTERVAL_MS = 30_000
/** So old an answer can be when the broker begins to believe it: it waits no longer (docs/operations.md). */
const ANSWER_TIMEOUT_MS = 5000
/** The database's clock says when it is time. */
const DUE_MARGIN_MS = 200
const BATCH = 200
const NONE: ReadonlySet<string> = new Set()
const FIRST = '00000000-0000-0000-0000-000000000000'

/**
 * Keeps the queues of tenants' consumers bound to what they may have at this moment, and to nothing else. Bindings
 * outlive rights on the broker (bus.md 5.8.5), so every change of rights is followed by a look at all consumers; each
 * is settled under the lock of its row, rights read behind the lock, so that the last look is never an old one.
 */
export class EventConsumerControl implements Service {
  readonly name = 'event-consumers'
  readonly #deps: ControlDependencies
  #consumer: Consumer | undefined
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> = Promise.resolve()
  /** A round that has not begun yet: it will see whatever asks for one now. */
  #waiting: Promise<void> | undefined
  #stopped = false
  /** Queues may be gone that were there when we last heard from the broker. */
  #unsure = true
  /** What each consumer was when it was found settled: to decide costs, and of the same comes the same. */
  readonly #settledAs = new Map<string, string>()

  constructor(dependencies: ControlDependencies) {
    this.#deps = dependencies
  }

  /** How long the broker may let in who has credentials that just ended. */
  get believedMs(): number {
    return this.#deps.cacheMs + ANSWER_TIMEOUT_MS
  }

  async start(): Promise<void> {
    const { bus, originUuid } = this.#deps
    this.#consumer = await bus.consume({
      ...SERVICE_QUEUES.consumerRights,
      bindings: CHANGES.map((name) => ({ name, origin_uuid: originUuid })),
      prefetch: 100,
      handle: () => {
        void this.lookThrough()
        return 'ack'
      },
    })
    bus.onReconnect(() => {
      this.#unsure = true
      void this.lookThrough()
    })
    void this.lookThrough()
    this.#timer = setInterval(() => void this.lookThrough(), ROUND_INTERVAL_MS).unref()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    await this.#consumer?.stop()
    await this.#round
  }

  /** Settles every consumer that is not as it shall be. One round at a time; it never fails. */
  lookThrough(): Promise<void> {
    this.#waiting ??= this.#round.then(() => {
      this.#waiting = undefined
      return this.#lookThrough().catch((err) => this.#warn(err))
    })
    this.#round = this.#waiting
    return this.#round
  }

  /**
   * Settles one consumer; what fails is left to the next round. @param force makes the queue again if it expired
   * @returns whether it is settled
   */
  async settle(uuid: string, force = false): Promise<boolean> {
    try {
      await this.#deps.store.changeEventConsumer((consumers) => this.#announce(consumers, uuid))
      await this.#deps.store.changeEventConsumer((consumers) => this.#settle(consumers, uuid, force))
      return true
    } catch (err) {
      this.#warn(err)
      return false
    }
  }

  /**
   * Settles a consumer whose credentials ended, and closes what is open with them: now, and once more when the broker
   * believes them no longer, for whoever came back meanwhile. What is not done by then is left to the rounds.
   */
  async settleChanged(consumer: ConsumerAddress & { readonly uuid: string }, reason: string): Promise<void> {
    await this.#disconnect(consumer, reason)
    await this.settle(consumer.uuid, true)
    if (this.#deps.management) setTimeout(() => void this.lookThrough(), this.believedMs + DUE_MARGIN_MS).unref()
  }

  /** Closes what is open with a consumer's credentials. @returns whether nothing is */
  async #disconnect(consumer: ConsumerAddress, reason: string): Promise<boolean> {
    try {
      await this.#deps.management?.closeConnections(consumerUsername(consumer), reason)
      return true
    } catch (err) {
      this.#warn(err)
      return false
    }
  }

  async #closeAgain(consumer: EventConsumer): Promise<void> {
    if (!this.#deps.management || !(await this.#disconnect(consumer, 'the credentials were changed'))) return
    await this.#deps.store.changeEventConsumer((consumers) => consumers.setClosed(consumer.uuid))
  }

  async #lookThrough(): Promise<void> {
    const unsure = this.#unsure
    this.#unsure = false
    for (let last = FIRST; ; ) {
      const found = await this.#deps.store.eventConsumers.after(last, BATCH)
      const missing = unsure ? await this.#missing(found.map(({ consumer }) => consumer)) : NONE
      for (const { consumer, rights } of found) {
        if (this.#stopped) return
        if (consumer.mustClose) await this.#closeAgain(consumer)
        const lost = missing.has(consumer.uuid)
        if (!lost && (await this.#isSettled(consumer, rights))) continue
        if (!(await this.settle(consumer.uuid, lost)) && lost) this.#unsure = true
      }
      const { consumer } = found.at(-1) ?? {}
      if (!consumer || found.length < BATCH) return
      last = consumer.uuid
    }
  }

  /** Of those that shall have a queue, who has none: the broker lost it, or it expired. */
  async #missing(consumers: readonly EventConsumer[]): Promise<ReadonlySet<string>> {
    const bound = consumers.filter(({ applied }) => applied !== null && applied.length > 0)
    if (bound.length === 0) return NONE
    try {
      const missing = await this.#deps.queues.missing(bound.map(consumerQueueName))
      return new Set(bound.filter((one) => missing.has(consumerQueueName(one))).map(({ uuid }) => uuid))
    } catch (err) {
      this.#unsure = true
      this.#warn(err)
      return NONE
    }
  }

  /**
   * Writes down what a queue is about to be bound to. Whatever ends between that and the end of it, such as this process,
   * leaves a binding that is known, and is taken away when the rights are.
   */
  async #announce(consumers: EventConsumerRepository, uuid: string): Promise<void> {
    const found = await consumers.lock(uuid)
    // Without a queue there is nothing yet to bind: what is there under its name goes first.
    if (!found || found.consumer.applied === null) return
    const applied = appliedOf(found.consumer)
    const gained = without(await wantedOf(found.consumer, found.rights), applied)
    if (gained.length === 0) return
    await consumers.setApplied(uuid, [...applied, ...gained.map((binding) => ({ ...binding, pending: true }))])
  }

  async #settle(consumers: EventConsumerRepository, uuid: string, force: boolean): Promise<void> {
    const found = await consumers.lock(uuid)
    if (!found || (!force && (await this.#isSettled(found.consumer, found.rights)))) return
    const { consumer, rights } = found
    const allowed = await wantedOf(consumer, rights)
    const applied = appliedOf(consumer)
    const lost = without(applied, allowed)
    const queue = toQueue(consumer)
    const fresh = consumer.applied === null
    // What came to be allowed since it was announced has its turn in the next round.
    const wanted = fresh ? allowed : without(allowed, without(allowed, applied))
    // Nothing to be had any more: what is in the queue goes too.
    if (wanted.length === 0) await this.#deps.queues.delete(queue.name)
    else await this.#deps.queues.set(queue, { bind: wanted, unbind: lost, fresh })
    // What an earlier consumer of this name refused is not for the next one.
    if (wanted.length === 0 || fresh) await this.#deps.store.deadLetters.forgetQueue(queue.name)
    await consumers.setApplied(uuid, wanted)
    this.#deps.log.info({ queue: queue.name, bindings: wanted.length, lost: lost.length }, 'consumer settled')
    if (lost.length > 0 || wanted.length === 0) await this.#disconnect(consumer, 'rights were removed')
  }

  async #isSettled(consumer: EventConsumer, rights: ConsumerRights | undefined): Promise<boolean> {
    if (consumer.applied === null) return false
    const print = fingerprintOf(consumer, rights)
    if (this.#settledAs.get(consumer.uuid) === print) return true
    const wanted = await wantedOf(consumer, rights)
    const applied = appliedOf(consumer)
    if (applied.some(({ pending }) => pending)) return false
    if (without(applied, wanted).length > 0 || without(wanted, applied).length > 0) return false
    this.#settledAs.set(consumer.uuid, print)
    return true
  }

  #warn(err: unknown): void {
    this.#deps.log.warn({ err }, 'a consumer on the bus could not be settled')
  }
}

function appliedOf({ applied }: EventConsumer): readonly AppliedBinding[] {
  return (applied ?? []) as readonly AppliedBinding[]
}

/** What a consumer is bound to at this moment: what it asks for and may have. */
async function wantedOf(consumer: EventConsumer, rights: ConsumerRights | undefined): Promise<QueueBinding[]> {
  if (!rights) return []
  const wanted: QueueBinding[] = []
  const principal = principalOf(consumer.tenantId, consumer.userId, rights)
  for await (const { decision, binding } of decideEach(consumer, principal)) {
    if (decision.allowed) wanted.push(binding)
  }
  return wanted
}

/** The same for all that decides what a consumer is bound to, and what it is bound to already. */
function fingerprintOf(
  { userId, events, bindings, applied }: EventConsumer,
  rights: ConsumerRights | undefined,
): string {
  const facts = JSON.stringify([userId, events, bindings, applied, rights])
  return createHash('sha256').update(facts).digest('base64')
}

function without(bindings: readonly QueueBinding[], others: readonly QueueBinding[]): QueueBinding[] {
  const known = new Set(others.map(keyOf))
  return bindings.filter((binding) => !known.has(keyOf(binding)))
}

/** The same for the same binding, in whatever order its headers come back from the database. */
function keyOf(binding: QueueBinding): string {
  return binding.kind === 'key'
    ? `key ${binding.key}`
    : `headers ${JSON.stringify(Object.entries(binding.match).sort())}`
}

function toQueue(consumer: EventConsumer): ConsumerQueue {
  return {
    name: consumerQueueName(consumer),
    maxLength: consumer.maxLength,
    messageTtlMs: consumer.messageTtlSec * 1000,
    expiresMs: consumer.expiresSec * 1000,
  }
}
