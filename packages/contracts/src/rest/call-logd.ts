import Type, { type Static } from 'typebox'
import { type RouteContract, routesOf } from './route.js'
import { awareDateTime, direction, nullable, pageFields, text } from './schemas.js'

const route = routesOf('call-logd')

/** A transcription with the message it was made of (rest.md 3.9). */
const transcriptionSchema = Type.Object({
  message_id: Type.String(),
  tenant_uuid: Type.String(),
  voicemail_id: Type.Integer(),
  transcription_text: Type.String(),
  provider_id: nullable(Type.String()),
  language: nullable(Type.String()),
  duration: nullable(Type.Number()),
  created_at: Type.String(),
})
/** Wire form of {@link transcriptionSchema}. */
export type TranscriptionView = Static<typeof transcriptionSchema>

/** The transcriptions of the tenant and its descendants. */
export const listTranscriptions = route({
  method: 'GET',
  path: '/voicemails/transcriptions',
  acl: 'call-logd.voicemails.transcriptions.read',
  summary: 'List transcriptions',
  query: Type.Object({
    voicemail_id: Type.Optional(Type.String({ maxLength: 8192, description: 'ids, separated by commas' })),
    from: Type.Optional(awareDateTime),
    until: Type.Optional(awareDateTime),
    limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'default 1000' })),
    offset: pageFields.offset,
    order: Type.Optional(Type.Enum(['created_at', 'message_id'])),
    direction: Type.Optional(direction),
    search_text: Type.Optional(text(200)),
  }),
  success: 200,
  response: Type.Object({ items: Type.Array(transcriptionSchema), total: Type.Integer(), filtered: Type.Integer() }),
})

/** Every operation of the call-logd API. */
export const CALL_LOGD_ROUTES: readonly RouteContract[] = [listTranscriptions]
