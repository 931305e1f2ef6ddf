import type { TenantId, UserId } from '@lamplighter/domain'
import type { EventDefinition } from '../events/definition.js'
import { createEvent, type EventTarget } from '../events/envelope.js'
import { exampleOf } from '../openapi/example.js'
import type { JsonObject } from '../openapi/json.js'
import { toOpenApiSchema } from '../openapi/schema.js'

const EXAMPLE_UUID = '7f3c1f6e-52a4-4a0b-9d3b-2a3c5b1d9e10'
const EXAMPLE_CONTEXT = { originUuid: EXAMPLE_UUID, now: new Date('2026-11-24T09:00:00Z') }
const AMQP_BINDING_VERSION = '0.3.0'

/** An event as a message of an AsyncAPI document: headers, body and an example of both (bus.md 2.2). */
export function toMessage(definition: EventDefinition): JsonObject {
  const { name, kind, routingKey, acl, description } = definition
  const headers = headersSchema(definition)
  return {
    name,
    title: name,
    summary: description,
    contentType: 'application/json',
    headers,
    payload: payloadSchema(headers, toOpenApiSchema(definition.data)),
    bindings: { amqp: { contentEncoding: 'utf-8', messageType: name, bindingVersion: AMQP_BINDING_VERSION } },
    examples: [exampleMessage(definition)],
    'x-kind': kind,
    'x-routing-key': routingKey,
    'x-required-acl': acl,
  }
}

function headersSchema({ name, kind, acl, attributes = [] }: EventDefinition): JsonObject {
  const text = { type: 'string' }
  const properties = {
    ...audienceProperties(kind),
    ...Object.fromEntries(attributes.map((attribute) => [attribute, text])),
    name: { type: 'string', const: name },
    required_access: { type: 'string', const: `event.${name}` },
    required_acl: { type: 'string', description: acl },
    origin_uuid: { type: 'string', description: 'UUID of the installation' },
    timestamp: { type: 'string', description: 'UTC with microseconds, without zone' },
  }
  const users = { '^user_uuid:.+$': { type: 'boolean', const: true, description: 'a user the event is for' } }
  return {
    type: 'object',
    required: Object.keys(properties),
    properties,
    ...(kind === 'user' ? { patternProperties: users } : {}),
  }
}

function audienceProperties(kind: EventDefinition['kind']): JsonObject {
  if (kind === 'service') return {}
  const everyone = { 'user_uuid:*': { type: 'boolean', const: true, description: 'for every user of the tenant' } }
  return { tenant_uuid: { type: 'string' }, ...(kind === 'tenant' ? everyone : {}) }
}

/** The body: everything the headers say, and the data. */
function payloadSchema(headers: JsonObject, data: JsonObject): JsonObject {
  const { required, properties, ...rest } = headers as { required: string[]; properties: JsonObject }
  return { ...rest, required: [...required, 'data'], properties: { ...properties, data } }
}

/** An example of an event's body. */
export function exampleBody(definition: EventDefinition): JsonObject {
  return exampleMessage(definition).payload
}

/** What {@link createEvent} makes of example data. */
function exampleMessage({ data: schema, ...definition }: EventDefinition) {
  const data = exampleOf(schema) as Record<string, never>
  const { headers, body } = createEvent(
    { ...definition, data: schema },
    exampleTarget(definition),
    data,
    EXAMPLE_CONTEXT,
  )
  return { name: definition.name, headers, payload: JSON.parse(body) as JsonObject }
}

function exampleTarget({ kind, attributes = [] }: Pick<EventDefinition, 'kind' | 'attributes'>): EventTarget {
  return {
    ...(kind === 'service' ? {} : { tenant: EXAMPLE_UUID as TenantId }),
    ...(kind === 'user' ? { user: EXAMPLE_UUID as UserId } : {}),
    attributes: Object.fromEntries(attributes.map((attribute) => [attribute, EXAMPLE_UUID])),
  }
}
