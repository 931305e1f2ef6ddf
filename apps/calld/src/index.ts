import { type AccessControl, calldForm, type HttpService, mountApi } from '@lamplighter/http'
import type { Logger } from '@lamplighter/runtime'
import type { AudioStore, Store } from '@lamplighter/store'
import { depositRoute } from './deposit-route.js'
import { DepositService } from './deposit-service.js'
import { tidy } from './housekeeping.js'
import { listRoutes } from './list-routes.js'
import { mailboxRoutes } from './mailbox-routes.js'
import { MailboxService } from './mailbox-service.js'
import { MessageService } from './message-service.js'
import { ownRoutes } from './own-routes.js'
import { statusRoute } from './status-route.js'

/** What calld is made of. */
export type CalldDependencies = {
  readonly store: Store
  readonly audio: AudioStore
  readonly access: AccessControl
  readonly log: Logger
  /** Largest recording taken. */
  readonly maxAudioBytes?: number
}

const DEFAULT_MAX_AUDIO_BYTES = 16 * 1024 * 1024
const TIDY_INTERVAL_MS = 60 * 60 * 1000

/** Messages under `/api/calld/1.0`. */
export function createCalld({ store, audio, access, log, maxAudioBytes }: CalldDependencies): HttpService {
  const mailboxes = new MailboxService(store)
  const messages = new MessageService(store)
  const deposits = new DepositService(store, audio, maxAudioBytes ?? DEFAULT_MAX_AUDIO_BYTES)
  const implementations = [
    statusRoute(store),
    ...mailboxRoutes(mailboxes, messages, audio),
    ...ownRoutes(mailboxes, messages, audio),
    ...listRoutes(store),
    depositRoute(deposits),
  ]
  let tidying: NodeJS.Timeout | undefined
  return {
    name: 'calld',
    mount: (server) => mountApi(server, { name: 'calld', implementations, errorForm: calldForm, access, log }),
    start: async () => {
      tidying = setInterval(() => void tidy(store, audio, log), TIDY_INTERVAL_MS).unref()
    },
    stop: async () => clearInterval(tidying),
  }
}
