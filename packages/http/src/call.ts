import { type Principal, requiredAccess } from '@lamplighter/access'
import { API_BASE, type BodyOf, type QueryOf, type RouteContract } from '@lamplighter/contracts'
import {
  type Actor,
  InvalidInputError,
  LamplighterError,
  type MwiSourceId,
  type Precondition,
  type RepeatKey,
  type TenantId,
  type UserId,
} from '@lamplighter/domain'
import type { FastifyRequest } from 'fastify'
import type { Answer } from './answer.js'
import { preconditionOf, taggedAnswer } from './entity-tag.js'
import { fingerprint, readIdempotencyKey } from './idempotency.js'
import { PublicBase } from './public-url.js'

/** Who calls and in which tenant, once the token was accepted. */
export type Caller = {
  readonly principal: Principal
  readonly tenantId: TenantId
  /** The account of the API itself it logged in with, where it used no token. */
  readonly account?: MwiSourceId
}

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
  readonly #fingerprintKey: Uint8Array
  #json: Record<string, unknown> | undefined
  #base: PublicBase | undefined

  constructor(
    request: FastifyRequest,
    route: Route,
    checks: RouteChecks<Route>,
    caller: Caller | undefined,
    fingerprintKey: Uint8Array,
  ) {
    this.request = request
    this.params = request.params as Record<string, string>
    this.#route = route
    this.#checks = checks
    this.#caller = caller
    this.#fingerprintKey = fingerprintKey
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
    const { api, optionalBody } = this.#route
    const raw = this.request.body
    this.#json ??= optionalBody && !holdsBytes(raw) ? {} : parseJsonObject(raw, api === 'calld')
    return this.#json
  }

  /** The checked JSON body. @throws LamplighterError when it is not JSON, InvalidInputError when it does not fit. */
  body(): BodyOf<Route> {
    return this.#checks.body(this.json())
  }

  /** The client's Idempotency-Key on a creation that may be repeated. @throws InvalidInputError */
  idempotencyKey(): string | undefined {
    this.#mustBe('idempotent')
    return readIdempotencyKey(this.request)
  }

  /**
   * What makes this creation with a JSON body repeatable; undefined when the client sent no key. A key is its caller's own:
   * the kept answer is given without a look at rights, and may show what another user must not see.
   */
  repeatKey(): RepeatKey | undefined {
    const key = this.idempotencyKey()
    if (key === undefined) return undefined
    const { api, method, path } = this.#route
    const { userId } = this.caller.principal
    const asked = `${API_BASE[api]}${path} ${JSON.stringify(this.params)}`
    return {
      tenantId: this.tenantId,
      scope: `${api} ${method} ${path} ${userId}`,
      key,
      fingerprint: fingerprint(this.#fingerprintKey, asked, this.json()),
    }
  }

  /** What the client's If-Match asks of a change: to be called with the present state, under its lock. */
  precondition(): Precondition {
    this.#mustBe('conditional')
    return preconditionOf(this.request.headers)
  }

  /** A resource with the ETag of its state, or 304 when the client's If-None-Match knows it. */
  tagged(state: object, body: unknown): Answer {
    this.#mustBe('conditional')
    return taggedAnswer(this.request.headers, state, body)
  }

  /** A header that the contract does not declare would be missing from its documentation. */
  #mustBe(feature: 'idempotent' | 'conditional'): void {
    const { method, path } = this.#route
    if (!this.#route[feature]) throw new Error(`the contract of ${method} ${path} does not say ${feature}`)
  }

  /** Absolute URL of a path of this API, as the proxy in front shows it (rest.md 1.1). */
  url(path: string): string {
    this.#base ??= new PublicBase(this.request, this.#route.api)
    return this.#base.url(path)
  }
}

function holdsBytes(raw: unknown): raw is Buffer {
  return Buffer.isBuffer(raw) && raw.length > 0
}

/** The peers take a JSON null for an empty object, except calld (rest.md 1.10). */
function parseJsonObject(raw: unknown, strictNull: boolean): Record<string, unknown> {
  if (!holdsBytes(raw)) throw new LamplighterError('unreadable-body', 'a JSON body is required')
  let value: unknown
  try {
    value = JSON.parse(raw.toString('utf8'))
  } catch (error) {
    throw new LamplighterError('unreadable-body', 'the body is not JSON', {}, { cause: error })
  }
  if (value === null && !strictNull) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw InvalidInputError.of('_schema', 'type', 'must be an object')
  }
  return value as Record<string, unknown>
}
