import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { nullable } from './schemas.js'

const route = routesOf('confd')

const optionalText = nullable(Type.String())
const voicemail = Type.Object({ id: Type.Integer(), number: optionalText, name: optionalText })
const presence = Type.Object({
  contact: Type.String(),
  transport: Type.String(),
  remote: Type.String({ description: 'where it really came from' }),
  user_agent: optionalText,
  expires_at: Type.String({ description: 'ISO 8601, UTC' }),
})

/** Everything that decides about the lamps of a device, and the answer in words. */
const explanationSchema = Type.Object({
  sentence: Type.String({ description: 'why the lamp is on or off' }),
  lit: Type.Boolean({ description: 'whether it should be' }),
  in_sync: Type.Boolean(),
  device: Type.Object({
    uuid: Type.String(),
    name: optionalText,
    sip_username: Type.String(),
    user_uuid: optionalText,
    mwi_mode: Type.String(),
  }),
  mailboxes: Type.Array(
    Type.Object({
      voicemail,
      enabled: Type.Boolean(),
      because: Type.Array(Type.Enum(['listed', 'personal', 'global', 'member', 'everyone'])),
      rights: Type.Array(Type.Enum(['listen', 'manage', 'delete', 'greet', 'purge']), {
        description: 'of the user of the device',
      }),
      policy: nullable(Type.Object({ uuid: Type.String(), name: Type.String(), allow_mwi: Type.Boolean() })),
    }),
  ),
  subscriptions: Type.Array(
    Type.Object({
      ...presence.properties,
      voicemail_id: nullable(Type.Integer({ description: 'null: everything the device watches' })),
    }),
  ),
  registrations: Type.Array(presence),
  lamps: Type.Array(
    Type.Object({
      uuid: Type.String(),
      voicemail,
      lit: Type.Boolean(),
      in_sync: Type.Boolean(),
      reason: Type.String(),
      last_status: nullable(Type.Integer()),
      acknowledged_at: optionalText,
      sentence: Type.String(),
    }),
  ),
})
/** Wire form of {@link explanationSchema}. */
export type DeviceExplanationView = Static<typeof explanationSchema>

/** Why the lamp of a device is on or off. */
export const explainDevice = route({
  method: 'GET',
  path: '/devices/{uuid}/explain',
  params: { uuid: 'uuid' },
  acl: 'confd.devices.{uuid}.explain.read',
  summary: 'Explain the lamp of a device: what it watches and why, where it is told, what it answered',
  success: 200,
  response: explanationSchema,
})
