import type { SecretBox } from '@lamplighter/access'
import type { Bus, Consumer } from '@lamplighter/bus'
import { type DeviceId, type LampCause, type LampReason, requestCause } from '@lamplighter/domain'
import type { Logger } from '@lamplighter/runtime'
import {
  type Clock,
  type DigestAuthenticator,
  EVENT_LIST,
  type IncomingRequest,
  type RemoteAddress,
  type SipSocket,
  SipStack,
  systemClock,
  WebSocketTransport,
} from '@lamplighter/sip'
import type {
  AuditEntry,
  ContactRepository,
  GatewayLampRepository,
  RememberedContact,
  SipRepository,
  Store,
  StoredSubscription,
} from '@lamplighter/store'
import { SipAuthentication } from './authentication.js'
import { type Batcher, groupCommit } from './batcher.js'
import { lampConsumer } from './consumers.js'
import { DeviceReads } from './device-reads.js'
import type { Epoch } from './epoch.js'
import { ExternalFeeds } from './external-feeds.js'
import { Gateways } from './gateway/gateways.js'
import type { LampMetrics } from './lamp-metrics.js'
import type { LampTrace } from './lamp-trace.js'
import { LampWorker } from './lamp-worker.js'
import { Ledger } from './ledger.js'
import { Reassertion } from './reassertion.js'
import { RefusalAudit } from './refusal-audit.js'
import { RegisterHandler } from './register-handler.js'
import { RequestLimiter } from './request-limiter.js'
import { SubscribeHandler } from './subscribe-handler.js'
import { Subscription, type SubscriptionContext } from './subscription.js'
import { SubscriptionTable } from './subscription-table.js'
import { createTransports, type TransportSettings } from './transports.js'
import { UnsolicitedNotifier } from './unsolicited-notifier.js'
import type { AllowedOrigins } from './web-socket-route.js'

/** Settings of the SIP side. */
export type SipSettings = TransportSettings & {
  /** Whose pages may open sockets; absent: pages of the same host. */
  readonly webSocketOrigins?: AllowedOrigins
  /** Host phones are told to come back to, where it is not the bound one. */
  readonly advertisedHost?: string
  /** Users of a Request-URI that mean "my own lamp"; the first is what phones dial. */
  readonly accessCodes: readonly string[]
  /** How often every lamp is compared with the truth, seconds. */
  readonly reconcileSec?: number
}

/** What a term is made of. */
export type MwiTermDependencies = {
  readonly sip: SipRepository
  readonly contacts: ContactRepository
  readonly gateways: GatewayLampRepository
  readonly secrets: SecretBox
  readonly bus: Bus
  readonly digest: DigestAuthenticator
  readonly store: Store
  readonly originUuid: string
  readonly settings: SipSettings
  readonly metrics: LampMetrics
  readonly epoch: Epoch
  readonly trace: LampTrace
  /** Writes the audit log. */
  readonly audit: (entry: AuditEntry) => Promise<void>
  readonly log: Logger
  /** Time of everything that is told without a subscription, and of how often a peer may ask. */
  readonly time?: { readonly clock: Clock; readonly wallMs: () => number }
}

const SYSTEM_TIME = { clock: systemClock, wallMs: () => Date.now() }
/** A NOTIFY came to a phone later than a newer one. */
const RETELL: LampCause = { kind: 'reassert', name: 'NOTIFY', eventId: null, committedAtMs: null }
/** How often every lamp is compared with the truth where nobody says otherwise. */
const RECONCILE_SEC = 300
const CONTEXT_CHUNK = 200

/** The time during which this process is the one that notifies: from taking the subscriptions over to giving them up. */
export class MwiTerm {
  readonly #parts: MwiTermDependencies
  readonly #table = new SubscriptionTable((deviceId) => this.#unsolicited.subscriptionsChanged(deviceId))
  readonly #ledger: Ledger
  readonly #epoch: Epoch
  readonly #worker: LampWorker
  readonly #reassertion: Reassertion
  readonly #unsolicited: UnsolicitedNotifier
  readonly #remembering: Batcher<RememberedContact>
  readonly #gateways: Gateways
  readonly #commits: Batcher<StoredSubscription>
  readonly #ends: Batcher<string>
  readonly #limiter = new RequestLimiter()
  readonly #external: ExternalFeeds
  readonly #webSockets: WebSocketTransport
  readonly #stack: SipStack
  #consumer: Consumer | undefined
  #reconciling: NodeJS.Timeout | undefined

