import Type, { type Static } from 'typebox'
import { folderMessageSchema, folderSchema, listedMessageSchema, messageSchema } from '../message-view.js'
import { CALLD_ARCHIVE_ROUTES } from './calld-archives.js'
import { listAudit } from './calld-audit.js'
import { GREETING_ROUTES } from './calld-greetings.js'
import { LAMP_ROUTES } from './calld-lamps.js'
import { CALLD_LIST_ROUTES, voicemailType } from './calld-lists.js'
import { RECORDING_LINK_ROUTES } from './calld-recording-links.js'
import { TEAM_ROUTES } from './calld-team.js'
import { CALLD_TRANSCRIPTION_ROUTES } from './calld-transcriptions.js'
import { PURGE_ACL, TRASH_ROUTES } from './calld-trash.js'
import { type RouteContract, routesOf } from './route.js'
import { externalSchema, nullable, text } from './schemas.js'
import { getCalldStatus } from './status.js'

const route = routesOf('calld')

const folderWithMessages = Type.Object({ ...folderSchema.properties, messages: Type.Array(folderMessageSchema) })

/** A mailbox with its six folders and all their messages (rest.md 3.3). */
const voicemailMessagesSchema = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  number: Type.String(),
  accesstype: Type.String(),
  external: externalSchema,
  folders: Type.Array(folderWithMessages),
})
/** Wire form of {@link voicemailMessagesSchema}. */
export type VoicemailMessagesView = Static<typeof voicemailMessagesSchema>

/** Nothing else in the query is looked at, as ever. */
const deletionQuery = Type.Object({
  purge: Type.Optional(Type.Boolean({ description: 'for good, also out of the trash' })),
})

const moveSchema = Type.Object({ folder_id: Type.Integer() })
/** `download=1` makes it an attachment; the token may stand here for audio elements. Other parameters are ignored. */
const recordingQuery = Type.Object({ download: Type.Optional(Type.String()), token: Type.Optional(Type.String()) })

/** Counts of a mailbox, or of all a user reaches. */
const mwiSchema = Type.Object({
  new: Type.Integer(),
  old: Type.Integer(),
  urgent_new: Type.Integer(),
  urgent_old: Type.Integer(),
  messages_waiting: Type.Boolean({ description: 'whether a lamp shows it' }),
  version: Type.Optional(Type.Integer({ description: 'the mailbox revision; absent for a sum' })),
  claimed: Type.Optional(Type.Integer({ description: 'how many of the new ones somebody works on' })),
})
/** Wire form of {@link mwiSchema}. */
export type MwiView = Static<typeof mwiSchema>

/** Facts of a deposit, beside its audio: as query parameters, or as the JSON part `meta`. */
export const depositMetaSchema = Type.Object({
  caller_id_name: Type.Optional(nullable(text(80))),
  caller_id_num: Type.Optional(nullable(text(80))),
  timestamp: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 253_402_300_799, description: 'epoch seconds; default now' }),
  ),
  urgent: Type.Optional(Type.Boolean({ description: 'goes to the urgent folder' })),
})
/** Wire form of {@link depositMetaSchema}. */
export type DepositMeta = Static<typeof depositMetaSchema>

const mailbox = { voicemail_id: 'text' } as const
const mailboxMessage = { voicemail_id: 'text', message_id: 'text' } as const
const ownMessage = { message_id: 'text' } as const

/** A mailbox with its messages. */
export const getVoicemailMessages = route({
  method: 'GET',
  path: '/voicemails/{voicemail_id}',
  params: mailbox,
  acl: 'calld.voicemails.{voicemail_id}.read',
  summary: 'Read a mailbox with its messages',
  success: 200,
  response: voicemailMessagesSchema,
})

/** One folder of a mailbox. */
export const getVoicemailFolder = route({
  method: 'GET',
  path: '/voicemails/{voicemail_id}/folders/{folder_id}',
  params: { voicemail_id: 'text', folder_id: 'text' },
  acl: 'calld.voicemails.{voicemail_id}.folders.{folder_id}.read',
  summary: 'Read a folder of a mailbox',
  success: 200,
  response: folderWithMessages,
})

/** Counts of a mailbox. */
export const getVoicemailMwi = route({
  method: 'GET',
  path: '/voicemails/{voicemail_id}/mwi',
  params: mailbox,
  acl: 'calld.voicemails.{voicemail_id}.mwi.read',
  summary: 'Read the counts of a mailbox, as JSON or as the body of RFC 3842',
  success: 200,
  response: mwiSchema,
})

/** Leaves a message. */
export const depositMessage = route({
  method: 'POST',
  path: '/voicemails/{voicemail_id}/messages',
  params: mailbox,
  acl: 'calld.voicemails.{voicemail_id}.messages.create',
  summary: 'Leave a message: a WAV body with its facts in the query, or multipart with parts `audio` and `meta`',
  query: depositMetaSchema,
  bodyKind: 'audio',
  idempotent: true,
  success: 201,
  response: listedMessageSchema,
})

