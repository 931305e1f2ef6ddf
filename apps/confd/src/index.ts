import { SecretBox } from '@lamplighter/access'
import { type Bus, ConsumerQueues } from '@lamplighter/bus'
import { type AccessControl, ariForm, confdForm, type HttpService, mountApi } from '@lamplighter/http'
import type { Logger } from '@lamplighter/runtime'
import type { Store } from '@lamplighter/store'
import { ariAccounts } from './ari-accounts.js'
import { ariRoutes } from './ari-routes.js'
import { AriService } from './ari-service.js'
import { AssociationService } from './association-service.js'
import { BrokerManagement } from './broker-management.js'
import { contextRoutes } from './context-routes.js'
import { deadLetterRoutes } from './dead-letter-routes.js'
import { DeadLetterService } from './dead-letter-service.js'
import { deviceRoutes } from './device-routes.js'
import { DeviceService } from './device-service.js'
import { EventConsumerControl } from './event-consumer-control.js'
import { eventConsumerRoutes } from './event-consumer-routes.js'
import { EventConsumerService } from './event-consumer-service.js'
import { gatewayAddressRoutes } from './gateway-address-routes.js'
import { GatewayAddressService } from './gateway-address-service.js'
import { gatewayRoutes } from './gateway-routes.js'
import { GatewayService } from './gateway-service.js'
import { emptyTrash, forgetTries } from './housekeeping.js'
import { infosRoute } from './infos-route.js'
import { memberRoutes } from './member-routes.js'
import { MemberService } from './member-service.js'
import { mwiPolicyRoutes } from './mwi-policy-routes.js'
import { MwiPolicyService } from './mwi-policy-service.js'
import { mwiSourceRoutes } from './mwi-source-routes.js'
import { MwiSourceService } from './mwi-source-service.js'
import { optionRoutes } from './option-routes.js'
import { OptionService } from './option-service.js'
import { pinRoutes } from './pin-routes.js'
import { PinService } from './pin-service.js'
import { ResetService } from './reset-service.js'
import { settingsRoutes } from './settings-routes.js'
import { SettingsService } from './settings-service.js'
import { statusRoute } from './status-route.js'
import { trashRoutes } from './trash-routes.js'
import { TrashService } from './trash-service.js'
import { userRoutes } from './user-routes.js'
import { UserService } from './user-service.js'
import { voicemailRoutes } from './voicemail-routes.js'
import { VoicemailService } from './voicemail-service.js'

/** What confd is made of. */
export type ConfdDependencies = {
  readonly store: Store
  readonly bus: Bus
  readonly access: AccessControl
  /** Identity of the installation. */
  readonly originUuid: string
  /** Realm new SIP credentials are hashed for. */
  readonly sipRealm: string
  /** Seals the passwords we present to other servers. */
  readonly peerSecretKey: Buffer
  /** The broker tenants have consumers on; undefined where the bus stays in the process. */
  readonly broker: BrokerSettings | undefined
  readonly log: Logger
}

/** Where the broker is. */
export type BrokerSettings = {
  readonly amqpUrl: string
  /** Its management API, to close connections with. */
  readonly managementUrl: string | undefined
  /** How long it believes an answer of authd's. */
  readonly cacheMs: number
}

const TIDY_INTERVAL_MS = 10 * 60 * 1000

/** Configuration under `/api/confd/1.1`, and the mailboxes of the ARI under `/ari`. */
export function createConfd(dependencies: ConfdDependencies): HttpService {
  const { store, bus, access, originUuid, sipRealm, peerSecretKey, log } = dependencies
  const control = controlOf(dependencies)
  const implementations = [
    statusRoute(store),
    ...voicemailRoutes(new VoicemailService(store), new AssociationService(store), new ResetService(store)),
    ...pinRoutes(new PinService(store)),
    ...memberRoutes(new MemberService(store)),
    ...trashRoutes(new TrashService(store)),
    ...settingsRoutes(new SettingsService(store)),
    ...optionRoutes(new OptionService(store)),
    ...userRoutes(new UserService(store)),
    infosRoute(originUuid),
    ...contextRoutes(store),
    ...deviceRoutes(store, new DeviceService(store, sipRealm)),
    ...gatewayAddressRoutes(new GatewayAddressService(store)),
    ...gatewayRoutes(new GatewayService(store, new SecretBox(peerSecretKey))),
    ...mwiPolicyRoutes(new MwiPolicyService(store)),
    ...mwiSourceRoutes(new MwiSourceService(store, sipRealm, new SecretBox(peerSecretKey))),
    ...deadLetterRoutes(new DeadLetterService(store, bus)),
    ...eventConsumerRoutes(new EventConsumerService(store, control)),
  ]
  let tidying: NodeJS.Timeout | undefined
  return {
    name: 'confd',
    mount: (server) => {
      mountApi(server, { name: 'confd', implementations, errorForm: confdForm, access, log })
      const ari = ariRoutes(new AriService(store, log))
      mountApi(server, {
        name: 'ari',
        implementations: ari,
        errorForm: ariForm,
        access,
        logIn: ariAccounts(store),
        log,
      })
    },
    start: async () => {
      await control?.start()
      tidying = setInterval(() => {
        void emptyTrash(store, log)
        void forgetTries(store, log)
      }, TIDY_INTERVAL_MS).unref()
    },
    stop: async () => {
      clearInterval(tidying)
      await control?.stop()
    },
  }
}

/** Tenants have consumers where there is a broker. */
function controlOf({ store, bus, broker, originUuid, log }: ConfdDependencies): EventConsumerControl | undefined {
  if (!broker) return undefined
  const { amqpUrl, managementUrl, cacheMs } = broker
  const management = managementUrl === undefined ? undefined : new BrokerManagement(managementUrl)
  const queues = new ConsumerQueues(amqpUrl)
  return new EventConsumerControl({ store, bus, queues, management, cacheMs, originUuid, log })
}
