import type { SecretBox } from '@lamplighter/access'
import type { Bus } from '@lamplighter/bus'
import type { Logger } from '@lamplighter/runtime'
import type { Clock, DigestAuthenticator } from '@lamplighter/sip'
import type {
  AuditEntry,
  ContactRepository,
  GatewayLampRepository,
  OutboxSignal,
  SipRepository,
  Store,
} from '@lamplighter/store'
import type { Epoch } from './epoch.js'
import type { LampMetrics } from './lamp-metrics.js'
import type { LampTrace } from './lamp-trace.js'
import type { NotifyRates } from './notify-pacer.js'
import type { TransportSettings } from './transports.js'
import type { AllowedOrigins } from './web-socket-route.js'

/** Wall clock and timers. */
export type Time = { readonly clock: Clock; readonly wallMs: () => number }

/** Settings of the SIP side. */
export type SipSettings = TransportSettings & {
  /** Whose pages may open sockets; absent: pages of the same host. */
  readonly webSocketOrigins?: AllowedOrigins
  /** Host phones are told to come back to, where it is not the bound one. */
  readonly advertisedHost?: string
  /** Users of a Request-URI that mean "my own lamp"; the first is what phones dial. */
  readonly accessCodes: readonly string[]
  /** How many NOTIFYs go out. */
  readonly notifyRates?: NotifyRates
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
  /** Tells what this process commits; absent where it only hears of changes over the bus. */
  readonly signal?: OutboxSignal
  readonly originUuid: string
  readonly settings: SipSettings
  readonly metrics: LampMetrics
  readonly epoch: Epoch
  readonly trace: LampTrace
  /** Writes the audit log. */
  readonly audit: (entry: AuditEntry) => Promise<void>
  readonly log: Logger
  /** Time of everything that is told without a subscription, and of how often a peer may ask. */
  readonly time?: Time
}
