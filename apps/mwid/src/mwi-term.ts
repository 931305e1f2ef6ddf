import type { Consumer } from '@lamplighter/bus'
import { type DeviceId, type LampCause, type LampReason, requestCause } from '@lamplighter/domain'
import {
  EVENT_LIST,
  type RemoteAddress,
  type SipSocket,
  SipStack,
  systemClock,
  WebSocketTransport,
} from '@lamplighter/sip'
import { LAMP_EVENTS, lampConsumer } from './consumers.js'
import type { Epoch } from './epoch.js'
import { ExternalFeeds } from './external-feeds.js'
import type { FarewellParts } from './farewell.js'
import { Gateways } from './gateway/gateways.js'
import type { LampCounts } from './lamp-metrics.js'
import { LampWorker } from './lamp-worker.js'
import { Ledger } from './ledger.js'
import { LogWatch } from './log-watch.js'
import { NearbyEvents } from './nearby-events.js'
import { DEFAULT_RATES, NotifyPacer } from './notify-pacer.js'
import { PhoneRequests } from './phone-requests.js'
import { Reassertion } from './reassertion.js'
import { Reconciliation } from './reconciliation.js'
import { SipWrites } from './sip-writes.js'
import type { Subscription } from './subscription.js'
import type { SubscriptionContext } from './subscription-context.js'
import { SubscriptionTable } from './subscription-table.js'
import { takeOver } from './take-over.js'
import type { MwiTermDependencies, Time } from './term-parts.js'
import { createTransports } from './transports.js'
import { UnsolicitedNotifier } from './unsolicited-notifier.js'

const SYSTEM_TIME: Time = { clock: systemClock, wallMs: () => Date.now() }
/** A NOTIFY came to a phone later than a newer one. */
const RETELL: LampCause = { kind: 'reassert', name: 'NOTIFY', eventId: null, committedAtMs: null }

/** The time during which this process is the one that notifies: from taking the subscriptions over to giving them up. */
export class MwiTerm {
  readonly #parts: MwiTermDependencies
  readonly #table = new SubscriptionTable((deviceId) => this.#unsolicited.subscriptionsChanged(deviceId))
  readonly #ledger: Ledger
  readonly #pacer: NotifyPacer
  readonly #epoch: Epoch
  readonly #worker: LampWorker
  readonly #reassertion: Reassertion
  readonly #unsolicited: UnsolicitedNotifier
  readonly #writes: SipWrites
  readonly #gateways: Gateways
  readonly #reconciliation: Reconciliation
  readonly #external: ExternalFeeds
  readonly #context: SubscriptionContext<Subscription>
  readonly #requests: PhoneRequests
  readonly #webSockets: WebSocketTransport
  readonly #stack: SipStack
  #consumer: Consumer | undefined
  #watch: LogWatch | undefined
  #started = false

