import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { nullable, text } from './schemas.js'

const route = routesOf('confd')

/** Lines of text; other control characters have no business in a configuration (rest.md F-39). */
const optionValue = Type.String({
  maxLength: 8192,
  pattern: '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*$',
})
const optionKey = text(128)

/** General options by name, or as the list of pairs that old clients send (rest.md 2.8). */
const generalInputSchema = Type.Object({
  options: Type.Union([
    Type.Record(Type.String({ pattern: '^[^\\u0000-\\u001f\\u007f]{0,128}$' }), optionValue, {
      additionalProperties: false,
      maxProperties: 512,
    }),
    Type.Array(Type.Object({ key: optionKey, value: optionValue }), { maxItems: 512 }),
  ]),
})
/** Wire form of the general options to set. */
export type GeneralOptionsInput = Static<typeof generalInputSchema>

/** The general options of the installation. */
export const getGeneralOptions = route({
  method: 'GET',
  path: '/asterisk/voicemail/general',
  acl: 'confd.asterisk.voicemail.general.read',
  otherAcls: ['confd.asterisk.voicemail.general.get'],
  masterOnly: true,
  summary: 'Read the general options of voicemail',
  success: 200,
  response: Type.Object({ options: Type.Record(Type.String(), Type.String()) }),
  conditional: true,
})

/** Replaces the general options as a whole. */
export const updateGeneralOptions = route({
  method: 'PUT',
  path: '/asterisk/voicemail/general',
  acl: 'confd.asterisk.voicemail.general.update',
  masterOnly: true,
  summary: 'Replace the general options of voicemail',
  body: generalInputSchema,
  success: 204,
  conditional: true,
})

/** A timezone under a name, with the text that tells the time (rest.md 2.9). */
const zoneSchema = Type.Object({
  name: text(128),
  // A bar separates timezone and message in the peers' files.
  timezone: Type.String({ maxLength: 1024, pattern: '^[^|\\u0000-\\u001f\\u007f]*$' }),
  message: nullable(text(4096)),
})
const zonesSchema = Type.Object({ items: Type.Array(zoneSchema) })
/** Wire form of a list of zones. */
export type ZonesView = Static<typeof zonesSchema>

const zoneInputSchema = Type.Object({
  items: Type.Array(Type.Object({ ...zoneSchema.properties, message: Type.Optional(zoneSchema.properties.message) }), {
    maxItems: 1000,
  }),
})
/** Wire form of a list of zones to set. */
export type ZonesInput = Static<typeof zoneInputSchema>

/** The zones of the installation: their names are what `timezone` of a mailbox may say. */
export const getZones = route({
  method: 'GET',
  path: '/asterisk/voicemail/zonemessages',
  acl: 'confd.asterisk.voicemail.zonemessages.read',
  otherAcls: ['confd.asterisk.voicemail.zonemessages.get'],
  summary: 'Read the zones of the installation',
  success: 200,
  response: zonesSchema,
  conditional: true,
})

/** Replaces the zones of the installation. */
export const updateZones = route({
  method: 'PUT',
  path: '/asterisk/voicemail/zonemessages',
  acl: 'confd.asterisk.voicemail.zonemessages.update',
  masterOnly: true,
  summary: 'Replace the zones of the installation',
  body: zoneInputSchema,
  success: 204,
  conditional: true,
})

/** The zones a tenant adds to those of the installation (rest.md F-41). */
export const getTenantZones = route({
  method: 'GET',
  path: '/voicemails/zonemessages',
  acl: 'confd.voicemails.zonemessages.read',
  summary: 'Read the zones the tenant adds',
  success: 200,
  response: zonesSchema,
  conditional: true,
})

/** Replaces the zones a tenant adds. */
export const updateTenantZones = route({
  method: 'PUT',
  path: '/voicemails/zonemessages',
  acl: 'confd.voicemails.zonemessages.update',
  summary: 'Replace the zones the tenant adds',
  body: zoneInputSchema,
  success: 204,
  conditional: true,
})
