import { isTuple, type JsonObject, type JsonSchema, mainType } from './json.js'

/** A schema in the words of OpenAPI 3.1 (JSON Schema 2020-12): tuples have `prefixItems`, words have a type. */
export function toOpenApiSchema(schema: JsonSchema): JsonObject {
  const {
    properties,
    patternProperties,
    items,
    anyOf,
    additionalItems: _closed,
    ...facts
  } = schema as JsonSchema & JsonObject
  const words = schema.type === undefined && schema.enum?.every((one) => typeof one === 'string')
  return {
    ...(words ? { type: 'string' } : {}),
    ...facts,
    ...(properties ? { properties: eachSchema(properties) } : {}),
    ...(patternProperties ? { patternProperties: eachSchema(patternProperties) } : {}),
    ...(anyOf ? { anyOf: anyOf.map(toOpenApiSchema) } : {}),
    ...itemsOf(items),
  }
}

function eachSchema(schemas: Readonly<Record<string, JsonSchema>>): JsonObject {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, toOpenApiSchema(schema)]))
}

function itemsOf(items: JsonSchema['items']): JsonObject {
  if (!items) return {}
  return isTuple(items) ? { prefixItems: items.map(toOpenApiSchema), items: false } : { items: toOpenApiSchema(items) }
}

/** A schema in the words of Swagger 2.0: no type lists, no alternatives, no tuples. */
export function toSwaggerSchema(schema: JsonSchema): JsonObject {
  const {
    type: _type,
    anyOf: _anyOf,
    additionalItems: _closed,
    const: only,
    examples,
    patternProperties = {},
    items,
    properties,
    ...facts
  } = schema as JsonSchema & JsonObject
  const type = mainType(schema)
  const [others] = Object.values(patternProperties)
  return {
    ...facts,
    ...(type === undefined ? {} : { type }),
    ...(typeof schema.type === 'object' ? { 'x-nullable': true } : {}),
    ...(only === undefined ? {} : { enum: [only] }),
    ...(examples?.[0] === undefined ? {} : { example: examples[0] }),
    ...(others ? { additionalProperties: toSwaggerSchema(others) } : {}),
    ...(properties ? { properties: eachSwaggerSchema(properties) } : {}),
    ...(type === 'array' ? { items: items && !isTuple(items) ? toSwaggerSchema(items) : {} } : {}),
  }
}

function eachSwaggerSchema(schemas: Readonly<Record<string, JsonSchema>>): JsonObject {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, toSwaggerSchema(schema)]))
}
