import Type, { type Static } from 'typebox'
import { type RouteContract, routesOf } from './route.js'
import { direction, nullable } from './schemas.js'

const route = routesOf('calld')

const count = Type.Integer({ minimum: 0 })
const stateFields = {
  new: count,
  old: count,
  urgent_new: count,
  urgent_old: count,
  revision: Type.Integer({ minimum: 0, description: 'of the mailbox' }),
  lit: Type.Boolean(),
}
const optionalText = nullable(Type.String())

/** One lamp: what one device or gateway should show of one mailbox, and what it said it shows. */
const lampSchema = Type.Object({
  uuid: Type.String(),
  tenant_uuid: Type.String(),
  device: nullable(
    Type.Object(
      { uuid: Type.String(), name: optionalText, sip_username: Type.String() },
      { description: 'null: a gateway shows it' },
    ),
  ),
  gateway: nullable(
    Type.Object({ uuid: Type.String(), name: optionalText }, { description: 'null: a device shows it' }),
  ),
  voicemail: Type.Object({ id: Type.Integer(), number: optionalText, name: optionalText }),
  desired: Type.Object(stateFields),
  acknowledged: nullable(Type.Object({ ...stateFields, at: Type.String({ description: 'ISO 8601, UTC' }) })),
  in_sync: Type.Boolean({ description: 'it was acknowledged to show what it should' }),
  reason: Type.String({ description: 'e.g. `acknowledged`, `pending`, `no_contact`, `blocked_by_gateway`' }),
  last_status: nullable(Type.Integer({ description: 'what it answered last' })),
  contact: optionalText,
  transport: optionalText,
  expires_at: nullable(Type.String({ description: 'when its subscription or registration runs out' })),
  updated_at: nullable(Type.String({ description: 'when something was last decided about it' })),
})
/** Wire form of {@link lampSchema}. */
export type LampView = Static<typeof lampSchema>

const decisionSchema = Type.Object({
  at: Type.String({ description: 'ISO 8601, UTC' }),
  cause: Type.Object({
    kind: Type.Enum(['event', 'request', 'reconcile', 'reassert']),
    name: nullable(Type.String({ description: 'of the event, or the method of the request' })),
    event_id: optionalText,
  }),
  state: Type.Object(stateFields),
  action: Type.Enum(['notify', 'skip', 'hold', 'end']),
  status: nullable(Type.Integer()),
  reason: Type.String(),
})
const traceSchema = Type.Object({ items: Type.Array(decisionSchema), total: Type.Integer() })
/** Wire form of the trace of a lamp. */
export type LampTraceView = Static<typeof traceSchema>

const uuid = Type.String({
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?!\\n)$',
  examples: ['11111111-1111-4111-8111-111111111111'],
})
const filterFields = {
  device: Type.Optional(uuid),
  mailbox: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
  gateway: Type.Optional(uuid),
  in_sync: Type.Optional(Type.Boolean()),
  lit: Type.Optional(Type.Boolean({ description: 'should be lit now' })),
}
const listFields = {
  ...filterFields,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'default 100' })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
  order: Type.Optional(Type.Enum(['device', 'mailbox', 'updated_at'])),
  direction: Type.Optional(direction),
}
const lampList = Type.Object({ items: Type.Array(lampSchema), total: Type.Integer() })
const lamp = { lamp_uuid: 'uuid' } as const

/** The lamps of a tenant. */
export const listLamps = route({
  method: 'GET',
  path: '/lamps',
  acl: 'calld.lamps.read',
  summary: 'List lamps: what each device and gateway should show, what it acknowledged, and why they differ',
  query: Type.Object({ ...listFields, recurse: Type.Optional(Type.Boolean()) }),
  success: 200,
  response: lampList,
})

/** One lamp. */
export const getLamp = route({
  method: 'GET',
  path: '/lamps/{lamp_uuid}',
  params: lamp,
  acl: 'calld.lamps.{lamp_uuid}.read',
  summary: 'Read a lamp',
  success: 200,
  response: lampSchema,
})

