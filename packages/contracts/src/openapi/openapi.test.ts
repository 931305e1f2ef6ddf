import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { API_ROUTES } from '../rest/all.js'
import { aclTable } from './acl.js'
import { exampleOf } from './example.js'
import type { JsonSchema } from './json.js'
import { buildOpenApi } from './openapi.js'
import { fullPath, operationIdOf } from './operation.js'
import { toOpenApiSchema, toSwaggerSchema } from './schema.js'
import { buildSwagger } from './swagger.js'

type Operation = {
  operationId: string
  'x-acl': string | null
  parameters: { name: string; in: string; example?: unknown }[]
  requestBody?: { content: Record<string, { example?: unknown }> }
  responses: Record<string, { $ref?: string; content?: Record<string, { example?: unknown }> }>
}
type Document = {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: Record<string, Record<string, unknown>>
}

const ROUTES = Object.values(API_ROUTES).flat()
const document = buildOpenApi() as Document
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)
const titled = ROUTES.map((route) => [`${route.method} ${fullPath(route)}`, route] as const)

describe('the OpenAPI document', () => {
  it('describes the route table and nothing else, each operation once and by its own id', () => {
    const inTable = ROUTES.map((route) => `${route.method} ${fullPath(route)} ${operationIdOf(route)} ${route.acl}`)
    const inDocument = operations.map(
      ({ path, method, operation }) => `${method.toUpperCase()} ${path} ${operation.operationId} ${operation['x-acl']}`,
    )
    expect(inDocument.sort()).toEqual(inTable.sort())
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(ROUTES.length)
  })

  it('lists the access of every operation in the table of docs/acl.md', () => {
    const rows = aclTable().split('\n').slice(2)
    expect(rows).toHaveLength(ROUTES.length)
    for (const route of ROUTES) {
      const row = rows.find((line) => line.startsWith(`| \`${route.method} ${fullPath(route)}\` |`))
      expect(row).toContain(route.acl ?? 'none')
    }
  })

  it('declares every id of a path, and resolves every reference', () => {
    for (const { path, operation } of operations) {
      const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(operation.parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(ids)
    }
    for (const [, group = '', name = ''] of JSON.stringify(document).matchAll(/"#\/components\/(\w+)\/([\w-]+)"/g))
      expect(document.components[group]?.[name], `${group}/${name}`).toBeDefined()
  })

  it('has an example of every parameter, of every JSON body and of every JSON answer', () => {
    for (const { operation } of operations) {
      for (const parameter of operation.parameters) expect(parameter, operation.operationId).toHaveProperty('example')
      const contents = [operation.requestBody, ...Object.values(operation.responses)].map((one) => one?.content)
      for (const content of contents)
        if (content?.['application/json'])
          expect(content['application/json'].example, operation.operationId).toBeDefined()
    }
  })

  it.each(titled.filter(([, route]) => route.body))(
    'has an example that its own schema takes: body of %s',
    (_name, route) => {
      const body = route.body ?? {}
      expect([exampleOf(body), Check(body, exampleOf(body))]).toEqual([expect.anything(), true])
    },
  )

  it.each(titled.filter(([, route]) => route.response))(
    'has an example that its own schema takes: answer of %s',
    (_name, route) => {
      const response = route.response ?? {}
      expect([exampleOf(response), Check(response, exampleOf(response))]).toEqual([expect.anything(), true])
    },
  )

  it('says of every failure what form it has', () => {
    for (const { operation, path } of operations)
      for (const status of ['400', '401', '404', '429', '500', '503'])
        expect(operation.responses[status]?.$ref, path).toMatch(/^#\/components\/responses\//)
  })
})

describe('every creation', () => {
  it.each(titled.filter(([, route]) => route.success === 201))('can be repeated with a key: %s', (_name, route) => {
    expect(route.idempotent).toBe(true)
  })
})

describe('the Swagger 2.0 document', () => {
  it.each(['auth', 'confd', 'calld'] as const)('1.1 [C]: of %s describes its routes', (api) => {
    const { swagger, paths } = buildSwagger(api) as { swagger: string; paths: Record<string, object> }
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(swagger).toBe('2.0')
    expect(operations.sort()).toEqual(API_ROUTES[api].map(({ method, path }) => `${method} ${path}`).sort())
  })
})

describe('a schema', () => {
  const nullable: JsonSchema = { type: ['string', 'null'], examples: ['a'] }
  const pair: JsonSchema = { type: 'array', items: [{ type: 'string' }, { type: 'integer' }] }
  const word: JsonSchema = { enum: ['a', 'b'] }

  it('is in the words of JSON Schema 2020-12 in OpenAPI', () => {
    expect(toOpenApiSchema({ type: 'object', properties: { nullable, pair, word } })['properties']).toEqual({
      nullable,
      pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false },
      word: { type: 'string', enum: ['a', 'b'] },
    })
  })

  it('is in the words of Swagger 2.0 in its document', () => {
    expect(toSwaggerSchema({ type: 'object', properties: { nullable, pair } })['properties']).toEqual({
      nullable: { type: 'string', 'x-nullable': true, example: 'a' },
      pair: { type: 'array', items: {} },
    })
  })
})
