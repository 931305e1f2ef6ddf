import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { laxBoolean, messageAccount, nullable } from './schemas.js'

const route = routesOf('confd')

/** Whether messages of the tenant are transcribed (rest.md 2.10). */
export const getTranscription = route({
  method: 'GET',
  path: '/voicemails/transcription',
  acl: 'confd.voicemails.transcription.read',
  summary: 'Read the transcription switch of the tenant',
  success: 200,
  response: Type.Object({ enabled: Type.Boolean() }),
  conditional: true,
})

/** Switches transcription. */
export const updateTranscription = route({
  method: 'PUT',
  path: '/voicemails/transcription',
  acl: 'confd.voicemails.transcription.update',
  summary: 'Switch transcription on or off for the tenant',
  body: Type.Object({ enabled: laxBoolean }),
  success: 204,
  conditional: true,
})

const settingsFields = {
  many_globals: Type.Boolean({ description: 'a context may have several global mailboxes' }),
  trash_days: Type.Integer({ minimum: 0, maximum: 3650, description: 'how long what was deleted can be restored' }),
  max_age_days: nullable(
    Type.Integer({
      minimum: 1,
      maximum: 36_500,
      description: 'age at which messages go to the trash; null keeps them',
    }),
  ),
  claim_lease_s: Type.Integer({ minimum: 5, maximum: 86_400, description: 'how long a claim lasts, seconds' }),
  pin_min_length: Type.Integer({ minimum: 4, maximum: 20 }),
  event_retention_hours: nullable(
    Type.Integer({
      minimum: 1,
      maximum: 8784,
      description: 'how long events can be asked for again; null is what the installation says',
    }),
  ),
  message_account: nullable(messageAccount),
  sip_registrar: Type.Boolean({ description: 'SIP devices of the tenant may register' }),
}
const settingsSchema = Type.Object(settingsFields)
/** Wire form of a tenant's voicemail settings. */
export type SettingsView = Static<typeof settingsSchema>

const settingsUpdateSchema = Type.Partial(Type.Object(settingsFields))
/** Wire form of a change of a tenant's voicemail settings. */
export type SettingsUpdate = Static<typeof settingsUpdateSchema>

/** What a tenant decides about its mailboxes. */
export const getVoicemailSettings = route({
  method: 'GET',
  path: '/voicemails/settings',
  acl: 'confd.voicemails.settings.read',
  summary: 'Read the voicemail settings of the tenant',
  success: 200,
  response: settingsSchema,
  conditional: true,
})

/** Changes the given settings. */
export const updateVoicemailSettings = route({
  method: 'PUT',
  path: '/voicemails/settings',
  acl: 'confd.voicemails.settings.update',
  summary: 'Change voicemail settings of the tenant',
  body: settingsUpdateSchema,
  success: 204,
  conditional: true,
})
