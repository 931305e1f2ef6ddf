import { API_ROUTES } from '../rest/all.js'
import type { RouteContract } from '../rest/route.js'
import { ENVELOPES, type Failure, failuresOf } from './envelopes.js'
import type { JsonObject } from './json.js'
import {
  answerHeadersOf,
  answerOf,
  bodiesOf,
  type Content,
  fullPath,
  operationIdOf,
  type Parameter,
  parametersOf,
  tagOf,
} from './operation.js'
import { toOpenApiSchema } from './schema.js'

const LIMIT_HEADERS: Readonly<Record<string, string>> = {
  'RateLimit-Limit': 'requests at once under the limit that will be hit first',
  'RateLimit-Remaining': 'requests left of it',
  'RateLimit-Reset': 'seconds until it is whole again',
}
const OTHER_ANSWERS: Readonly<Record<number, string>> = {
  206: 'the range that was asked for',
  304: 'the client has this state already',
  416: 'there is no such range',
}

/** The OpenAPI 3.1 document of every operation of every API: the route table in another form. */
export function buildOpenApi(): JsonObject {
  const routes = Object.values(API_ROUTES).flat()
  const paths: { [path: string]: JsonObject } = {}
  for (const route of routes) {
    const path = fullPath(route)
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lamplighter',
      version: '1',
      description: 'Configuration (confd), messages (calld) and tokens (auth) of a multi-tenant voicemail platform.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(tagOf))].map((name) => ({ name })),
    paths,
    components: {
      schemas: ENVELOPES,
      responses: Object.fromEntries(routes.flatMap((route) => failuresOf(route).map((one) => toResponse(route, one)))),
      headers: Object.fromEntries(
        Object.entries(LIMIT_HEADERS).map(([name, description]) => [
          name,
          { description, schema: { type: 'integer' } },
        ]),
      ),
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
        queryToken: { type: 'apiKey', in: 'query', name: 'token' },
        bearer: { type: 'http', scheme: 'bearer' },
        login: { type: 'http', scheme: 'basic' },
      },
    },
  }
}

function operation(route: RouteContract): JsonObject {
  const bodies = bodiesOf(route)
  return {
    operationId: operationIdOf(route),
    tags: [tagOf(route)],
    summary: route.summary,
    'x-acl': route.acl,
    ...(route.otherAcls.length > 0 ? { 'x-other-acls': route.otherAcls } : {}),
    ...(route.masterOnly ? { 'x-master-tenant-only': true } : {}),
    security: securityOf(route),
    parameters: parametersOf(route).map(toParameter),
    ...(bodies.length > 0 ? { requestBody: { required: !route.optionalBody, content: contentOf(bodies) } } : {}),
    responses: responsesOf(route),
  }
}

function securityOf(route: RouteContract): JsonObject[] {
  if (route.rateLimit === 'login') return [{ login: [] }]
  if (route.acl === null) return []
  return [{ token: [] }, { bearer: [] }, ...(route.queryToken ? [{ queryToken: [] }] : [])]
}

function contentOf(contents: readonly Content[]): JsonObject {
  const entries = contents.map(({ type, schema, example }) => {
    return [type, { schema: toOpenApiSchema(schema), ...(example === undefined ? {} : { example }) }] as const
  })
  return Object.fromEntries(entries)
}

function toParameter({ schema, ...parameter }: Parameter): JsonObject {
  const { examples, ...rest } = schema
  return {
    ...parameter,
    schema: toOpenApiSchema(rest),
    ...(examples?.[0] === undefined ? {} : { example: examples[0] }),
  }
}

function responsesOf(route: RouteContract): JsonObject {
  const answer = answerOf(route)
  const success = {
    description: 'done',
    headers: { ...answerHeadersOf(route), ...limitHeaders() },
    ...(answer ? { content: contentOf([answer]) } : {}),
  }
  const others = otherAnswersOf(route).map((status) => [status, { description: OTHER_ANSWERS[status] }] as const)
  const failures = failuresOf(route).map(({ status }) => {
    return [status, { $ref: `#/components/responses/${responseName(route, status)}` }] as const
  })
  return Object.fromEntries<unknown>([[route.success, success], ...others, ...failures])
}

/** Answers beside the contract's success that are no failures. */
function otherAnswersOf(route: RouteContract): number[] {
  if (route.method !== 'GET') return []
  if (route.produces === 'audio/wav') return [206, 304, 416]
  return route.conditional ? [304] : []
}

/** Failures are the same for all operations of an API, but for auth's token endpoints. */
function responseName({ api, errors }: RouteContract, status: number): string {
  return `${errors === 'token' ? 'token' : api}-${status}`
}

function toResponse(route: RouteContract, { status, meaning, envelopes }: Failure): [string, JsonObject] {
  const schemas = envelopes.map((name) => ({ $ref: `#/components/schemas/${name}` }))
  const schema = schemas.length === 1 ? schemas[0] : { anyOf: schemas }
  const retry = { 'Retry-After': { description: 'seconds', schema: { type: 'integer' } } }
  return [
    responseName(route, status),
    {
      description: meaning,
      ...(status === 429 ? { headers: { ...retry, ...limitHeaders() } } : {}),
      content: { 'application/json': { schema } },
    },
  ]
}

function limitHeaders(): JsonObject {
  return Object.fromEntries(Object.keys(LIMIT_HEADERS).map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}
