import { DEVICE_PROFILES, type DeviceProfileName } from '@lamplighter/domain'
import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { confdList, linkSchema, messageAccount, nullable, pageQuery, text } from './schemas.js'

const route = routesOf('confd')

const deviceFields = {
  name: nullable(text(80)),
  user_uuid: nullable(Type.String({ format: 'uuid' })),
  sip_username: Type.String({ pattern: '^[A-Za-z0-9._-]{1,79}(?!\\n)$' }),
  digest_algorithm: Type.Enum(['MD5', 'SHA-256']),
  mwi_mode: Type.Enum(['auto', 'solicited', 'unsolicited', 'off']),
  profile: Type.Enum(Object.keys(DEVICE_PROFILES) as DeviceProfileName[], {
    description: 'how this kind of phone wants to be told',
  }),
  aggregate: Type.Boolean({
    description: 'its own name stands for all its mailboxes, summed; false: for its primary one only',
  }),
  message_account: nullable(messageAccount),
  voicemails: nullable(Type.Array(Type.Integer({ minimum: 1, maximum: 2_147_483_647 }), { maxItems: 1000 })),
}
const sipPassword = Type.Optional(nullable(Type.String({ minLength: 8, maxLength: 128, pattern: '^[\\x21-\\x7e]*$' })))

/** A device as every answer but the first shows it: without its password. */
const deviceSchema = Type.Object({
  uuid: Type.String(),
  tenant_uuid: Type.String(),
  ...deviceFields,
  links: Type.Array(linkSchema),
})
/** Wire form of a device. */
export type DeviceView = Static<typeof deviceSchema>

/** The answer to a creation: the only time a generated password is shown. */
const createdDeviceSchema = Type.Object({
  ...deviceSchema.properties,
  sip_password: Type.Optional(Type.String()),
})

/** A device to create. A username and a password are generated when absent. */
const deviceCreateSchema = Type.Object({
  ...Type.Partial(Type.Object(deviceFields)).properties,
  sip_password: sipPassword,
})
/** A change of a device: absent keys keep their value. */
const deviceUpdateSchema = Type.Object({
  ...Type.Partial(Type.Object(deviceFields)).properties,
  sip_password: sipPassword,
})
/** Wire form of a device to create or a change of one. */
export type DeviceInput = Static<typeof deviceCreateSchema>

/** The SIP devices of the tenant. */
export const listDevices = route({
  method: 'GET',
  path: '/devices',
  acl: 'confd.devices.read',
  summary: 'List SIP devices',
  query: pageQuery,
  success: 200,
  response: confdList(deviceSchema),
})

/** Creates a device. */
export const createDevice = route({
  method: 'POST',
  path: '/devices',
  acl: 'confd.devices.create',
  summary: 'Create a SIP device; a generated password is shown this once',
  body: deviceCreateSchema,
  idempotent: true,
  success: 201,
  response: createdDeviceSchema,
})

const deviceUuid = { uuid: 'uuid' } as const

/** One device. */
export const getDevice = route({
  method: 'GET',
  path: '/devices/{uuid}',
  params: deviceUuid,
  acl: 'confd.devices.{uuid}.read',
  summary: 'Read a SIP device',
  conditional: true,
  success: 200,
  response: deviceSchema,
})

/** Changes a device. */
export const updateDevice = route({
  method: 'PUT',
  path: '/devices/{uuid}',
  params: deviceUuid,
  acl: 'confd.devices.{uuid}.update',
  summary: 'Change a SIP device',
  body: deviceUpdateSchema,
  conditional: true,
  success: 204,
})

/** Deletes a device; its lamp goes dark. */
export const deleteDevice = route({
  method: 'DELETE',
  path: '/devices/{uuid}',
  params: deviceUuid,
  acl: 'confd.devices.{uuid}.delete',
  summary: 'Delete a SIP device',
  conditional: true,
  success: 204,
})
