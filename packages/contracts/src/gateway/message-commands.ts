import Type, { type TObject } from 'typebox'
import {
  deleteOwnMessage,
  deleteVoicemailMessage,
  getOwnMwi,
  getVoicemailMwi,
  moveOwnMessage,
  moveVoicemailMessage,
} from '../rest/calld.js'
import { listOwnMessages } from '../rest/calld-lists.js'
import { claimOwnMessage, claimVoicemailMessage } from '../rest/calld-team.js'
import type { RouteContract } from '../rest/route.js'
import { text } from '../rest/schemas.js'
import type { CommandContract } from './commands.js'

/** The part of a route that a command and its description need. */
export type CommandRoute = Pick<RouteContract, 'api' | 'method' | 'path' | 'query' | 'body' | 'response'>

/**
 * A command that is a call of the REST API over the socket: same checks, same effects, same answers and error ids.
 * Fields of `data` that the path names go there; the others are the query of a read and the body of a change.
 */
export type MessageCommand = CommandContract<TObject> & {
  /** The calling user's messages. */
  readonly own: CommandRoute
  /** Those of one mailbox, when `data` names a `voicemail_id`. */
  readonly ofMailbox: CommandRoute | undefined
}

const voicemailId = Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 }))
/** It stands in a path, in which `.` and `..` would lead to another route. */
const messageId = Type.String({ ...text(64, 1), pattern: '^(?!\\.{1,2}$)[^\\u0000-\\u001f\\u007f]*$' })
const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()], {
  description: 'as in the query of the route',
})

/** Lists the messages of every mailbox the user reaches; parameters as in REST. */
const listMessagesCommand: MessageCommand = {
  op: 'list',
  versions: [3],
  data: Type.Object(
    Object.fromEntries(
      Object.keys(listOwnMessages.query?.properties ?? {}).map((name) => [name, Type.Optional(scalar)]),
    ),
  ),
  description: 'The messages in reach: GET /users/me/voicemails/messages.',
  own: listOwnMessages,
  ofMailbox: undefined,
}

/** Moves a message to a folder. */
const moveMessageCommand: MessageCommand = {
  op: 'move',
  versions: [3],
  data: Type.Object({ voicemail_id: voicemailId, message_id: messageId, folder_id: Type.Integer() }),
  description: 'Moves a message to another folder: to 2 to mark it read, to 1 to mark it unread.',
  own: moveOwnMessage,
  ofMailbox: moveVoicemailMessage,
}

/** Deletes a message. */
const deleteMessageCommand: MessageCommand = {
  op: 'delete',
  versions: [3],
  data: Type.Object({ voicemail_id: voicemailId, message_id: messageId }),
  description: 'Deletes a message.',
  own: deleteOwnMessage,
  ofMailbox: deleteVoicemailMessage,
}

/** Claims a message of a shared mailbox. */
const claimMessageCommand: MessageCommand = {
  op: 'claim',
  versions: [3],
  data: Type.Object({ voicemail_id: voicemailId, message_id: messageId, lease_s: Type.Optional(Type.Integer()) }),
  description: 'Claims a message, so that nobody else answers it.',
  own: claimOwnMessage,
  ofMailbox: claimVoicemailMessage,
}

/** Reads counts. */
const mwiCommand: MessageCommand = {
  op: 'mwi',
  versions: [3],
  data: Type.Object({ voicemail_id: voicemailId, voicemail_type: Type.Optional(scalar) }),
  description: 'The counts of everything in reach, or of one mailbox.',
  own: getOwnMwi,
  ofMailbox: getVoicemailMwi,
}

/** Every command about messages. */
export const MESSAGE_COMMANDS: readonly MessageCommand[] = [
  listMessagesCommand,
  moveMessageCommand,
  deleteMessageCommand,
  claimMessageCommand,
  mwiCommand,
]
