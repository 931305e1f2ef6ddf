import type { TObject } from 'typebox'
import * as rest from '../rest/index.js'
import { API_BASE, isStreamed, type ParamKind, type RouteContract } from '../rest/route.js'
import { exampleOf } from './example.js'
import type { JsonObject, JsonSchema } from './json.js'

/** Operation ids are the names the contracts have in code: `createVoicemail`. */
const NAMES: ReadonlyMap<unknown, string> = new Map(Object.entries(rest).map(([name, value]) => [value, name]))

/** The stable id of an operation. @throws Error for a contract that `rest/index.ts` does not export */
export function operationIdOf(route: RouteContract): string {
  const name = NAMES.get(route)
  if (name === undefined) throw new Error(`${route.method} ${route.path} of ${route.api} is not exported by rest/index`)
  return name
}

/** Operations are grouped by API and resource: `confd voicemails`. */
export function tagOf({ api, path }: RouteContract): string {
  return `${api} ${path.split('/')[1] ?? ''}`
}

/** A value that stands in a path, a query or a header. */
export type Parameter = {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly schema: JsonSchema
  readonly description?: string
}

const PARAM_SCHEMAS: Readonly<Record<ParamKind, JsonSchema>> = {
  integer: { type: 'integer', minimum: 0 },
  uuid: { type: 'string', format: 'uuid' },
  reference: { type: 'string', description: 'a UUID or an integer id' },
  text: { type: 'string' },
}

const TENANT: Parameter = {
  name: 'Wazo-Tenant',
  in: 'header',
  required: false,
  schema: { type: 'string', examples: ['2c34c282-433e-4bb8-8d56-fec14ff7e1e9'] },
  description: 'tenant to act in; absent or empty: the tenant of the token',
}
const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$', examples: ['3b0d1c1e-create-1001'] },
  description: 'the creation happens once, however often it is sent within 48 hours',
}

/** Every parameter of a route: path, query, headers. */
export function parametersOf(route: RouteContract): Parameter[] {
  return [
    ...Object.entries(route.params).map(([name, kind]) => ({
      name,
      in: 'path' as const,
      required: true,
      schema: withExample(PARAM_SCHEMAS[kind], name),
    })),
    ...queryParameters(route.query),
    ...headerParameters(route),
  ]
}

function queryParameters(query: TObject | undefined): Parameter[] {
  if (!query) return []
  const { properties = {}, required = [] } = query as JsonSchema
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query' as const,
    required: required.includes(name),
    schema: withExample(schema, name),
  }))
}

function headerParameters(route: RouteContract): Parameter[] {
  const condition = route.method === 'GET' ? 'If-None-Match' : 'If-Match'
  return [
    ...(route.acl === null ? [] : [TENANT]),
    ...(route.idempotent ? [IDEMPOTENCY_KEY] : []),
    ...(route.conditional ? [headerOf(condition, '"dBjftJeZ4CVP-mB92K27uhbUJU1"')] : []),
    ...(route.produces === 'audio/wav' ? [headerOf('Range', 'bytes=0-65535')] : []),
  ]
}

function headerOf(name: string, example: string): Parameter {
  return { name, in: 'header', required: false, schema: { type: 'string', examples: [example] } }
}

function withExample(schema: JsonSchema, name: string): JsonSchema {
  return schema.examples ? schema : { ...schema, examples: [exampleOf(schema, name)] }
}

/** A body in one of the types it may have. */
export type Content = { readonly type: string; readonly schema: JsonSchema; readonly example?: unknown }

/** The bodies a route takes. */
export function bodiesOf({ bodyKind, body }: RouteContract): Content[] {
  if (bodyKind === 'json' && body)
    return [{ type: 'application/json', schema: body as JsonSchema, example: exampleOf(body as JsonSchema) }]
  if (!isStreamed(bodyKind)) return []
  return [
    { type: bodyKind === 'audio' ? 'audio/wav' : 'application/x-tar', schema: { type: 'string', format: 'binary' } },
  ]
}

/** The body of a route's success, if it has one. */
export function answerOf(route: RouteContract): Content | undefined {
  const { response, produces } = route
  if (response)
    return { type: 'application/json', schema: response as JsonSchema, example: exampleOf(response as JsonSchema) }
  return produces === undefined ? undefined : { type: produces, schema: { type: 'string', format: 'binary' } }
}

/** Where a route is, as documents write it. */
export function fullPath({ api, path }: RouteContract): string {
  return API_BASE[api] + path
}

/** Headers of a route's success, by name, with what they say. */
export function answerHeadersOf(route: RouteContract): JsonObject {
  const headers: [string, string][] = [['X-Request-Id', 'names the request in our logs']]
  if (route.conditional && route.method === 'GET') headers.push(['ETag', 'the state of the resource'])
  if (route.idempotent) {
    headers.push(['Location', 'where the resource is'], ['Idempotency-Replayed', 'true: nothing was created now'])
  }
  return Object.fromEntries(headers.map(([name, description]) => [name, { description, schema: { type: 'string' } }]))
}
