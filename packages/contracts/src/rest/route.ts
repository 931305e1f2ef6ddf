import type { Static, TObject, TSchema } from 'typebox'

/** The APIs; each has its base path and its own way to say what is wrong (rest.md 1.1, 1.8). */
export type ApiName = 'auth' | 'confd' | 'calld' | 'call-logd' | 'events' | 'ari'

/** Base path of each API, version included. */
export const API_BASE: Readonly<Record<ApiName, string>> = {
  auth: '/api/auth/0.1',
  confd: '/api/confd/1.1',
  calld: '/api/calld/1.0',
  'call-logd': '/api/call-logd/1.0',
  events: '/api',
  ari: '/ari',
}

/**
 * How a path id looks. `integer`, `uuid` and `reference` (either) are part of the route: anything else is an unknown
 * path. `text` takes what comes; the handler says what is wrong with it.
 */
export type ParamKind = 'integer' | 'uuid' | 'reference' | 'text'

/**
 * How a request carries its body: as JSON whatever the content type says, as audio or an archive, which stay streams, or
 * not at all.
 */
export type BodyKind = 'json' | 'audio' | 'archive' | 'none'

/** Whether a body stays a stream that its handler reads and bounds. */
export function isStreamed(kind: BodyKind): boolean {
  return kind === 'audio' || kind === 'archive'
}

/**
 * One operation: the single source of its route, its access, its validation and its documentation. Bodies and queries
 * are checked by the handler's order of checks, not before it (rest.md 2.4, 3.4).
 */
export type RouteContract<Query extends TObject = TObject, Body extends TSchema = TSchema> = {
  readonly api: ApiName
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD'
  /** Below the API's base path, ids as `{name}`. */
  readonly path: string
  readonly params: Readonly<Record<string, ParamKind>>
  /** Template of the access a token must hold; null where no token is needed. */
  readonly acl: string | null
  /** Further templates, each of which opens the route as well: the peers' code and documents differ (rest.md F-33). */
  readonly otherAcls: readonly string[]
  /** Template of the access that some of its requests need besides; the handler asks for it. */
  readonly furtherAcl?: string
  /** Only for tokens of the master tenant, whatever tenant the call acts in (rest.md 1.4). */
  readonly masterOnly: boolean
  readonly summary: string
  readonly query?: Query
  /** Query parameters the schema does not name: ignored in confd, auth and recordings, else refused (rest.md 1.7, 3.6). */
  readonly unknownQuery: 'ignore' | 'refuse'
  readonly bodyKind: BodyKind
  readonly body?: Body
  /** An empty body counts as an empty object. */
  readonly optionalBody: boolean
  readonly unknownBody: 'ignore' | 'refuse'
  readonly success: number
  readonly response?: TSchema
  /** Type of an answer that is not JSON. */
  readonly produces?: string
  /** A creation that a client may repeat with its Idempotency-Key: it happens once. */
  readonly idempotent: boolean
  /** Reading answers an ETag and knows If-None-Match; changing and deleting know If-Match. */
  readonly conditional: boolean
  /** Which limit counts its requests: audio has its own, so that nobody who listens cannot list; logins and re-assertions have strict ones. */
  readonly rateLimit: 'usual' | 'media' | 'login' | 'reassert'
  /** A token may stand in the query: recordings only, for audio elements that cannot send headers. */
  readonly queryToken: boolean
  /** How failures are told: as the API does, or as auth's token endpoints do (rest.md 1.8 E3). */
  readonly errors: ErrorEnvelope
}

/** `api`: the envelope of the API; `token`: that of the token endpoints. */
export type ErrorEnvelope = 'api' | 'token'

type RouteInput<Query extends TObject, Body extends TSchema> = Pick<
  RouteContract<Query, Body>,
  'method' | 'path' | 'acl' | 'summary' | 'success' | 'query' | 'body' | 'response' | 'produces' | 'furtherAcl'
> & {
  readonly params?: Readonly<Record<string, ParamKind>>
  readonly otherAcls?: readonly string[]
  readonly masterOnly?: boolean
  readonly bodyKind?: BodyKind
  readonly unknownQuery?: RouteContract['unknownQuery']
  readonly optionalBody?: boolean
  readonly idempotent?: boolean
  readonly conditional?: boolean
  readonly rateLimit?: RouteContract['rateLimit']
  readonly queryToken?: boolean
}

/** Declares routes of one API with that API's dialect, and their way to tell failures. */
export function routesOf(api: ApiName, errors: ErrorEnvelope = 'api') {
  const unknown = api === 'calld' ? 'refuse' : 'ignore'
  return <Query extends TObject, Body extends TSchema>(input: RouteInput<Query, Body>): RouteContract<Query, Body> => ({
    api,
    params: {},
    otherAcls: [],
    masterOnly: false,
    unknownQuery: input.queryToken ? 'ignore' : unknown,
    unknownBody: unknown,
    optionalBody: false,
    bodyKind: input.body ? 'json' : 'none',
    idempotent: false,
    conditional: false,
    ...(input.queryToken ? { produces: 'audio/wav' } : {}),
    rateLimit: isStreamed(input.bodyKind ?? 'none') || input.queryToken ? 'media' : 'usual',
    queryToken: false,
    errors,
    ...input,
  })
}

/** The checked query of a route. */
export type QueryOf<Route> = Route extends RouteContract<infer Query, TSchema> ? Static<Query> : never
/** The checked body of a route. */
export type BodyOf<Route> = Route extends RouteContract<TObject, infer Body> ? Static<Body> : never