/** One message of a mailbox. */
export const getVoicemailMessage = route({
  method: 'GET',
  path: '/voicemails/{voicemail_id}/messages/{message_id}',
  params: mailboxMessage,
  acl: 'calld.voicemails.{voicemail_id}.messages.{message_id}.read',
  summary: 'Read a message of a mailbox',
  success: 200,
  response: messageSchema,
})

/** Moves a message: to folder 2 to mark it read, to folder 1 to mark it unread. */
export const moveVoicemailMessage = route({
  method: 'PUT',
  path: '/voicemails/{voicemail_id}/messages/{message_id}',
  params: mailboxMessage,
  acl: 'calld.voicemails.{voicemail_id}.messages.{message_id}.update',
  summary: 'Move a message of a mailbox to another folder',
  body: moveSchema,
  success: 204,
})

/** Deletes a message. */
export const deleteVoicemailMessage = route({
  method: 'DELETE',
  path: '/voicemails/{voicemail_id}/messages/{message_id}',
  params: mailboxMessage,
  acl: 'calld.voicemails.{voicemail_id}.messages.{message_id}.delete',
  furtherAcl: PURGE_ACL,
  summary: 'Delete a message of a mailbox: to the trash, or with `purge` for good',
  query: deletionQuery,
  unknownQuery: 'ignore',
  success: 204,
})

/** The audio of a message. */
export const getVoicemailRecording = route({
  method: 'GET',
  path: '/voicemails/{voicemail_id}/messages/{message_id}/recording',
  params: mailboxMessage,
  acl: 'calld.voicemails.{voicemail_id}.messages.{message_id}.recording.read',
  summary: 'Play a message of a mailbox',
  query: recordingQuery,
  queryToken: true,
  success: 200,
})

/** The caller's own mailbox with its messages. */
export const getOwnVoicemail = route({
  method: 'GET',
  path: '/users/me/voicemails',
  acl: 'calld.users.me.voicemails.read',
  summary: 'Read the own mailbox with its messages',
  success: 200,
  response: voicemailMessagesSchema,
})

/** One folder of the own mailbox. */
export const getOwnFolder = route({
  method: 'GET',
  path: '/users/me/voicemails/folders/{folder_id}',
  params: { folder_id: 'text' },
  acl: 'calld.users.me.voicemails.folders.{folder_id}.read',
  summary: 'Read a folder of the own mailbox',
  success: 200,
  response: folderWithMessages,
})

/** Counts over the mailboxes the user reaches. */
export const getOwnMwi = route({
  method: 'GET',
  path: '/users/me/voicemails/mwi',
  acl: 'calld.users.me.voicemails.mwi.read',
  summary: 'Read the counts over the own and the shared mailboxes',
  query: Type.Object({ voicemail_type: voicemailType }),
  success: 200,
  response: mwiSchema,
})

/** One message the user reaches. */
export const getOwnMessage = route({
  method: 'GET',
  path: '/users/me/voicemails/messages/{message_id}',
  params: ownMessage,
  acl: 'calld.users.me.voicemails.messages.{message_id}.read',
  summary: 'Read a message of the own or a shared mailbox',
  success: 200,
  response: messageSchema,
})

/** Moves a message the user reaches. */
export const moveOwnMessage = route({
  method: 'PUT',
  path: '/users/me/voicemails/messages/{message_id}',
  params: ownMessage,
  acl: 'calld.users.me.voicemails.messages.{message_id}.update',
  summary: 'Move a message of the own or a shared mailbox',
  body: moveSchema,
  success: 204,
})

/** Deletes a message the user reaches. */
export const deleteOwnMessage = route({
  method: 'DELETE',
  path: '/users/me/voicemails/messages/{message_id}',
  params: ownMessage,
  acl: 'calld.users.me.voicemails.messages.{message_id}.delete',
  summary: 'Delete a message of the own or a shared mailbox: to the trash, or with `purge` for good',
  query: deletionQuery,
  unknownQuery: 'ignore',
  success: 204,
})

/** The audio of a message the user reaches. */
export const getOwnRecording = route({
  method: 'GET',
  path: '/users/me/voicemails/messages/{message_id}/recording',
  params: ownMessage,
  acl: 'calld.users.me.voicemails.messages.{message_id}.recording.read',
  summary: 'Play a message of the own or a shared mailbox',
  query: recordingQuery,
  queryToken: true,
  success: 200,
})

/** Every operation of calld. */
export const CALLD_ROUTES: readonly RouteContract[] = [
  getCalldStatus,
  getVoicemailMessages,
  getVoicemailFolder,
  getVoicemailMwi,
  depositMessage,
  getVoicemailMessage,
  moveVoicemailMessage,
  deleteVoicemailMessage,
  getVoicemailRecording,
  getOwnVoicemail,
  getOwnFolder,
  getOwnMwi,
  getOwnMessage,
  moveOwnMessage,
  deleteOwnMessage,
  getOwnRecording,
  ...CALLD_LIST_ROUTES,
  ...CALLD_TRANSCRIPTION_ROUTES,
  ...CALLD_ARCHIVE_ROUTES,
  ...GREETING_ROUTES,
  ...RECORDING_LINK_ROUTES,
  ...TEAM_ROUTES,
  ...TRASH_ROUTES,
  ...LAMP_ROUTES,
  listAudit,
]