/** Why a lamp was told what it was told. */
export const getLampTrace = route({
  method: 'GET',
  path: '/lamps/{lamp_uuid}/trace',
  params: lamp,
  acl: 'calld.lamps.{lamp_uuid}.trace.read',
  summary: 'Read the last twenty decisions about a lamp, newest first',
  success: 200,
  response: traceSchema,
})

/** Tells one lamp again. */
export const reassertLamp = route({
  method: 'PUT',
  path: '/lamps/{lamp_uuid}/reassert',
  params: lamp,
  acl: 'calld.lamps.{lamp_uuid}.reassert.update',
  summary: 'Tell a lamp again what it should show, whatever it acknowledged',
  rateLimit: 'reassert',
  success: 204,
})

/** Tells lamps of the tenant again. */
export const reassertLamps = route({
  method: 'PUT',
  path: '/lamps/reassert',
  acl: 'calld.lamps.reassert.update',
  summary: 'Tell the lamps of the tenant, or those that pass the filters, again what they should show',
  query: Type.Object(filterFields),
  rateLimit: 'reassert',
  success: 204,
})

/** Tells the lamps of a mailbox again. */
export const reassertVoicemailLamps = route({
  method: 'PUT',
  path: '/voicemails/{voicemail_id}/lamps/reassert',
  params: { voicemail_id: 'text' },
  acl: 'calld.voicemails.{voicemail_id}.lamps.reassert.update',
  summary: 'Tell every lamp of a mailbox again what it should show',
  rateLimit: 'reassert',
  success: 204,
})

/** Tells the lamps of a device again. */
export const reassertDeviceLamps = route({
  method: 'PUT',
  path: '/devices/{uuid}/lamps/reassert',
  params: { uuid: 'uuid' },
  acl: 'calld.devices.{uuid}.lamps.reassert.update',
  summary: 'Tell every lamp of a device again what it should show',
  rateLimit: 'reassert',
  success: 204,
})

/** The lamps of the caller's devices. */
export const listOwnLamps = route({
  method: 'GET',
  path: '/users/me/lamps',
  acl: 'calld.users.me.lamps.read',
  summary: 'List the lamps of the own devices',
  query: Type.Object(listFields),
  success: 200,
  response: lampList,
})

/** One lamp of the caller's devices. */
export const getOwnLamp = route({
  method: 'GET',
  path: '/users/me/lamps/{lamp_uuid}',
  params: lamp,
  acl: 'calld.users.me.lamps.{lamp_uuid}.read',
  summary: 'Read a lamp of an own device',
  success: 200,
  response: lampSchema,
})

/** Why a lamp of the caller's devices was told what it was told. */
export const getOwnLampTrace = route({
  method: 'GET',
  path: '/users/me/lamps/{lamp_uuid}/trace',
  params: lamp,
  acl: 'calld.users.me.lamps.{lamp_uuid}.trace.read',
  summary: 'Read the last twenty decisions about a lamp of an own device, newest first',
  success: 200,
  response: traceSchema,
})

/** Tells a lamp of the caller's devices again. */
export const reassertOwnLamp = route({
  method: 'PUT',
  path: '/users/me/lamps/{lamp_uuid}/reassert',
  params: lamp,
  acl: 'calld.users.me.lamps.{lamp_uuid}.reassert.update',
  summary: 'Tell a lamp of an own device again what it should show',
  rateLimit: 'reassert',
  success: 204,
})

/** Operations on lamps. */
export const LAMP_ROUTES: readonly RouteContract[] = [
  listLamps,
  reassertLamps,
  getLamp,
  getLampTrace,
  reassertLamp,
  reassertVoicemailLamps,
  reassertDeviceLamps,
  listOwnLamps,
  getOwnLamp,
  getOwnLampTrace,
  reassertOwnLamp,
]
