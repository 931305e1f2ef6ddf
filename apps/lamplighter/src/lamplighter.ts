import { deriveKeys, type InstallationKeys, TokenIssuer, TokenVerifier } from '@lamplighter/access'
import { createAuthd } from '@lamplighter/authd'
import { type Bus, InProcessBus, RabbitMqBus } from '@lamplighter/bus'
import { createCalld } from '@lamplighter/calld'
import { createConfd } from '@lamplighter/confd'
import type { TenantId } from '@lamplighter/domain'
import { createHttpServer, type HttpService, listen, mountDocs, RateLimits } from '@lamplighter/http'
import { createMwid, type Mwid, type SipPorts } from '@lamplighter/mwid'
import { createDeadLetterKeeper, createRelay } from '@lamplighter/relayd'
import { type Logger, type Service, ServiceGroup, StartError } from '@lamplighter/runtime'
import type { TlsCredentials } from '@lamplighter/sip'
import {
  type Database,
  DirectoryAudioStore,
  type Installation,
  OUTBOX_CHANNEL,
  OutboxSignal,
  Provisioning,
  Store,
} from '@lamplighter/store'
import { createWebsocketd } from '@lamplighter/websocketd'
import type { FastifyInstance } from 'fastify'
import { Gauge, Registry } from 'prom-client'
import { type Config, SERVICE_NAMES, type ServiceName } from './config.js'
import { prepareDataDirectory, readSecret } from './data-directory.js'
import { mountMetrics } from './metrics-route.js'
import { type OpenedDatabase, openMigratedDatabase } from './open-database.js'
import { createRevocations } from './revocations.js'
import { MASTER_ADMIN, type SetUp, setUp } from './setup.js'
import { CertificateFiles } from './tls-files.js'

/** What to start. */
export type StartOptions = {
  readonly services?: readonly ServiceName[]
  /** Fixes the master password; only for a demonstration. */
  readonly demoPassword?: string
  /**
   * Told the master administrator's new password, at once: what fails later must not lose it. A start that finds an
   * installation makes none.
   */
  readonly onNewPassword?: (username: string, password: string) => void
  /** Told before each step that takes a while. */
  readonly onProgress?: (step: string) => void
}

type Shared = {
  readonly config: Config
  readonly log: Logger
  readonly database: Database
  readonly store: Store
  readonly audio: DirectoryAudioStore
  readonly bus: Bus
  readonly keys: InstallationKeys
  readonly originUuid: string
  readonly masterTenant: TenantId
  readonly verifier: TokenVerifier
  readonly signal: OutboxSignal
  /** What the services tell whoever watches them. */
  readonly metrics: Registry
}

/** A running process: any set of the services, composed here and nowhere else. */
export class Lamplighter {
  readonly setUp: SetUp
  readonly provisioning: Provisioning
  readonly originUuid: string
  /** Base URL of the APIs, or undefined when none of them runs here. */
  readonly httpUrl: string | undefined
  /** Where the SIP worker listens, by transport, or undefined when it does not run here. */
  readonly sipPorts: SipPorts | undefined
  /** Set when the embedded database had to be kept elsewhere. */
  readonly notice: string | undefined
  /** Shows new SIP connections the certificates that the files hold now; undefined where this process has none. */
  readonly renewCertificates: (() => Promise<void>) | undefined
  readonly #stop: () => Promise<void>

  private constructor(facts: Omit<Lamplighter, 'stop'>, stop: () => Promise<void>) {
    this.setUp = facts.setUp
    this.provisioning = facts.provisioning
    this.originUuid = facts.originUuid
    this.httpUrl = facts.httpUrl
    this.sipPorts = facts.sipPorts
    this.notice = facts.notice
    this.renewCertificates = facts.renewCertificates
    this.#stop = stop
  }

  /** Opens, sets up and starts everything. @throws StartError in one sentence */
  static async start(config: Config, log: Logger, options: StartOptions = {}): Promise<Lamplighter> {
    const { services = SERVICE_NAMES, onProgress = () => {} } = options
    if (config.amqpUrl === undefined && services.length < SERVICE_NAMES.length) {
      throw new StartError(
        'AMQP_URL is needed where only some of the services run: without it the bus stays in one process',
      )
    }
    await prepareDataDirectory(config.dataDirectory)
    const keys = deriveKeys(await readSecret(config.dataDirectory, config.secret))
    onProgress('starting the database')
    const opened = await openMigratedDatabase(config, (err) =>
      log.warn({ err }, 'an idle database connection was lost'),
    )
    try {
      return await Lamplighter.#compose(config, log, opened, keys, { ...options, services, onProgress })
    } catch (error) {
      await closeDatabase(opened)
      throw error
    }
  }

