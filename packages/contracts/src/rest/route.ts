import type { Static, TObject, TSchema } from 'typebox'

/** The APIs; each has its base path and its own way to say what is wrong (rest.md 1.1, 1.8). */
export type ApiName = 'auth' | 'confd' | 'calld'

/** Base path of each API, version included. */
export const API_BASE: Readonly<Record<ApiName, string>> = {
  auth: '/api/auth/0.1',
  confd: '/api/confd/1.1',
  calld: '/api/calld/1.0',
}

/**
 * How a path id looks. `integer`, `uuid` and `reference` (either) are part of the route: anything else is an unknown
 * path. `text` takes what comes; the handler says what is wrong with it.
 */
export type ParamKind = 'integer' | 'uuid' | 'reference' | 'text'

/** How a request carries its body: as JSON whatever the content type says, as audio, or not at all. */
export type BodyKind = 'json' | 'audio' | 'none'

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
  readonly summary: string
  readonly query?: Query
  /** Query parameters the schema does not name: ignored in confd and auth, refused in calld (rest.md 1.7). */
  readonly unknownQuery: 'ignore' | 'refuse'
  readonly bodyKind: BodyKind
  readonly body?: Body
  readonly unknownBody: 'ignore' | 'refuse'
  readonly success: number
  readonly response?: TSchema
  /** A token may stand in the query: recordings only, for audio elements that cannot send headers. */
  readonly queryToken: boolean
}

type RouteInput<Query extends TObject, Body extends TSchema> = Pick<
  RouteContract<Query, Body>,
  'method' | 'path' | 'acl' | 'summary' | 'success' | 'query' | 'body' | 'response'
> & {
  readonly params?: Readonly<Record<string, ParamKind>>
  readonly bodyKind?: BodyKind
  readonly queryToken?: boolean
  readonly unknownQuery?: 'ignore' | 'refuse'
}

/** Declares routes of one API with that API's dialect. */
export function routesOf(api: ApiName) {
  const unknown = api === 'calld' ? 'refuse' : 'ignore'
  return <Query extends TObject, Body extends TSchema>(input: RouteInput<Query, Body>): RouteContract<Query, Body> => ({
    api,
    params: {},
    unknownQuery: unknown,
    unknownBody: unknown,
    bodyKind: input.body ? 'json' : 'none',
    queryToken: false,
    ...input,
  })
}

/** The checked query of a route. */
export type QueryOf<Route> = Route extends RouteContract<infer Query, TSchema> ? Static<Query> : never
/** The checked body of a route. */
export type BodyOf<Route> = Route extends RouteContract<TObject, infer Body> ? Static<Body> : never
