import Type, { type Static } from 'typebox'
import { MAX_TRANSCRIPT } from '../events/transcriptions.js'
import { type RouteContract, routesOf } from './route.js'
import { nullable, text } from './schemas.js'

const route = routesOf('calld')

/** A transcription to store; what is absent is unknown. */
const transcriptionInputSchema = Type.Object({
  text: Type.String({ maxLength: MAX_TRANSCRIPT }),
  provider_id: Type.Optional(nullable(text(128))),
  language: Type.Optional(nullable(text(35))),
  duration: Type.Optional(nullable(Type.Number({ minimum: 0, maximum: 1e7, description: 'seconds of audio' }))),
})
/** Wire form of {@link transcriptionInputSchema}. */
export type TranscriptionInput = Static<typeof transcriptionInputSchema>

const message = { voicemail_id: 'text', message_id: 'text' } as const

/** Stores the transcription of a message, in place of an earlier one. */
export const putTranscription = route({
  method: 'PUT',
  path: '/voicemails/{voicemail_id}/messages/{message_id}/transcription',
  params: message,
  acl: 'calld.voicemails.{voicemail_id}.messages.{message_id}.transcription.update',
  summary: 'Store the transcription of a message',
  body: transcriptionInputSchema,
  success: 204,
})

/** Removes the transcription of a message. */
export const deleteTranscription = route({
  method: 'DELETE',
  path: '/voicemails/{voicemail_id}/messages/{message_id}/transcription',
  params: message,
  acl: 'calld.voicemails.{voicemail_id}.messages.{message_id}.transcription.delete',
  summary: 'Remove the transcription of a message',
  success: 204,
})

/** What calld does with transcriptions. */
export const CALLD_TRANSCRIPTION_ROUTES: readonly RouteContract[] = [putTranscription, deleteTranscription]
