import Type from 'typebox'
import { type RouteContract, routesOf } from './route.js'

const route = routesOf('calld')

const linkRequest = Type.Object({
  expires_in_s: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 300, description: 'seconds until it opens nothing; default 60' }),
  ),
})

const linkSchema = Type.Object({
  url: Type.String({ description: 'opens the recording without a token' }),
  expires_at: Type.String({ description: 'UTC' }),
})

/** Makes a link to the recording of a message of a mailbox (ours, users.md S11). */
export const createVoicemailRecordingLink = route({
  method: 'POST',
  path: '/voicemails/{voicemail_id}/messages/{message_id}/recording/link',
  params: { voicemail_id: 'text', message_id: 'text' },
  acl: 'calld.voicemails.{voicemail_id}.messages.{message_id}.recording.link.create',
  summary: 'Make a short-lived link that plays a message of a mailbox; the body may be left out',
  body: linkRequest,
  optionalBody: true,
  idempotent: true,
  success: 201,
  response: linkSchema,
})

/** Makes a link to the recording of a message the user reaches. */
export const createOwnRecordingLink = route({
  method: 'POST',
  path: '/users/me/voicemails/messages/{message_id}/recording/link',
  params: { message_id: 'text' },
  acl: 'calld.users.me.voicemails.messages.{message_id}.recording.link.create',
  summary: 'Make a short-lived link that plays a message of the own or a shared mailbox; the body may be left out',
  body: linkRequest,
  optionalBody: true,
  idempotent: true,
  success: 201,
  response: linkSchema,
})

/** The recording a link opens: whoever has the link needs nothing else. */
export const getLinkedRecording = route({
  method: 'GET',
  path: '/recordings/{link}',
  params: { link: 'text' },
  acl: null,
  summary: 'Play the message a link was made for',
  query: Type.Object({ download: Type.Optional(Type.String()) }),
  unknownQuery: 'ignore',
  rateLimit: 'media',
  produces: 'audio/wav',
  success: 200,
})

/** Every operation on recording links. */
export const RECORDING_LINK_ROUTES: readonly RouteContract[] = [
  createVoicemailRecordingLink,
  createOwnRecordingLink,
  getLinkedRecording,
]