  static async #compose(
    config: Config,
    log: Logger,
    opened: OpenedDatabase,
    keys: InstallationKeys,
    {
      services,
      onProgress,
      onNewPassword,
      demoPassword,
    }: StartOptions & { services: readonly ServiceName[]; onProgress: (step: string) => void },
  ): Promise<Lamplighter> {
    const { database, embedded } = opened
    const provisioning = new Provisioning(database)
    const done = await setUp(provisioning, demoPassword)
    if (done.newPassword !== undefined) onNewPassword?.(MASTER_ADMIN, done.newPassword)
    onProgress('starting the services')
    const shared = await share(config, log, database, keys, done.installation)
    const { group, server, mwid, certificates } = await compose(shared, services)
    await shared.bus.start().catch((error) => Promise.reject(brokerError(error, config)))
    const stop = async () => {
      await group.stop()
      await server?.close()
      await shared.bus.stop()
      await shared.audio.close()
      await closeDatabase(opened)
    }
    try {
      const httpUrl = server && (await listen(server, config.http))
      await group.start()
      const sipPorts = mwid?.ports
      const facts = {
        setUp: done,
        provisioning,
        originUuid: shared.originUuid,
        httpUrl,
        sipPorts,
        notice: embedded?.notice,
        renewCertificates: certificates && (() => certificates.renew(log)),
      }
      return new Lamplighter(facts, stop)
    } catch (error) {
      await group.stop()
      await server?.close()
      await shared.bus.stop()
      await shared.audio.close()
      throw error
    }
  }

  /** Stops everything in reverse order. */
  stop(): Promise<void> {
    return this.#stop()
  }
}

async function closeDatabase({ database, embedded }: OpenedDatabase): Promise<void> {
  await database.close()
  await embedded?.stop()
}

async function share(
  config: Config,
  log: Logger,
  database: Database,
  keys: InstallationKeys,
  { originUuid, masterTenant }: Installation,
): Promise<Shared> {
  const signal = new OutboxSignal(() => database.pool.query(`NOTIFY ${OUTBOX_CHANNEL}`))
  const store = new Store(database, originUuid, (said) => signal.poke(said))
  const audio = new DirectoryAudioStore(config.audioDirectory)
  await audio.open().catch((error) => {
    throw new StartError(`the audio directory ${config.audioDirectory} cannot be written`, { cause: error })
  })
  const { amqpUrl, relayShards: shards } = config
  const bus = amqpUrl === undefined ? new InProcessBus(log) : new RabbitMqBus(amqpUrl, log, { shards })
  const verifier = new TokenVerifier(keys.tokenKey, store.accounts)
  const metrics = new Registry()
  return { config, log, database, store, audio, bus, keys, originUuid, masterTenant, verifier, signal, metrics }
}

type Composition = {
  readonly group: ServiceGroup
  readonly server: FastifyInstance | undefined
  readonly mwid: Mwid | undefined
  readonly certificates: CertificateFiles | undefined
}

/** Consumers start before the relay, so that nothing it publishes finds nobody. */
async function compose(shared: Shared, names: readonly ServiceName[]): Promise<Composition> {
  const apis = httpServices(shared).filter(({ name }) => names.includes(name as ServiceName))
  const { tls } = shared.config.sip
  const certificates = tls && names.includes('mwid') ? await CertificateFiles.read(tls) : undefined
  const mwid = names.includes('mwid') ? newMwid(shared, certificates) : undefined
  const relay = names.includes('relayd') ? newRelay(shared) : undefined
  const deadLetters = names.includes('relayd') ? createDeadLetterKeeper(shared) : undefined
  const revocations = apis.length > 0 ? createRevocations(shared) : undefined
  const services: Service[] = [mwid, revocations, ...apis, deadLetters, relay].filter((one) => one !== undefined)
  const group = new ServiceGroup('lamplighter', services, shared.log)
  const mounted = [...apis, ...(mwid ? [mwid] : [])]
  if (mounted.length === 0) return { group, server: undefined, mwid, certificates }
  const server = createHttpServer(shared.log, shared.config.http.trustedProxies)
  mountHealth(server, shared)
  mountMetrics(server, shared.metrics, shared.config.metricsToken)
  mountDocs(server)
  for (const one of mounted) one.mount(server)
  return { group, server, mwid, certificates }
}

