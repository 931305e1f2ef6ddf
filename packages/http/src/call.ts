import type { Readable } from 'node:stream'
import { type Principal, requiredAccess } from '@lamplighter/access'
import type { BodyOf, QueryOf, RouteContract } from '@lamplighter/contracts'
import { type Actor, LamplighterError, type TenantId, type UserId } from '@lamplighter/domain'
import type { FastifyRequest } from 'fastify'

/** What a handler answers. The status defaults to the contract's. */
export type Answer = {
  readonly status?: number
  readonly body?: unknown
  /** Streamed instead of a body. */
  readonly stream?: Readable
  readonly headers?: Readonly<Record<string, string | number>>
}

/** Who calls and in which tenant, once the token was accepted. */
export type Caller = { readonly principal: Principal; readonly tenantId: TenantId }

/** The checks a route was compiled with. */
export type RouteChecks<Route> = {
  readonly query: (input: Readonly<Record<string, unknown>>) => QueryOf<Route>
  readonly body: (input: Readonly<Record<string, unknown>>) => BodyOf<Route>
}

/** One request under its contract: the handler decides when query and body are checked. */
export class Call<Route extends RouteContract = RouteContract> {
  readonly request: FastifyRequest
  readonly params: Readonly<Record<string, string>>
  readonly #checks: RouteChecks<Route>
  readonly #caller: Caller | undefined
  readonly #route: Route
  #json: Record<string, unknown> | undefined

  constructor(request: FastifyRequest, route: Route, checks: RouteChecks<Route>, caller: Caller | undefined) {
    this.request = request
    this.params = request.params as Record<string, string>
    this.#route = route
    this.#checks = checks
    this.#caller = caller
  }

  /** Who calls. Only routes with an ACL have a caller. */
  get caller(): Caller {
    if (!this.#caller) throw new Error(`${this.#route.method} ${this.#route.path} has no caller: its ACL is null`)
    return this.#caller
  }

  /** The tenant the call acts in (rest.md 1.5). */
  get tenantId(): TenantId {
    return this.caller.tenantId
  }

  /** The calling user. @throws LamplighterError when the token stands for no user. */
  get userId(): UserId {
    const { principal } = this.caller
    if (principal.purpose !== 'user') {
      throw new LamplighterError('token-with-user-uuid-required', 'this needs the token of a user')
    }
    return principal.userId
  }

  /** Who does what this call asks, for the audit log. */
  get actor(): Actor {
    const { id, ip } = this.request
    return { userId: this.caller.principal.userId, requestId: id, remoteAddr: ip }
  }

  /** Whether the token also holds another access, for these ids or the path's own. */
  holds(acl: string, params: Readonly<Record<string, string>> = this.params): boolean {
    return this.caller.principal.allows(requiredAccess(acl, params))
  }

  /** A path id by name. */
  param(name: string): string {
    return this.params[name] ?? ''
  }

  /** The checked query. @throws InvalidInputError */
  query(): QueryOf<Route> {
    return this.#checks.query(this.request.query as Record<string, unknown>)
  }

  /** Sees that the body is a JSON object, for routes that look at their ids before its fields. @throws LamplighterError */
  json(): Record<string, unknown> {
    this.#json ??= parseJsonObject(this.request.body, this.#route.api === 'calld')
    return this.#json
  }

  /** The checked JSON body. @throws LamplighterError when it is not JSON, InvalidInputError when it does not fit. */
  body(): BodyOf<Route> {
    return this.#checks.body(this.json())
  }

  /** Absolute URL of a path of this API, as the proxy in front shows it (rest.md 1.1). */
  url(path: string): string {
    const { request } = this
    const host = single(request.headers.host) ?? 'localhost'
    const forwarded = single(request.headers['x-forwarded-proto'])
    const protocol = forwarded === 'https' || forwarded === 'http' ? forwarded : request.protocol
    return `${protocol}://${host}${path}`
  }
}

function single(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'object' ? header[0] : header
}

/** The peers take a JSON null for an empty object, except calld (rest.md 1.10). */
function parseJsonObject(raw: unknown, strictNull: boolean): Record<string, unknown> {
  if (!Buffer.isBuffer(raw) || raw.length === 0)
    throw new LamplighterError('unreadable-body', 'a JSON body is required')
  let value: unknown
  try {
    value = JSON.parse(raw.toString('utf8'))
  } catch (error) {
    throw new LamplighterError('unreadable-body', 'the body is not JSON', {}, { cause: error })
  }
  if (value === null && !strictNull) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LamplighterError('unreadable-body', 'the body must be a JSON object')
  }
  return value as Record<string, unknown>
}
