import type { TokenIssuer, TokenVerifier } from '@lamplighter/access'
import { type AccessControl, type HttpService, mountApi, tokenForm } from '@lamplighter/http'
import type { Logger } from '@lamplighter/runtime'
import type { Store } from '@lamplighter/store'
import { ticketRoute } from './ticket-route.js'
import { tokenRoutes } from './token-routes.js'
import { TokenService } from './token-service.js'

/** What authd is made of. */
export type AuthdDependencies = {
  readonly store: Store
  readonly access: AccessControl
  readonly issuer: TokenIssuer
  readonly verifier: TokenVerifier
  readonly originUuid: string
  readonly log: Logger
}

/** How often sessions that ran out are removed. */
const PURGE_INTERVAL_MS = 60_000

/** Tokens and sessions under `/api/auth/0.1`. */
export function createAuthd({ store, access, issuer, verifier, originUuid, log }: AuthdDependencies): HttpService {
  const tokens = new TokenService(store, issuer, verifier)
  let purging: NodeJS.Timeout | undefined
  return {
    name: 'authd',
    mount: (server) => {
      mountApi(server, {
        name: 'auth',
        implementations: [...tokenRoutes(tokens, originUuid), ticketRoute(store)],
        errorForm: tokenForm,
        access,
        log,
      })
    },
    start: async () => {
      const purge = () =>
        store.accounts.purgeSessions().catch((err) => log.warn({ err }, 'expired sessions not removed'))
      purging = setInterval(purge, PURGE_INTERVAL_MS).unref()
    },
    stop: async () => clearInterval(purging),
  }
}
