import { SecretBox } from '@lamplighter/access'
import type { Bus } from '@lamplighter/bus'
import { type HttpService, mountWebSocket } from '@lamplighter/http'
import { type Logger, StartError } from '@lamplighter/runtime'
import { DigestAuthenticator, NonceFactory } from '@lamplighter/sip'
import {
  ContactRepository,
  type Database,
  GatewayLampRepository,
  Leadership,
  type OutboxSignal,
  SipRepository,
  type Store,
  type Term,
} from '@lamplighter/store'
import { Registry } from 'prom-client'
import { Epoch } from './epoch.js'
import { sayFarewell } from './farewell.js'
import { LampMetrics } from './lamp-metrics.js'
import { LampTrace } from './lamp-trace.js'
import { MwiTerm } from './mwi-term.js'
import type { SipSettings } from './term-parts.js'
import { type SocketTaker, sipSocketRoute } from './web-socket-route.js'

export type { SipSettings } from './term-parts.js'

/** Ports by transport. */
export type SipPorts = MwiTerm['ports']

/** How long a worker that stops waits for another one, to which it can send its phones. */
const SUCCESSOR_MS = 1500

/** What mwid is made of. */
export type MwidDependencies = {
  readonly database: Database
  readonly store: Store
  /** Tells what this process commits; absent where it only hears of changes over the bus. */
  readonly signal?: OutboxSignal
  readonly bus: Bus
  readonly nonceKey: Buffer
  /** Opens the passwords we present to other servers. */
  readonly peerSecretKey: Buffer
  readonly realm: string
  readonly originUuid: string
  readonly settings: SipSettings
  /** Where it tells how it does; absent where nobody watches it. */
  readonly metrics?: Registry
  readonly log: Logger
}

/** The SIP notifier. One worker of an installation is active; a standby takes its subscriptions over. */
export type Mwid = HttpService & {
  /** The ports it listens on, by transport, while it is the active worker. */
  readonly ports: SipPorts | undefined
}

/** The SIP notifier: registrar, subscriptions and the lamp ledger. */
export function createMwid({
  database,
  store,
  signal: outboxSignal,
  bus,
  nonceKey,
  peerSecretKey,
  realm,
  originUuid,
  settings,
  metrics: registry = new Registry(),
  log,
}: MwidDependencies): Mwid {
  const leadership = new Leadership({
    url: database.url,
    lock: 'mwid',
    onTrouble: (err) => log.warn({ err }, 'the SIP worker lost its turn'),
  })
  const sip = new SipRepository(database.pool)
  const contacts = new ContactRepository(database.pool)
  const digest = new DigestAuthenticator(new NonceFactory(nonceKey), realm)
  const gateways = new GatewayLampRepository(database.pool, originUuid)
  const secrets = new SecretBox(peerSecretKey)
  const metrics = new LampMetrics(registry)
  // They outlive a term: what could not be written while the database was away is written in the next one.
  const epoch = new Epoch(sip)
  const trace = new LampTrace(epoch, metrics)
  const first = deferred<void>()
  let current: MwiTerm | undefined
  let stopping = false
  let left: Awaited<ReturnType<MwiTerm['handOver']>> | undefined
  bus.onReconnect(() => current?.reconcile())
  const serve = async ({ signal, serving }: Term) => {
    const term = new MwiTerm({
      sip,
      contacts,
      gateways,
      secrets,
      store,
      ...(outboxSignal && { signal: outboxSignal }),
      bus,
      digest,
      originUuid,
      settings,
      audit: store.note.bind(store),
      metrics,
      epoch,
      trace,
      log,
    })
    await term.start().catch(async (error) => {
      first.reject(toStartError(error, settings))
      await term.stop()
      throw error
    })
    current = term
    first.resolve()
    await serving()
    await aborted(signal)
    current = undefined
    if (stopping) left = await term.handOver()
    else await term.stop()
  }
  const taker = (): SocketTaker => current && ((socket, peer) => current?.acceptSocket(socket, peer))
  return {
    name: 'mwid',
    mount: (server) => mountWebSocket(server, sipSocketRoute(settings.webSocketOrigins ?? 'same', taker)),
    // The active worker must have its socket; a standby has none yet and is no less started.
    start: async () => {
      if (await leadership.start(serve)) await first.promise
    },
    stop: async () => {
      stopping = true
      await leadership.stop()
      if (left) await sayFarewell({ ...left, successor: () => leadership.succeeded(SUCCESSOR_MS) })
    },
    get ports() {
      return current?.ports
    },
  }
}

function toStartError(error: unknown, { host, port: udpPort }: SipSettings): unknown {
  const { code, port = udpPort } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') return new StartError(`SIP port ${port} on ${host} is in use`, { cause: error })
  if (code === 'EACCES')
    return new StartError(`SIP port ${port} on ${host} may not be used by this account`, { cause: error })
  if (code === 'EADDRNOTAVAIL') return new StartError(`${host} is not an address of this machine`, { cause: error })
  return error
}

type Deferred<T> = { readonly promise: Promise<T>; resolve(value: T): void; reject(error: unknown): void }

/** A promise settled from outside; nobody waiting for it is no fault. */
function deferred<T>(): Deferred<T> {
  let settle: Pick<Deferred<T>, 'resolve' | 'reject'> = { resolve: () => {}, reject: () => {} }
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject }
  })
  promise.catch(() => {})
  return { promise, ...settle }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
