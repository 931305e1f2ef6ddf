import Type, { type Static } from 'typebox'
import { nullable } from '../rest/schemas.js'
import { defineEvent } from './definition.js'

/** What every event about a transcription says of it. */
const transcriptionFields = {
  transcription_text: Type.String(),
  provider_id: nullable(Type.String()),
  language: nullable(Type.String()),
  duration: nullable(Type.Number({ description: 'seconds of audio, as the provider counts them' })),
  created_at: Type.String({ description: 'ISO 8601 in UTC' }),
}

const placed = { voicemail_id: Type.Integer(), message_id: Type.String(), ...transcriptionFields }
const userTranscription = Type.Object({ user_uuid: Type.String(), ...placed })
const globalTranscription = Type.Object(placed)
const storedTranscription = Type.Object({
  message_id: Type.String(),
  tenant_uuid: Type.String(),
  voicemail_id: Type.Integer(),
  ...transcriptionFields,
})

/** A transcription was stored, also when it replaced another. It holds the text of personal messages: its ACL keeps users out. */
export const callLogdTranscriptionCreated = defineEvent({
  name: 'call_logd_voicemail_transcription_created',
  kind: 'tenant',
  routingKey: 'call_logd.voicemail_transcription.created',
  data: storedTranscription,
  description: 'A transcription was stored, or replaced another.',
})

/** A transcription was removed, or went with its message. */
export const callLogdTranscriptionDeleted = defineEvent({
  name: 'call_logd_voicemail_transcription_deleted',
  kind: 'tenant',
  routingKey: 'call_logd.voicemail_transcription.deleted',
  data: storedTranscription,
  description: 'A transcription was removed, or went with its message.',
})

/** Follows `call_logd_voicemail_transcription_created`, once per user of a personal mailbox. */
export const userTranscriptionCreated = defineEvent({
  name: 'user_voicemail_transcription_created',
  kind: 'user',
  routingKey: 'voicemails.transcriptions.created',
  acl: 'events.users.{user_uuid}.voicemails.transcriptions.created',
  data: userTranscription,
  description: 'A message of a personal mailbox was transcribed, once per user of it.',
})

/** Follows `call_logd_voicemail_transcription_deleted`, once per user of a personal mailbox. */
export const userTranscriptionDeleted = defineEvent({
  name: 'user_voicemail_transcription_deleted',
  kind: 'user',
  routingKey: 'voicemails.transcriptions.deleted',
  acl: 'events.users.{user_uuid}.voicemails.transcriptions.deleted',
  data: userTranscription,
  description: 'The transcription of a message of a personal mailbox was removed, once per user of it.',
})

/** Follows `call_logd_voicemail_transcription_created` where the mailbox is global. */
export const globalTranscriptionCreated = defineEvent({
  name: 'global_voicemail_transcription_created',
  kind: 'tenant',
  routingKey: 'voicemails.global.transcriptions.created',
  data: globalTranscription,
  description: 'A message of a global mailbox was transcribed.',
})

/** Follows `call_logd_voicemail_transcription_deleted` where the mailbox is global. */
export const globalTranscriptionDeleted = defineEvent({
  name: 'global_voicemail_transcription_deleted',
  kind: 'tenant',
  routingKey: 'voicemails.global.transcriptions.deleted',
  data: globalTranscription,
  description: 'The transcription of a message of a global mailbox was removed.',
})

/** Longest transcript taken, in characters. */
export const MAX_TRANSCRIPT = 65_536

/**
 * What a transcriber publishes as `voicemail_transcription_completed` (bus.md 2.5). We listen to it and never say it.
 * Keys it does not name are ignored.
 */
export const transcriptionCompletedSchema = Type.Object({
  message_id: Type.String({ maxLength: 64 }),
  tenant_uuid: Type.String({ maxLength: 64 }),
  voicemail_id: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }),
  transcription_text: Type.String({ maxLength: MAX_TRANSCRIPT }),
  provider_id: nullable(Type.String({ maxLength: 128 })),
  language: nullable(Type.String({ maxLength: 35 })),
  duration: nullable(Type.Number({ minimum: 0, maximum: 1e7 })),
  completed_at: Type.String({ maxLength: 64 }),
})
/** Wire form of {@link transcriptionCompletedSchema}. */
export type TranscriptionCompleted = Static<typeof transcriptionCompletedSchema>
/** Name of the event that carries it. */
export const TRANSCRIPTION_COMPLETED = 'voicemail_transcription_completed'
