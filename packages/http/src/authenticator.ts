import { type Principal, requiredAccess } from '@lamplighter/access'
import type { RouteContract } from '@lamplighter/contracts'
import {
  AuthenticationError,
  AuthenticationUnavailableError,
  isUuid,
  type MwiSourceId,
  type TenantId,
} from '@lamplighter/domain'
import type { FastifyRequest } from 'fastify'
import type { Caller } from './call.js'
import type { RateLimits } from './rate-limits.js'

const BASIC = /^basic +([A-Za-z0-9+/=_-]{1,1024}) *$/i
const BEARER = /^bearer +([^ ]+) *$/i

/** What the APIs need of the rest: a verifier of tokens, the tenant tree, a secret of the installation, the limits. */
export type AccessControl = {
  readonly verifier: { verify(token: string): Promise<Principal> }
  /** Whether `tenant` exists and is `root` or below it. */
  covers(root: TenantId, tenant: TenantId): Promise<boolean>
  /** Makes fingerprints of requests that nobody else can make (Idempotency-Key). */
  readonly fingerprintKey: Uint8Array
  readonly rateLimits: RateLimits
}

/** Logs an account of an API's own in, by name and password; undefined: no such account, or another password. */
export type AccountLogin = (
  username: string,
  password: string,
) => Promise<{ readonly account: MwiSourceId; readonly principal: Principal } | undefined>

/**
 * Decides who calls: token valid, holds the route's access, covers the tenant asked for, is of the master tenant where
 * the route says so; in this order, all of them 401 (rest.md 1.4).
 *
 * @throws AuthenticationError without a trace of the token
 */
export async function authenticate(
  request: FastifyRequest,
  route: RouteContract,
  control: AccessControl,
  logIn?: AccountLogin,
): Promise<Caller> {
  const params = request.params as Record<string, string>
  const access = requiredAccess(route.acl ?? '', params)
  const login = logIn && readLogin(request)
  const entered = login && (await entry(() => logIn(...login), access))
  const principal = entered?.principal ?? (await verified(readToken(request, route), access, control))
  const asked = header(request, 'wazo-tenant')
  const refusal = {
    reason: 'missing_permission_or_invalid_tenant',
    required_access: access,
    tenant_uuid: asked ?? null,
  }
  const accepted = [access, ...route.otherAcls.map((template) => requiredAccess(template, params))]
  if (!accepted.some((one) => principal.allows(one))) {
    throw new AuthenticationError('unauthorized', 'the token lacks the access', refusal)
  }
  const tenantId = asked ? asked.toLowerCase() : principal.tenantId
  // An account is of one tenant, and not of those below.
  if (entered ? tenantId !== principal.tenantId : !(await covers(principal.tenantId, tenantId, control))) {
    const code = route.api === 'auth' ? 'unauthorized-tenant' : 'unauthorized'
    throw new AuthenticationError(code, 'the token does not cover the tenant', refusal)
  }
  if (route.masterOnly && !principal.tenantIsMaster) {
    throw new AuthenticationError('unauthorized', 'this is for the master tenant only', refusal)
  }
  return { principal, tenantId: tenantId as TenantId, ...(entered && { account: entered.account }) }
}

async function entry<T>(logIn: () => Promise<T | undefined>, access: string): Promise<T> {
  const entered = await logIn().catch((cause) => Promise.reject(new AuthenticationUnavailableError({ cause })))
  if (entered) return entered
  throw new AuthenticationError('unauthorized', 'a valid login is required', { required_access: access })
}

async function verified(token: string | undefined, access: string, control: AccessControl): Promise<Principal> {
  // The key is the contract's; its value was the token, which no answer may hold (rest.md F-37).
  const details = { invalid_token: null, reason: 'not_found_or_expired', required_access: access }
  if (!token) throw new AuthenticationError('unauthorized', 'a valid token is required', details)
  try {
    return await control.verifier.verify(token)
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw new AuthenticationUnavailableError({ cause: error })
    throw new AuthenticationError('unauthorized', 'a valid token is required', details, { cause: error })
  }
}

async function covers(root: TenantId, tenant: string, control: AccessControl): Promise<boolean> {
  if (tenant === root) return true
  return isUuid(tenant) && control.covers(root, tenant as TenantId)
}

/**
 * The header, or on recordings a non-empty `token` of the query, which wins (rest.md 1.3). The peers know no Bearer; we
 * take it where there is no `X-Auth-Token`, for tools that can send nothing else (rest.md 1.2).
 */
function readToken(request: FastifyRequest, route: RouteContract): string | undefined {
  const query = (request.query as Record<string, unknown>)['token']
  if (route.queryToken && typeof query === 'string' && query !== '') return query
  return header(request, 'x-auth-token') ?? BEARER.exec(header(request, 'authorization') ?? '')?.[1]
}

/** Name and password of HTTP basic (RFC 7617). */
function readLogin(request: FastifyRequest): [username: string, password: string] | undefined {
  const encoded = BASIC.exec(header(request, 'authorization') ?? '')?.[1]
  if (encoded === undefined) return undefined
  const [, username = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? []
  return [username.replaceAll('\0', ''), password]
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  const text = Array.isArray(value) ? value[0] : value
  return text === '' ? undefined : text
}