  constructor(parts: MwiTermDependencies) {
    const { sip, contacts, log, settings, metrics, trace } = parts
    this.#parts = parts
    this.#epoch = parts.epoch
    this.#ledger = new Ledger(sip, trace, log)
    this.#remembering = groupCommit((rows: readonly RememberedContact[]) =>
      contacts.remember(newestOfEach(rows, contactKey)),
    )
    this.#unsolicited = this.#newUnsolicited()
    this.#worker = new LampWorker(sip, this.#table, this.#unsolicited, this.#ledger, metrics, log)
    this.#reassertion = new Reassertion(sip, this.#worker, log)
    this.#gateways = this.#newGateways()
    this.#commits = groupCommit((rows: readonly StoredSubscription[]) =>
      sip.saveSubscriptions(newestOfEach(rows, ({ uuid }) => uuid)),
    )
    this.#ends = groupCommit((uuids: readonly string[]) => sip.deleteSubscriptions(uuids))
    this.#external = new ExternalFeeds({ ...parts, stack: () => this.#stack })
    const handlers = this.#handlers()
    const advertised = settings.advertisedHost === undefined ? {} : { advertisedHost: settings.advertisedHost }
    this.#webSockets = new WebSocketTransport(settings.host)
    this.#stack = new SipStack({
      transports: createTransports(settings, this.#webSockets),
      handlers,
      supported: [EVENT_LIST],
      onFlowClosed: (flow) => this.#flowClosed(flow),
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

  /** Takes over what the table holds, then listens. Nothing is sent only because we started: what differs is. */
  async start(): Promise<void> {
    await this.#epoch.raise()
    await this.#stack.start()
    this.#ledger.start()
    await this.#takeOver()
    this.#consumer = await this.#parts.bus.consume(
      lampConsumer(this.#parts.originUuid, {
        mailboxChanged: (id, cause) => this.#worker.mailboxChanged(id, cause),
        deviceChanged: (id, cause) => this.#worker.deviceChanged(id, cause),
        deviceDeleted: (id) => this.#deviceDeleted(id),
        reassertRequested: (asked) => this.#reassertion.request(asked),
        tenantChanged: (id) =>
          void this.#worker.reconcile([...new Set([...this.#table.devices(id), ...this.#unsolicited.devices(id)])]),
        policyChanged: (uuid, cause) => this.#policyChanged(uuid, cause),
      }),
    )
    await this.#gateways.start()
    await this.#external.start()
    this.#parts.metrics.countWith(async () => [
      ...(await this.#parts.sip.wrongLamps()),
      ...(await this.#parts.gateways.wrongLamps()),
    ])
    this.reconcile()
    const reconcileMs = (this.#parts.settings.reconcileSec ?? RECONCILE_SEC) * 1000
    this.#reconciling = setInterval(() => this.reconcile(), reconcileMs).unref()
  }

  /** Compares every lamp with the truth, paced, in the background, and sweeps contacts that ran out. */
  reconcile(): void {
    void this.#worker.reconcile()
    const { contacts, log } = this.#parts
    contacts.sweep().catch((err) => log.warn({ err }, 'contacts that ran out stay in the table'))
    this.#gateways.reconcile()
  }

  async stop(): Promise<void> {
    clearInterval(this.#reconciling)
    this.#parts.metrics.countWith(undefined)
    await this.#external.stop()
    await this.#consumer?.stop()
    await this.#reassertion.stop()
    await this.#worker.stop()
    await this.#gateways.stop()
    for (const subscription of this.#table.all()) subscription.drop()
    this.#unsolicited.stop()
    await this.#remembering.idle()
    await this.#commits.idle()
    await this.#ends.idle()
    await this.#stack.stop()
    await this.#ledger.stop()
  }

  #newGateways(): Gateways {
    const { gateways: repository, sip, bus, secrets, epoch, metrics, originUuid, settings, log } = this.#parts
    const stack = () => this.#stack
    const accessCode = settings.accessCodes[0] ?? '*97'
    return new Gateways({ repository, sip, bus, stack, accessCode, epoch, metrics, secrets, originUuid, log })
  }

  #handlers() {
    const { sip, contacts, digest, settings, audit, log } = this.#parts
    const reads = new DeviceReads(sip)
    const authentication = new SipAuthentication(reads, digest)
    const parts = {
      sip,
      reads,
      authentication,
      table: this.#table,
      commits: this.#commits,
      refusals: new RefusalAudit(audit, log),
      context: this.#context(),
      accessCodes: settings.accessCodes,
      recheck: (id: DeviceId) => this.#worker.deviceChanged(id, requestCause('SUBSCRIBE')),
      forget: (subscription: Subscription) => this.#forget(subscription),
    }
    const subscribe = new SubscribeHandler(parts)
    const register = new RegisterHandler({
      contacts,
      authentication,
      listener: this.#unsolicited,
      wallMs: this.#time.wallMs,
    })
    return {
      SUBSCRIBE: (incoming: IncomingRequest) => this.#serve(incoming, () => subscribe.handle(incoming)),
      REGISTER: (incoming: IncomingRequest) => this.#serve(incoming, () => register.handle(incoming)),
      NOTIFY: (incoming: IncomingRequest) => this.#external.notified(incoming),
    }
  }

  #context(): SubscriptionContext {
    const { metrics } = this.#parts
    return {
      metrics,
      stack: () => this.#stack,
      ledger: this.#ledger,
      epoch: this.#epoch,
      accessCode: this.#accessCode,
      onAcknowledged: (subscription, content) => this.#unsolicited.shown(subscription, content),
      onEnd: (subscription, reason) => this.#ended(subscription, reason),
    }
  }

  #newUnsolicited(): UnsolicitedNotifier {
    const { contacts, metrics, log } = this.#parts
    return new UnsolicitedNotifier({
      ...this.#time,
      metrics,
      stack: () => this.#stack,
      accessCode: this.#accessCode,
      ledger: this.#ledger,
      subscriptions: (deviceId) => this.#table.ofDevice(deviceId),
      recheck: (id) => this.#worker.deviceChanged(id, requestCause('REGISTER')),
      retell: (shown) => void this.#worker.reassert(shown, RETELL),
      remember: (contact) => {
        this.#remembering
          .add(contact)
          .catch((err) => log.warn({ err }, 'what a contact answered is told again after a restart'))
      },
      end: (ended) => {
        contacts.end(ended).catch((err) => log.warn({ err }, 'contacts without a connection stay until they run out'))
      },
    })
  }

  get #time() {
    return this.#parts.time ?? SYSTEM_TIME
  }

  /** What phones dial from their envelope key where nobody says otherwise. */
  get #accessCode(): string {
    return this.#parts.settings.accessCodes[0] ?? '*97'
  }

  /** Within its limit a request is served. A passing fault is no answer: silence, and the phone asks again (sip.md 0.9). */
  async #serve(incoming: IncomingRequest, serve: () => Promise<void>): Promise<void> {
    const { request, from, respond, ignore } = incoming
    const admission = this.#limiter.admit(
      `${from.host} ${request.headers.get('from')?.split(';')[0]}`,
      this.#time.clock.now(),
    )
    if (admission === 'drop') return ignore()
    if (admission === 'refuse') return respond(503, [['Retry-After', String(5 + Math.floor(Math.random() * 25))]])
    try {
      await serve()
    } catch (err) {
      this.#parts.log.warn({ err, method: request.method }, 'a SIP request could not be served')
      ignore()
    }
  }

  async #takeOver(): Promise<void> {
    const loaded = await this.#parts.sip.loadSubscriptions()
    // Browsers were on sockets that ended with the last worker.
    const rows = loaded.filter(({ transport }) => transport !== 'WS' && transport !== 'WSS')
    const context = this.#context()
    for (let from = 0; from < rows.length; from += CONTEXT_CHUNK) {
      const chunk = rows.slice(from, from + CONTEXT_CHUNK)
      const devices = [...new Set(chunk.map((row) => row.deviceId))]
      const [forms, watched] = await Promise.all([this.#parts.sip.forms(devices), this.#parts.sip.watched(devices)])
      for (const row of chunk) {
        const form = forms.get(row.deviceId)
        if (!form) continue
        const subscription = new Subscription(row, form, context)
        this.#table.add(subscription)
        subscription.resume(watched.filter(({ deviceId }) => deviceId === row.deviceId))
      }
    }
    await this.#takeOverContacts()
    if (rows.length > 0)
      this.#parts.log.info({ subscriptions: rows.length, epoch: this.#epoch.now }, 'subscriptions taken over')
  }

  /** What could not be looked at now is found by the reconciliation. */
  #policyChanged(uuid: string, cause: LampCause): void {
    this.#worker
      .policyChanged(uuid, cause)
      .catch((err) => this.#parts.log.warn({ err, policy: uuid }, 'the mailboxes of a policy cannot be looked at yet'))
  }

  async #takeOverContacts(): Promise<void> {
    const contacts = await this.#parts.contacts.takeOver()
    const forms = await this.#parts.sip.forms([...new Set(contacts.map(({ deviceId }) => deviceId))])
    this.#unsolicited.takeOver(contacts, forms)
  }

  #deviceDeleted(id: DeviceId): void {
    for (const subscription of this.#table.ofDevice(id)) subscription.reject()
    this.#unsolicited.deviceDeleted(id)
  }

  #forget({ row }: Subscription): void {
    this.#ends
      .add(row.uuid)
      .catch((err) => this.#parts.log.warn({ err }, 'an ended subscription stays in the table until it runs out'))
  }

  /** What only its connection can reach has ended with it: the browser comes back as another (sip.md 1.7). */
  #flowClosed(flow: string): void {
    this.#unsolicited.flowClosed(flow)
    for (const subscription of this.#table.takeFlow(flow)) {
      if (!subscription.isBoundToFlow) continue
      subscription.drop()
      this.#ended(subscription, 'no_subscription')
    }
  }

  #ended(subscription: Subscription, reason: LampReason): void {
    this.#table.remove(subscription)
    this.#forget(subscription)
    // Otherwise the ledger has just been told why.
    if (reason === 'no_subscription') this.#worker.deviceChanged(subscription.row.deviceId, requestCause('SUBSCRIBE'))
  }
}

/** A second write of the same row may follow within one batch. */
function newestOfEach<Row>(rows: readonly Row[], key: (row: Row) => string): Row[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()]
}

function contactKey({ deviceId, binding }: RememberedContact): string {
  return `${deviceId}/${binding}`
}
