import Type, { type Static } from 'typebox'
import { listedMessageSchema } from '../message-view.js'
import { type RouteContract, routesOf } from './route.js'
import { nullable } from './schemas.js'

const route = routesOf('calld')

/** A message in the trash: as lists show it, and when and by whom it was deleted. */
const trashedMessageSchema = Type.Object({
  ...listedMessageSchema.properties,
  deleted_at: Type.String({ description: 'ISO 8601, UTC' }),
  deleted_by: nullable(Type.String({ description: 'user; null when it grew too old' })),
  purge_at: nullable(Type.String({ description: 'when it goes for good; null while it is on hold' })),
})
/** Wire form of {@link trashedMessageSchema}. */
export type TrashedMessageView = Static<typeof trashedMessageSchema>

const trashSchema = Type.Object({
  items: Type.Array(trashedMessageSchema),
  total: Type.Integer(),
  next_cursor: Type.Optional(Type.String({ description: 'there is more: the cursor of the next page' })),
})
/** Wire form of {@link trashSchema}. */
export type TrashView = Static<typeof trashSchema>

const trashQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'default 100' })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
  cursor: Type.Optional(
    Type.String({
      maxLength: 256,
      examples: ['WzE3OTU1MTA4MDAwMDAsIjAxOTM3YTVlLTdjNGItNzAwMC04MDAwLTAwMDAwMDAwMDBhYSJd'],
    }),
  ),
})

const bulkSchema = Type.Object({
  action: Type.Enum(['move', 'delete', 'restore']),
  ids: Type.Array(Type.String({ pattern: '^[-a-zA-Z0-9]{1,64}(?!\\n)$' }), { minItems: 1, maxItems: 500 }),
  folder_id: Type.Optional(Type.Integer({ description: 'where to, for `move` only' })),
})
/** Wire form of {@link bulkSchema}. */
export type BulkRequest = Static<typeof bulkSchema>

const bulkAnswerSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      status: Type.Integer({ description: 'what a request for this message alone would have answered' }),
      error_id: Type.Optional(Type.String()),
    }),
  ),
})

const mailbox = { voicemail_id: 'text' } as const
const mailboxMessage = { voicemail_id: 'text', message_id: 'text' } as const
const ownMessage = { message_id: 'text' } as const

/** Access that deleting for good needs beside that of deleting, where a call is by mailbox id. */
export const PURGE_ACL = 'calld.voicemails.{voicemail_id}.messages.{message_id}.purge'

/** What lies in the trash of a mailbox. */
export const getVoicemailTrash = route({
  method: 'GET',
  path: '/voicemails/{voicemail_id}/trash',
  params: mailbox,
  acl: 'calld.voicemails.{voicemail_id}.trash.read',
  summary: 'List the deleted messages of a mailbox, the latest deletion first',
  query: trashQuery,
  success: 200,
  response: trashSchema,
})

/** Takes a message back out of the trash. */
export const restoreVoicemailMessage = route({
  method: 'PUT',
  path: '/voicemails/{voicemail_id}/messages/{message_id}/restore',
  params: mailboxMessage,
  acl: 'calld.voicemails.{voicemail_id}.messages.{message_id}.restore.update',
  summary: 'Restore a deleted message of a mailbox to the folder it was in',
  success: 204,
})

/** Puts a message on legal hold. */
export const holdVoicemailMessage = route({
  method: 'PUT',
  path: '/voicemails/{voicemail_id}/messages/{message_id}/hold',
  params: mailboxMessage,
  acl: 'calld.voicemails.{voicemail_id}.messages.{message_id}.hold.update',
  summary: 'Put a message on hold: it can neither be deleted nor purged, and does not grow too old',
  success: 204,
})

/** Ends the legal hold of a message. */
export const releaseVoicemailMessage = route({
  method: 'DELETE',
  path: '/voicemails/{voicemail_id}/messages/{message_id}/hold',
  params: mailboxMessage,
  acl: 'calld.voicemails.{voicemail_id}.messages.{message_id}.hold.delete',
  summary: 'Release a message from its hold',
  success: 204,
})

/** Moves, deletes or restores many messages of a mailbox. */
export const changeVoicemailMessages = route({
  method: 'POST',
  path: '/voicemails/{voicemail_id}/messages/bulk',
  params: mailbox,
  acl: 'calld.voicemails.{voicemail_id}.messages.bulk.create',
  summary: 'Move, delete or restore up to 500 messages of a mailbox; each id gets its own answer',
  body: bulkSchema,
  success: 200,
  response: bulkAnswerSchema,
})

/** What lies in the trash of the mailboxes the user reaches. */
export const getOwnTrash = route({
  method: 'GET',
  path: '/users/me/voicemails/trash',
  acl: 'calld.users.me.voicemails.trash.read',
  summary: 'List the deleted messages of the own and the shared mailboxes, the latest deletion first',
  query: trashQuery,
  success: 200,
  response: trashSchema,
})

/** Takes a message the user reaches back out of the trash. */
export const restoreOwnMessage = route({
  method: 'PUT',
  path: '/users/me/voicemails/messages/{message_id}/restore',
  params: ownMessage,
  acl: 'calld.users.me.voicemails.messages.{message_id}.restore.update',
  summary: 'Restore a deleted message of the own or a shared mailbox to the folder it was in',
  success: 204,
})

/** Moves, deletes or restores many messages the user reaches. */
export const changeOwnMessages = route({
  method: 'POST',
  path: '/users/me/voicemails/messages/bulk',
  acl: 'calld.users.me.voicemails.messages.bulk.create',
  summary:
    'Move, delete or restore up to 500 messages of the own and the shared mailboxes; each id gets its own answer',
  body: bulkSchema,
  success: 200,
  response: bulkAnswerSchema,
})

/** Every operation of the trash and of many messages at once. */
export const TRASH_ROUTES: readonly RouteContract[] = [
  getVoicemailTrash,
  restoreVoicemailMessage,
  holdVoicemailMessage,
  releaseVoicemailMessage,
  changeVoicemailMessages,
  getOwnTrash,
  restoreOwnMessage,
  changeOwnMessages,
]
