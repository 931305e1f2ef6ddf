import type { Bus } from '@lamplighter/bus'
import { type AccessControl, confdForm, type HttpService, mountApi } from '@lamplighter/http'
import type { Logger } from '@lamplighter/runtime'
import type { Store } from '@lamplighter/store'
import { AssociationService } from './association-service.js'
import { contextRoutes } from './context-routes.js'
import { deadLetterRoutes } from './dead-letter-routes.js'
import { DeadLetterService } from './dead-letter-service.js'
import { deviceRoutes } from './device-routes.js'
import { DeviceService } from './device-service.js'
import { emptyTrash, forgetTries } from './housekeeping.js'
import { infosRoute } from './infos-route.js'
import { memberRoutes } from './member-routes.js'
import { MemberService } from './member-service.js'
import { optionRoutes } from './option-routes.js'
import { OptionService } from './option-service.js'
import { pinRoutes } from './pin-routes.js'
import { PinService } from './pin-service.js'
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
  readonly log: Logger
}

const TIDY_INTERVAL_MS = 10 * 60 * 1000

/** Configuration under `/api/confd/1.1`. */
export function createConfd({ store, bus, access, originUuid, sipRealm, log }: ConfdDependencies): HttpService {
  const implementations = [
    statusRoute(store),
    ...voicemailRoutes(new VoicemailService(store), new AssociationService(store)),
    ...pinRoutes(new PinService(store)),
    ...memberRoutes(new MemberService(store)),
    ...trashRoutes(new TrashService(store)),
    ...settingsRoutes(new SettingsService(store)),
    ...optionRoutes(new OptionService(store)),
    ...userRoutes(new UserService(store)),
    infosRoute(originUuid),
    ...contextRoutes(store),
    ...deviceRoutes(new DeviceService(store, sipRealm)),
    ...deadLetterRoutes(new DeadLetterService(store, bus)),
  ]
  let tidying: NodeJS.Timeout | undefined
  return {
    name: 'confd',
    mount: (server) => mountApi(server, { name: 'confd', implementations, errorForm: confdForm, access, log }),
    start: async () => {
      tidying = setInterval(() => {
        void emptyTrash(store, log)
        void forgetTries(store, log)
      }, TIDY_INTERVAL_MS).unref()
    },
    stop: async () => clearInterval(tidying),
  }
}
