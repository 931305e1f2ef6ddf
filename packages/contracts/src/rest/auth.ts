import * as policies from './auth-policies.js'
import * as refreshTokens from './auth-refresh-tokens.js'
import * as sessions from './auth-sessions.js'
import { getAuthStatus } from './auth-status.js'
import * as tenants from './auth-tenants.js'
import { createWsTicket } from './auth-tickets.js'
import * as tokens from './auth-tokens.js'
import * as users from './auth-users.js'
import type { RouteContract } from './route.js'

/** Every operation of authd. */
export const AUTH_ROUTES: readonly RouteContract[] = [
  tokens.createToken,
  tokens.getToken,
  tokens.checkToken,
  tokens.deleteToken,
  tokens.checkScopes,
  refreshTokens.listRefreshTokens,
  refreshTokens.listUserRefreshTokens,
  refreshTokens.listMyRefreshTokens,
  refreshTokens.deleteUserRefreshToken,
  refreshTokens.deleteMyRefreshToken,
  sessions.listSessions,
  sessions.deleteSession,
  sessions.listUserSessions,
  sessions.listMySessions,
  sessions.deleteUserSession,
  sessions.deleteMySession,
  tenants.listTenants,
  tenants.createTenant,
  tenants.getTenant,
  tenants.updateTenant,
  tenants.deleteTenant,
  users.listAccounts,
  users.createAccount,
  users.getAccount,
  users.updateAccount,
  users.deleteAccount,
  users.setPassword,
  users.changeMyPassword,
  policies.listPolicies,
  policies.createPolicy,
  policies.getPolicy,
  policies.updatePolicy,
  policies.deletePolicy,
  policies.listUserPolicies,
  policies.addUserPolicy,
  policies.removeUserPolicy,
  createWsTicket,
  getAuthStatus,
]
