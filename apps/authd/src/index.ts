import { type InstallationKeys, RefreshTokenIssuer, TokenIssuer, type TokenVerifier } from '@lamplighter/access'
import type { TenantId } from '@lamplighter/domain'
import { type AccessControl, calldForm, type HttpService, mountApi } from '@lamplighter/http'
import type { Logger } from '@lamplighter/runtime'
import type { Store } from '@lamplighter/store'
import { accountRoutes } from './account-routes.js'
import { AccountService } from './account-service.js'
import { BrokerAccess } from './broker-access.js'
import { mountBrokerRoutes } from './broker-routes.js'
import { LoginAdminService } from './login-admin-service.js'
import { LoginService, type LoginSettings } from './login-service.js'
import { PasswordCheck } from './password-check.js'
import { policyRoutes } from './policy-routes.js'
import { PolicyService } from './policy-service.js'
import { refreshTokenRoutes } from './refresh-token-routes.js'
import { RefreshTokenService } from './refresh-token-service.js'
import { SessionKeeper } from './session-keeper.js'
import { sessionRoutes } from './session-routes.js'
import { statusRoute } from './status-route.js'
import { tenantRoutes } from './tenant-routes.js'
import { TenantService } from './tenant-service.js'
import { ticketRoute } from './ticket-route.js'
import { tokenRoutes } from './token-routes.js'
import { TokenService } from './token-service.js'

/** Limits of logins. */
export type AuthdSettings = LoginSettings & {
  /** Life of a refresh token that is not used. */
  readonly refreshTokenLifetimeSec: number
}

/** How the broker asks. */
export type BrokerBackendSettings = {
  /** The virtual host of our events. */
  readonly vhost: string
  /** Undefined: it asks from this machine. */
  readonly secret: string | undefined
}

/** What authd is made of. */
export type AuthdDependencies = {
  readonly store: Store
  readonly access: AccessControl
  readonly verifier: TokenVerifier
  readonly keys: Pick<InstallationKeys, 'tokenKey' | 'refreshKey'>
  readonly settings: AuthdSettings
  /** The broker that asks us about tenants; undefined where the bus stays in the process. */
  readonly broker: BrokerBackendSettings | undefined
  readonly originUuid: string
  readonly masterTenant: TenantId
  readonly log: Logger
}

/** How often sessions are looked through; shorter than the notice they are given. */
const ROUND_INTERVAL_MS = 20_000

/** Tokens and sessions under `/api/auth/0.1`. */
export function createAuthd({
  store,
  access,
  verifier,
  keys,
  settings,
  broker,
  originUuid,
  masterTenant,
  log,
}: AuthdDependencies): HttpService {
  const refreshTokens = new RefreshTokenService(
    new RefreshTokenIssuer(keys.refreshKey),
    settings.refreshTokenLifetimeSec,
  )
  const passwords = new PasswordCheck(store, masterTenant)
  const logins = new LoginService(store, new TokenIssuer(keys.tokenKey), verifier, passwords, refreshTokens, settings)
  const admin = new LoginAdminService(store, verifier)
  const implementations = [
    ...tokenRoutes(logins, new TokenService(store, verifier), originUuid),
    ...refreshTokenRoutes(store, admin),
    ...sessionRoutes(store, admin),
    ...tenantRoutes(store, new TenantService(store)),
    ...accountRoutes(store, new AccountService(store, verifier, passwords)),
    ...policyRoutes(store, admin, new PolicyService(store, verifier)),
    ticketRoute(store),
    statusRoute(store),
  ]
  const keeper = new SessionKeeper(store, verifier)
  let rounds: NodeJS.Timeout | undefined
  return {
    name: 'authd',
    mount: (server) => {
      mountApi(server, { name: 'auth', implementations, errorForm: calldForm, access, log })
      if (broker) mountBrokerRoutes(server, new BrokerAccess(store, broker.vhost), broker.secret, log)
    },
    start: async () => {
      const round = () => keeper.round().catch((err) => log.warn({ err }, 'sessions not looked through'))
      rounds = setInterval(round, ROUND_INTERVAL_MS).unref()
    },
    stop: async () => clearInterval(rounds),
  }
}