function httpServices(shared: Shared): HttpService[] {
  const { config, log, store, audio, bus, keys, originUuid, masterTenant, verifier } = shared
  const covers = store.accounts.covers.bind(store.accounts)
  const rateLimits = new RateLimits(config.http.rateLimits)
  const access = { verifier, covers, fingerprintKey: keys.fingerprintKey, rateLimits }
  const { amqpUrl, managementUrl, brokerCacheMs: cacheMs } = config
  const broker = amqpUrl === undefined ? undefined : { amqpUrl, managementUrl, cacheMs }
  const backend = broker && { vhost: vhostOf(broker.amqpUrl), secret: config.brokerSecret }
  return [
    createAuthd({
      store,
      access,
      verifier,
      keys,
      settings: config.logins,
      broker: backend,
      originUuid,
      masterTenant,
      log,
    }),
    createConfd({
      store,
      bus,
      access,
      originUuid,
      sipRealm: config.sip.realm,
      peerSecretKey: keys.peerSecretKey,
      broker,
      log,
    }),
    createCalld({ store, audio, bus, access, linkKey: keys.linkKey, log, maxAudioBytes: config.maxAudioBytes }),
    createWebsocketd({
      bus,
      store,
      access,
      verifier,
      issuer: new TokenIssuer(keys.tokenKey),
      originUuid,
      retentionHours: config.eventRetentionHours,
      log,
    }),
  ]
}

/** The virtual host an AMQP URL names; `/` when it names none. */
function vhostOf(amqpUrl: string): string {
  const { pathname } = new URL(amqpUrl)
  return pathname.length > 1 ? decodeURIComponent(pathname.slice(1)) : '/'
}

function newMwid(
  { config, log, database, store, signal, bus, keys, originUuid, metrics }: Shared,
  certificates: CertificateFiles | undefined,
): Mwid {
  const { realm, advertisedHost, tcpPort, tls: _, ...settings } = config.sip
  const optional = {
    ...(advertisedHost !== undefined && { advertisedHost }),
    ...(tcpPort !== undefined && { tcpPort }),
    ...(certificates && { tls: certificates }),
  }
  if (certificates) measureExpiry(certificates.credentials, metrics)
  return createMwid({
    database,
    store,
    signal,
    bus,
    nonceKey: keys.nonceKey,
    peerSecretKey: keys.peerSecretKey,
    realm,
    originUuid,
    settings: { ...settings, ...optional },
    metrics,
    log,
  })
}

/** For an alarm before a certificate that was forgotten runs out. */
function measureExpiry(credentials: TlsCredentials, registry: Registry): void {
  new Gauge({
    name: 'lamplighter_sip_certificate_expiry_timestamp_seconds',
    help: 'When the first certificate of SIP over TLS runs out',
    registers: [registry],
    collect() {
      this.set(Math.floor(credentials.expiresAtMs / 1000))
    },
  })
}

function newRelay({ config, log, database, bus, signal }: Shared): Service {
  return createRelay({ databaseUrl: database.url, bus, signal, log, retentionHours: config.eventRetentionHours })
}

/** For load balancers and containers: whether this process can do its work. `unroutable`: events no queue wanted. */
function mountHealth(server: FastifyInstance, { store, bus }: Shared): void {
  server.get('/health', async (_request, reply) => {
    const database = await store.isReachable()
    const healthy = database && bus.connected
    const facts = { status: healthy ? 'ok' : 'failing', database, bus: bus.connected, unroutable: bus.returned }
    return reply.code(healthy ? 200 : 503).send(facts)
  })
}

function brokerError(error: unknown, config: Config): unknown {
  if (config.amqpUrl === undefined) return error
  const { host } = new URL(config.amqpUrl)
  return new StartError(`RabbitMQ at ${host} cannot be used: ${(error as Error).message}`, { cause: error })
}
