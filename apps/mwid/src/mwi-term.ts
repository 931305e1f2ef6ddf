import type { Bus, Consumer } from '@lamplighter/bus'
import { type DeviceId, type LampCause, type LampReason, requestCause } from '@lamplighter/domain'
import type { Logger } from '@lamplighter/runtime'
import {
  type DigestAuthenticator,
  EVENT_LIST,
  type IncomingRequest,
  type RemoteAddress,
  type SipSocket,
  SipStack,
  WebSocketTransport,
} from '@lamplighter/sip'
import type { SipRepository, StoredSubscription } from '@lamplighter/store'
import { SipAuthentication } from './authentication.js'
import { type Batcher, groupCommit } from './batcher.js'
import { lampConsumer } from './consumers.js'
import { DeviceReads } from './device-reads.js'
import type { Epoch } from './epoch.js'
import type { LampMetrics } from './lamp-metrics.js'
import type { LampTrace } from './lamp-trace.js'
import { LampWorker } from './lamp-worker.js'
import { Ledger } from './ledger.js'
import { Reassertion } from './reassertion.js'
import { RegisterHandler } from './register-handler.js'
import { RequestLimiter } from './request-limiter.js'
import { SubscribeHandler } from './subscribe-handler.js'
import { Subscription, type SubscriptionContext } from './subscription.js'
import { SubscriptionTable } from './subscription-table.js'
import { createTransports, type TransportSettings } from './transports.js'
import type { AllowedOrigins } from './web-socket-route.js'

/** Settings of the SIP side. */
export type SipSettings = TransportSettings & {
  /** Whose pages may open sockets; absent: pages of the same host. */
  readonly webSocketOrigins?: AllowedOrigins
  /** Host phones are told to come back to, where it is not the bound one. */
  readonly advertisedHost?: string
  /** Users of a Request-URI that mean "my own lamp"; the first is what phones dial. */
  readonly accessCodes: readonly string[]
}

/** What a term is made of. */
export type MwiTermDependencies = {
  readonly sip: SipRepository
  readonly bus: Bus
  readonly digest: DigestAuthenticator
  readonly originUuid: string
  readonly settings: SipSettings
  readonly metrics: LampMetrics
  readonly epoch: Epoch
  readonly trace: LampTrace
  readonly log: Logger
}

const RECONCILE_INTERVAL_MS = 5 * 60 * 1000
const CONTEXT_CHUNK = 200

/** The time during which this process is the one that notifies: from taking the subscriptions over to giving them up. */
export class MwiTerm {
  readonly #parts: MwiTermDependencies
  readonly #table = new SubscriptionTable()
  readonly #ledger: Ledger
  readonly #epoch: Epoch
  readonly #worker: LampWorker
  readonly #reassertion: Reassertion
  readonly #commits: Batcher<StoredSubscription>
  readonly #ends: Batcher<string>
  readonly #limiter = new RequestLimiter()
  readonly #webSockets: WebSocketTransport
  readonly #stack: SipStack
  #consumer: Consumer | undefined
  #reconciling: NodeJS.Timeout | undefined

  constructor(parts: MwiTermDependencies) {
    const { sip, log, settings, metrics, trace } = parts
    this.#parts = parts
    this.#epoch = parts.epoch
    this.#ledger = new Ledger(sip, trace, log)
    this.#worker = new LampWorker(sip, this.#table, this.#ledger, metrics, log)
    this.#reassertion = new Reassertion(sip, this.#worker, log)
    this.#commits = groupCommit((rows: readonly StoredSubscription[]) => sip.saveSubscriptions(newestOfEach(rows)))
    this.#ends = groupCommit((uuids: readonly string[]) => sip.deleteSubscriptions(uuids))
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
        tenantChanged: (id) => void this.#worker.reconcile(this.#table.devices(id)),
        policyChanged: (uuid, cause) => this.#policyChanged(uuid, cause),
      }),
    )
    this.#parts.metrics.countWith(() => this.#parts.sip.wrongLamps())
    this.reconcile()
    this.#reconciling = setInterval(() => this.reconcile(), RECONCILE_INTERVAL_MS).unref()
  }

  /** Compares every lamp with the truth, paced, in the background. */
  reconcile(): void {
    void this.#worker.reconcile()
  }

  async stop(): Promise<void> {
    clearInterval(this.#reconciling)
    this.#parts.metrics.countWith(undefined)
    await this.#consumer?.stop()
    await this.#reassertion.stop()
    await this.#worker.stop()
    for (const subscription of this.#table.all()) subscription.drop()
    await this.#commits.idle()
    await this.#ends.idle()
    await this.#stack.stop()
    await this.#ledger.stop()
  }

  #handlers() {
    const { sip, digest, settings } = this.#parts
    const reads = new DeviceReads(sip)
    const authentication = new SipAuthentication(reads, digest)
    const parts = {
      sip,
      reads,
      authentication,
      table: this.#table,
      commits: this.#commits,
      context: this.#context(),
      accessCodes: settings.accessCodes,
      recheck: (id: DeviceId) => this.#worker.deviceChanged(id, requestCause('SUBSCRIBE')),
      forget: (subscription: Subscription) => this.#forget(subscription),
    }
    const subscribe = new SubscribeHandler(parts)
    const register = new RegisterHandler(sip, authentication)
    return {
      SUBSCRIBE: (incoming: IncomingRequest) => this.#serve(incoming, () => subscribe.handle(incoming)),
      REGISTER: (incoming: IncomingRequest) => this.#serve(incoming, () => register.handle(incoming)),
    }
  }

  #context(): SubscriptionContext {
    const { settings, metrics } = this.#parts
    return {
      metrics,
      stack: () => this.#stack,
      ledger: this.#ledger,
      epoch: this.#epoch,
      accessCode: settings.accessCodes[0] ?? '*97',
      onEnd: (subscription, reason) => this.#ended(subscription, reason),
    }
  }

  /** Within its limit a request is served. A passing fault is no answer: silence, and the phone asks again (sip.md 0.9). */
  async #serve(incoming: IncomingRequest, serve: () => Promise<void>): Promise<void> {
    const { request, from, respond, ignore } = incoming
    const admission = this.#limiter.admit(
      `${from.host} ${request.headers.get('from')?.split(';')[0]}`,
      performance.now(),
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
    if (rows.length > 0)
      this.#parts.log.info({ subscriptions: rows.length, epoch: this.#epoch.now }, 'subscriptions taken over')
  }

  /** What could not be looked at now is found by the reconciliation. */
  #policyChanged(uuid: string, cause: LampCause): void {
    this.#worker
      .policyChanged(uuid, cause)
      .catch((err) => this.#parts.log.warn({ err, policy: uuid }, 'the mailboxes of a policy cannot be looked at yet'))
  }

  #deviceDeleted(id: DeviceId): void {
    for (const subscription of this.#table.ofDevice(id)) subscription.reject()
  }

  #forget({ row }: Subscription): void {
    this.#ends
      .add(row.uuid)
      .catch((err) => this.#parts.log.warn({ err }, 'an ended subscription stays in the table until it runs out'))
  }

  /** What only its connection can reach has ended with it: the browser comes back as another (sip.md 1.7). */
  #flowClosed(flow: string): void {
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

/** A refresh may follow its creation within one batch. */
function newestOfEach(rows: readonly StoredSubscription[]): StoredSubscription[] {
  return [...new Map(rows.map((row) => [row.uuid, row])).values()]
}