  constructor(parts: MwiTermDependencies) {
    const { sip, contacts, log, settings, metrics, trace } = parts
    this.#parts = parts
    this.#epoch = parts.epoch
    this.#ledger = new Ledger(sip, trace, log)
    this.#pacer = new NotifyPacer({ ...DEFAULT_RATES, ...settings.notifyRates }, this.#time.clock)
    this.#writes = new SipWrites(sip, contacts, log)
    this.#unsolicited = this.#newUnsolicited()
    this.#worker = new LampWorker(sip, this.#table, this.#unsolicited, this.#ledger, metrics, log)
    this.#reassertion = new Reassertion(sip, this.#worker, log)
    this.#gateways = this.#newGateways()
    this.#reconciliation = new Reconciliation({ ...parts, worker: this.#worker, gateways: this.#gateways })
    this.#external = new ExternalFeeds({ ...parts, stack: () => this.#stack })
    this.#context = this.#newContext()
    this.#requests = new PhoneRequests({
      ...parts,
      time: this.#time,
      table: this.#table,
      commits: this.#writes.commits,
      context: this.#context,
      registrations: this.#unsolicited,
      recheck: (id, cause) => this.#worker.deviceChanged(id, cause),
      forget: (subscription) => this.#writes.forget(subscription),
    })
    const advertised = settings.advertisedHost === undefined ? {} : { advertisedHost: settings.advertisedHost }
    this.#webSockets = new WebSocketTransport(settings.host)
    this.#stack = new SipStack({
      transports: createTransports(settings, this.#webSockets),
      handlers: { ...this.#requests.handlers, NOTIFY: (incoming) => this.#external.notified(incoming) },
      supported: [EVENT_LIST],
      onFlowClosed: (flow, peer) => this.#flowClosed(flow, peer),
      onError: (err) => log.warn({ err }, 'SIP trouble'),
      ...advertised,
    })
  }

  /** The ports the stack is bound to. */
  get ports(): SipStack['ports'] {
    return this.#stack.ports
  }

  /** Serves a browser's socket. */
  acceptSocket(socket: SipSocket, peer: RemoteAddress): void {
    this.#webSockets.accept(socket, peer)
  }

  /** Takes over what the table holds, then serves. Nothing is sent only because we started: what differs is. */
  async start(): Promise<void> {
    await this.#epoch.raise()
    await this.#stack.start()
    this.#ledger.start()
    await takeOver({
      ...this.#parts,
      table: this.#table,
      unsolicited: this.#unsolicited,
      context: this.#context,
      forget: (subscription) => this.#writes.forget(subscription),
    })
    const nearby = this.#newNearbyEvents()
    this.#consumer = await this.#parts.bus.consume(nearby.consumer)
    this.#parts.signal?.setLocalEar(nearby.hear)
    // Not before changes are heard of: who subscribes must miss none.
    this.#requests.open()
    void this.#worker.reconcile()
    await this.#gateways.start()
    await this.#external.start()
    this.#watch = new LogWatch({ ...this.#parts, events: this.#parts.sip.events }, [
      nearby.consumer,
      this.#gateways.consumer,
      this.#external.consumer,
    ])
    this.#watch.start()
    this.#parts.metrics.countWith(this.#counts())
    this.#gateways.reconcile()
    this.#reconciliation.start()
    this.#started = true
  }

  #counts(): LampCounts {
    const { sip, gateways, store } = this.#parts
    return {
      wrongLamps: async () => [...(await sip.wrongLamps()), ...(await gateways.wrongLamps())],
      lostMailboxes: () => store.external.lost(),
    }
  }

  #newNearbyEvents(): NearbyEvents {
    const consumer = lampConsumer(this.#parts.originUuid, {
      mailboxChanged: (id, cause) => this.#worker.mailboxChanged(id, cause),
      deviceChanged: (id, cause) => this.#worker.deviceChanged(id, cause),
      deviceDeleted: (id) => this.#deviceDeleted(id),
      reassertRequested: (asked) => this.#reassertion.request(asked),
      tenantChanged: (id) =>
        void this.#worker.reconcile([...new Set([...this.#table.devices(id), ...this.#unsolicited.devices(id)])]),
      policyChanged: (uuid, cause) => void this.#worker.policyChanged(uuid, cause),
    })
    return new NearbyEvents(consumer, LAMP_EVENTS)
  }

  /** Compares every lamp with the truth, paced, in the background. */
  reconcile(): void {
    this.#reconciliation.now()
  }

  /**
   * Gives everything up; the addresses are free then. Returns what is still to be said, once the turn was given back, to
   * phones that another worker could not tell.
   */
  async handOver(): Promise<Pick<FarewellParts, 'stack' | 'partings'>> {
    await this.#rest()
    this.#unsolicited.stop()
    const partings = [...this.#table.all()].flatMap((subscription) => {
      const parting = subscription.part()
      if (!parting) return []
      this.#table.remove(subscription)
      this.#writes.forget(subscription)
      return [parting]
    })
    await this.#stack.retire(new Set(partings.map(({ flow }) => flow)))
    await this.#settle()
    return { stack: this.#stack, partings }
  }

  async stop(): Promise<void> {
    await this.#rest()
    for (const subscription of this.#table.all()) subscription.drop()
    this.#unsolicited.stop()
    await this.#stack.stop()
    await this.#settle()
  }

  /** Writes what is left, and notes that nothing is. */
  async #settle(): Promise<void> {
    const remembered = await this.#writes.idle()
    const written = await this.#ledger.stop()
    if (!remembered || !written || !this.#started) return
    const { log } = this.#parts
    await this.#epoch.end().catch((err) => log.warn({ err }, 'the next worker will doubt what this one wrote'))
  }

  /** From now on nothing changes. */
  async #rest(): Promise<void> {
    this.#reconciliation.stop()
    this.#parts.metrics.countWith(undefined)
    this.#parts.signal?.setLocalEar(undefined)
    await this.#watch?.stop()
    await this.#external.stop()
    await this.#consumer?.stop()
    await this.#reassertion.stop()
    await this.#worker.stop()
    await this.#gateways.stop()
  }

  #newGateways(): Gateways {
    const { gateways: repository, sip, bus, secrets, epoch, metrics, originUuid, settings, log } = this.#parts
    const stack = () => this.#stack
    const accessCode = settings.accessCodes[0] ?? '*97'
    return new Gateways({ repository, sip, bus, stack, accessCode, epoch, metrics, secrets, originUuid, log })
  }

  #newContext(): SubscriptionContext<Subscription> {
    const { metrics } = this.#parts
    return {
      metrics,
      stack: () => this.#stack,
      ledger: this.#ledger,
      pacer: this.#pacer,
      epoch: this.#epoch,
      accessCode: this.#accessCode,
      onAcknowledged: (subscription, content) => this.#unsolicited.shown(subscription, content),
      onReach: ({ row }) => this.#unsolicited.subscriptionsChanged(row.deviceId),
      onEnd: (subscription, reason) => this.#ended(subscription, reason),
    }
  }

  #newUnsolicited(): UnsolicitedNotifier {
    const { metrics } = this.#parts
    return new UnsolicitedNotifier({
      ...this.#time,
      metrics,
      stack: () => this.#stack,
      accessCode: this.#accessCode,
      ledger: this.#ledger,
      pacer: this.#pacer,
      // Who does not answer in its dialog may have forgotten it: then its contact is told.
      subscriptions: (deviceId) => this.#table.ofDevice(deviceId).filter(({ reachable }) => reachable),
      recheck: (id) => this.#worker.deviceChanged(id, requestCause('REGISTER')),
      retell: (shown) => void this.#worker.reassert(shown, RETELL),
      remember: (contact) => this.#writes.remember(contact),
      end: (ended) => this.#writes.end(ended),
    })
  }

  get #time(): Time {
    return this.#parts.time ?? SYSTEM_TIME
  }

  /** What phones dial from their envelope key where nobody says otherwise. */
  get #accessCode(): string {
    return this.#parts.settings.accessCodes[0] ?? '*97'
  }

  #deviceDeleted(id: DeviceId): void {
    for (const subscription of this.#table.ofDevice(id)) subscription.reject()
    this.#unsolicited.deviceDeleted(id)
  }

  /** What only its connection can reach has ended with it: the browser comes back as another (sip.md 1.7). */
  #flowClosed(flow: string, peer: RemoteAddress): void {
    this.#unsolicited.flowClosed(flow)
    this.#gateways.connectionClosed(peer)
    for (const subscription of this.#table.takeFlow(flow)) {
      if (!subscription.isBoundToFlow) continue
      subscription.drop()
      this.#ended(subscription, 'no_subscription')
    }
  }

  #ended(subscription: Subscription, reason: LampReason): void {
    this.#table.remove(subscription)
    this.#writes.forget(subscription)
    // Otherwise the ledger has just been told why.
    if (reason === 'no_subscription') this.#worker.deviceChanged(subscription.row.deviceId, requestCause('SUBSCRIBE'))
  }
}
