import Type, { type Static } from 'typebox'
import { type RouteContract, routesOf } from './route.js'
import { confdList, confdListFields, linkSchema, nullable, pageFields, text } from './schemas.js'

const route = routesOf('confd')

const DAY_SEC = 24 * 3600
const WEEK_SEC = 7 * DAY_SEC

/** A name, an IPv4 address, or an IPv6 address without brackets. */
const hostPattern = '^[A-Za-z0-9:]([A-Za-z0-9.:-]*[A-Za-z0-9:])?(?!\\n)$'
const host = Type.String({ maxLength: 253, pattern: hostPattern, examples: ['pbx.acme.example'] })

const targetInput = Type.Object({
  host,
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, examples: [5060] })),
  transport: Type.Optional(Type.Enum(['udp', 'tcp', 'tls'])),
  tls_verify: Type.Optional(Type.Boolean()),
  server_name: Type.Optional(nullable(Type.String({ maxLength: 253, pattern: hostPattern, examples: [null] }))),
})
const targetSchema = Type.Object({
  host,
  port: Type.Integer(),
  transport: Type.Enum(['udp', 'tcp', 'tls']),
  tls_verify: Type.Boolean(),
  server_name: nullable(Type.String()),
})

const template = (example: string) =>
  Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: '^[\\x21-\\x7e]+(?!\\n)$',
    description: 'may name {number}, {context}, {id}, {target} and {service}',
    examples: [example],
  })

/** What a client may set beside the targets. */
const gatewayFields = {
  name: text(80, 1),
  profile: Type.Enum(['exchange', 'asterisk', 'generic']),
  method: Type.Enum(['notify', 'publish', 'ari'], { examples: ['notify'] }),
  username: nullable(Type.String({ maxLength: 128, pattern: '^[\\x20-\\x7e]*(?!\\n)$', examples: ['lamplighter'] })),
  address_template: template('sip:{number}@{target}'),
  from_template: template('sip:voicemail@{service}'),
  mailbox_template: template('{number}@{context}'),
  ari_path: Type.String({ maxLength: 80, pattern: '^(/[A-Za-z0-9._~-]+)*(?!\\n)$', examples: ['/ari'] }),
  contexts: nullable(Type.Array(Type.String({ maxLength: 79 }), { maxItems: 200, examples: [null] })),
  mwi_enabled: Type.Boolean(),
  retry_for_s: Type.Integer({ minimum: 0, maximum: DAY_SEC, examples: [300] }),
  reassert_every_s: Type.Integer({ minimum: 60, maximum: WEEK_SEC, examples: [43_200] }),
  ping_every_s: Type.Integer({ minimum: 0, maximum: DAY_SEC, description: '0: never', examples: [30] }),
  max_per_s: Type.Integer({ minimum: 1, maximum: 1000, examples: [50] }),
}
const targets = Type.Array(targetInput, { minItems: 1, maxItems: 8, examples: [[{ host: 'pbx.acme.example' }]] })
const secret = Type.Optional(
  nullable(Type.String({ minLength: 1, maxLength: 128, pattern: '^[\\x20-\\x7e]*(?!\\n)$', examples: ['hush-hush'] })),
)

/** A gateway as every answer shows it: without its secret. */
const gatewaySchema = Type.Object({
  uuid: Type.String(),
  tenant_uuid: Type.String(),
  ...gatewayFields,
  targets: Type.Array(targetSchema),
  has_secret: Type.Boolean(),
  links: Type.Array(linkSchema),
})
/** Wire form of a gateway. */
export type GatewayView = Static<typeof gatewaySchema>

/** A gateway to create: a name and where it is; everything else has a default. */
const gatewayCreateSchema = Type.Object({
  ...Type.Partial(Type.Object(gatewayFields)).properties,
  name: gatewayFields.name,
  targets,
  secret,
})
/** A change of a gateway: absent keys keep their value. */
const gatewayUpdateSchema = Type.Object({
  ...Type.Partial(Type.Object(gatewayFields)).properties,
  targets: Type.Optional(targets),
  secret,
})
/** Wire form of a gateway to create or a change of one. */
export type GatewayInput = Static<typeof gatewayUpdateSchema>

/** Columns a list of gateways may be ordered by and filtered on. */
export const GATEWAY_COLUMNS = ['name', 'profile', 'method'] as const

