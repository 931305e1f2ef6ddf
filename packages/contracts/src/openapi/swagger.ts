import { API_ROUTES } from '../rest/all.js'
import type { ApiName, RouteContract } from '../rest/route.js'
import { ENVELOPES, failuresOf } from './envelopes.js'
import { type JsonObject, mainType } from './json.js'
import { answerOf, bodiesOf, operationIdOf, type Parameter, parametersOf, tagOf } from './operation.js'
import { toSwaggerSchema } from './schema.js'

/**
 * The Swagger 2.0 document of one API, as the peers serve it (rest.md 1.1), without `basePath`: that depends on the
 * proxy in front.
 */
export function buildSwagger(api: ApiName): JsonObject {
  const routes = API_ROUTES[api]
  const paths: { [path: string]: JsonObject } = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    swagger: '2.0',
    info: { title: `Lamplighter ${api}`, version: '1' },
    consumes: ['application/json'],
    produces: ['application/json'],
    securityDefinitions: {
      token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
      queryToken: { type: 'apiKey', in: 'query', name: 'token' },
      login: { type: 'basic' },
    },
    paths,
    definitions: Object.fromEntries(Object.entries(ENVELOPES).map(([name, schema]) => [name, toSwaggerSchema(schema)])),
  }
}

function operation(route: RouteContract): JsonObject {
  const [body] = bodiesOf(route)
  const answer = answerOf(route)
  return {
    operationId: operationIdOf(route),
    tags: [tagOf(route)],
    summary: route.summary,
    ...(route.acl === null ? {} : { 'x-acl': route.acl }),
    security: route.rateLimit === 'login' ? [{ login: [] }] : route.acl === null ? [] : [{ token: [] }],
    ...(body && body.type !== 'application/json' ? { consumes: [body.type] } : {}),
    ...(answer && answer.type !== 'application/json' ? { produces: [answer.type] } : {}),
    parameters: [
      ...parametersOf(route).map(toParameter),
      ...(body ? [{ in: 'body', name: 'body', required: true, schema: toSwaggerSchema(body.schema) }] : []),
    ],
    responses: Object.fromEntries([
      [route.success, { description: 'done', ...(answer ? { schema: toSwaggerSchema(answer.schema) } : {}) }],
      // Swagger 2.0 knows one schema per status: the usual one.
      ...failuresOf(route).map(({ status, meaning, envelopes: [usual] }) => [
        status,
        { description: meaning, schema: { $ref: `#/definitions/${usual}` } },
      ]),
    ]),
  }
}

/** Parameters of Swagger 2.0 are no schemas: type and constraints stand beside the name. */
function toParameter({ schema, ...parameter }: Parameter): JsonObject {
  const { examples: _examples, description, enum: choices, ...facts } = schema
  const type = mainType(schema) ?? 'string'
  return {
    ...facts,
    ...(choices ? { enum: choices } : {}),
    ...(description ? { description } : {}),
    ...parameter,
    type,
  }
}
