import { type AccessControl, confdForm, type HttpService, mountApi } from '@lamplighter/http'
import type { Logger } from '@lamplighter/runtime'
import type { Store } from '@lamplighter/store'
import { AssociationService } from './association-service.js'
import { contextRoutes } from './context-routes.js'
import { deviceRoutes } from './device-routes.js'
import { DeviceService } from './device-service.js'
import { statusRoute } from './status-route.js'
import { userRoutes } from './user-routes.js'
import { voicemailRoutes } from './voicemail-routes.js'
import { VoicemailService } from './voicemail-service.js'

/** What confd is made of. */
export type ConfdDependencies = {
  readonly store: Store
  readonly access: AccessControl
  /** Realm new SIP credentials are hashed for. */
  readonly sipRealm: string
  readonly log: Logger
}

/** Configuration under `/api/confd/1.1`. */
export function createConfd({ store, access, sipRealm, log }: ConfdDependencies): HttpService {
  const implementations = [
    statusRoute(store),
    ...voicemailRoutes(new VoicemailService(store), new AssociationService(store)),
    ...userRoutes(store),
    ...contextRoutes(store),
    ...deviceRoutes(new DeviceService(store, sipRealm)),
  ]
  return {
    name: 'confd',
    mount: (server) => mountApi(server, { name: 'confd', implementations, errorForm: confdForm, access, log }),
    start: async () => {},
    stop: async () => {},
  }
}