/** The gateways of the tenant. */
export const listGateways = route({
  method: 'GET',
  path: '/gateways',
  acl: 'confd.gateways.read',
  summary: 'List gateways that put lamps on',
  query: Type.Object(confdListFields(GATEWAY_COLUMNS)),
  success: 200,
  response: confdList(gatewaySchema),
})

/** Creates a gateway; it is told of every mailbox it serves. */
export const createGateway = route({
  method: 'POST',
  path: '/gateways',
  acl: 'confd.gateways.create',
  summary: 'Create a gateway that puts lamps on',
  body: gatewayCreateSchema,
  idempotent: true,
  success: 201,
  response: gatewaySchema,
})

const gatewayUuid = { gateway_uuid: 'uuid' } as const

/** One gateway. */
export const getGateway = route({
  method: 'GET',
  path: '/gateways/{gateway_uuid}',
  params: gatewayUuid,
  acl: 'confd.gateways.{gateway_uuid}.read',
  summary: 'Read a gateway',
  conditional: true,
  success: 200,
  response: gatewaySchema,
})

/** Changes a gateway. */
export const updateGateway = route({
  method: 'PUT',
  path: '/gateways/{gateway_uuid}',
  params: gatewayUuid,
  acl: 'confd.gateways.{gateway_uuid}.update',
  summary: 'Change a gateway',
  body: gatewayUpdateSchema,
  conditional: true,
  success: 204,
})

/** Deletes a gateway; what it lit goes dark first. */
export const deleteGateway = route({
  method: 'DELETE',
  path: '/gateways/{gateway_uuid}',
  params: gatewayUuid,
  acl: 'confd.gateways.{gateway_uuid}.delete',
  summary: 'Delete a gateway; the lamps it lit go dark',
  conditional: true,
  success: 204,
})

/** Tells a gateway everything again, paced, whatever it acknowledged. */
export const reassertGateway = route({
  method: 'PUT',
  path: '/gateways/{gateway_uuid}/reassert',
  params: gatewayUuid,
  acl: 'confd.gateways.{gateway_uuid}.reassert.update',
  summary: 'Tell a gateway the state of all its mailboxes again',
  success: 204,
})

/** A mailbox with an address of its own at a gateway. */
const gatewayAddressSchema = Type.Object({
  voicemail_id: Type.Integer(),
  address_template: template('sip:{number}@{target}'),
})

/** Mailboxes that a gateway knows under addresses of their own. */
export const listGatewayAddresses = route({
  method: 'GET',
  path: '/gateways/{gateway_uuid}/voicemails',
  params: gatewayUuid,
  acl: 'confd.gateways.{gateway_uuid}.voicemails.read',
  summary: 'List the mailboxes that have an address of their own at a gateway',
  query: Type.Object({ limit: pageFields.limit, offset: pageFields.offset }),
  success: 200,
  response: confdList(gatewayAddressSchema),
})

const gatewayVoicemail = { gateway_uuid: 'uuid', id: 'integer' } as const

/** Gives a mailbox an address of its own at a gateway. */
export const putGatewayAddress = route({
  method: 'PUT',
  path: '/gateways/{gateway_uuid}/voicemails/{id}',
  params: gatewayVoicemail,
  acl: 'confd.gateways.{gateway_uuid}.voicemails.{id}.update',
  summary: 'Give a mailbox an address of its own at a gateway; it goes dark where it was',
  body: Type.Object({ address_template: template('sip:{number}@{target}') }),
  success: 204,
})

/** From then on the gateway's template makes the address of the mailbox again. */
export const deleteGatewayAddress = route({
  method: 'DELETE',
  path: '/gateways/{gateway_uuid}/voicemails/{id}',
  params: gatewayVoicemail,
  acl: 'confd.gateways.{gateway_uuid}.voicemails.{id}.delete',
  summary: 'Take from a mailbox its own address at a gateway',
  success: 204,
})

/** What there is of gateways. */
export const GATEWAY_ROUTES: readonly RouteContract[] = [
  listGateways,
  createGateway,
  getGateway,
  updateGateway,
  deleteGateway,
  reassertGateway,
  listGatewayAddresses,
  putGatewayAddress,
  deleteGatewayAddress,
]
