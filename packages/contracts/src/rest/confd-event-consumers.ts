import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { confdList, linkSchema, nullable, pageFields } from './schemas.js'

const route = routesOf('confd')

/** Larger times do not fit into what the broker takes, milliseconds of 32 bits. */
const MAX_SEC = 4_000_000
const consumerName = Type.String({ pattern: '^[a-z0-9-]{1,40}(?!\\n)$', examples: ['crm'] })

const consumerFields = {
  name: consumerName,
  events: Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
    maxItems: 200,
    examples: [['voicemail_created']],
  }),
  bindings: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 20, examples: [[]] }),
  user_uuid: nullable(Type.String({ format: 'uuid' })),
  max_length: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  message_ttl_s: Type.Integer({ minimum: 1, maximum: MAX_SEC }),
  expires_s: Type.Integer({ minimum: 3600, maximum: MAX_SEC }),
}

/** A consumer as every answer shows it; `ready` once its queue stands. */
const consumerSchema = Type.Object({
  ...consumerFields,
  tenant_uuid: Type.String(),
  username: Type.String(),
  queue: Type.String(),
  ready: Type.Boolean(),
  links: Type.Array(linkSchema),
})
/** Wire form of a consumer. */
export type EventConsumerView = Static<typeof consumerSchema>

const consumerInput = Type.Object({
  ...Type.Partial(Type.Object(consumerFields)).properties,
  name: consumerName,
})
/** A consumer to create: names of events, binding keys, or both. */
export type EventConsumerInput = Static<typeof consumerInput>

/** What a client of AMQP logs in with: shown once. */
const credentialsSchema = Type.Object({ username: Type.String(), password: Type.String() })

/** The consumers of the tenant on AMQP. */
export const listEventConsumers = route({
  method: 'GET',
  path: '/event-consumers',
  acl: 'confd.event-consumers.read',
  summary: 'List consumers on AMQP',
  query: Type.Object(pageFields),
  success: 200,
  response: confdList(consumerSchema),
})

/** Creates a consumer: its queue, what it is bound to, its credentials (bus.md 5.8). */
export const createEventConsumer = route({
  method: 'POST',
  path: '/event-consumers',
  acl: 'confd.event-consumers.create',
  summary: 'Create a consumer on AMQP; its password is shown this once',
  body: consumerInput,
  idempotent: true,
  success: 201,
  response: Type.Object({ ...consumerSchema.properties, password: Type.Optional(Type.String()) }),
})

const consumerParam = { consumer: 'text' } as const

/** One consumer. */
export const getEventConsumer = route({
  method: 'GET',
  path: '/event-consumers/{consumer}',
  params: consumerParam,
  acl: 'confd.event-consumers.{consumer}.read',
  summary: 'Read a consumer on AMQP',
  success: 200,
  response: consumerSchema,
})

/** Gives a consumer another password, closes what is open with the old one, and makes its queue again if it expired. */
export const rotateEventConsumerCredentials = route({
  method: 'POST',
  path: '/event-consumers/{consumer}/credentials',
  params: consumerParam,
  acl: 'confd.event-consumers.{consumer}.credentials.create',
  summary: 'Give a consumer on AMQP another password',
  success: 200,
  response: credentialsSchema,
})

/** Deletes a consumer with its queue and what is in it. */
export const deleteEventConsumer = route({
  method: 'DELETE',
  path: '/event-consumers/{consumer}',
  params: consumerParam,
  acl: 'confd.event-consumers.{consumer}.delete',
  summary: 'Delete a consumer on AMQP with its queue',
  success: 204,
})
