import { durationSeconds, FOLDERS, type FolderId, type MailboxHead, type Message } from '@lamplighter/domain'
import Type, { type Static } from 'typebox'
import { nullable } from './rest/schemas.js'

const nullableText = nullable(Type.String())

/** A folder without its messages. */
export const folderSchema = Type.Object({ id: Type.Integer(), name: Type.String(), type: Type.String() })

/** The mailbox a message lies in, as lists and events name it. */
const messageMailboxSchema = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  accesstype: Type.String(),
})

/** What every view of a message has (rest.md 3.3). */
const messageFields = {
  id: Type.String(),
  caller_id_name: nullableText,
  caller_id_num: nullableText,
  duration: Type.Integer({ description: 'seconds' }),
  timestamp: Type.Integer({ description: 'when it was left, epoch seconds' }),
  empty: Type.Boolean({ description: 'the duration is 0' }),
}

/** Text of a message, or null while there is none. */
const transcriptionSchema = nullable(Type.Object({ text: Type.String() }))

/** A message as folders list it. */
export const folderMessageSchema = Type.Object({ ...messageFields, transcription: transcriptionSchema })

/** A single message. */
export const messageSchema = Type.Object({
  ...messageFields,
  transcription: transcriptionSchema,
  folder: folderSchema,
})

/** A message of a list over several mailboxes, of a deposit's answer and of the message events. */
export const listedMessageSchema = Type.Object({
  ...messageFields,
  transcription: transcriptionSchema,
  voicemail: messageMailboxSchema,
  folder: folderSchema,
})

/** Wire form of {@link listedMessageSchema}. */
export type ListedMessage = Static<typeof listedMessageSchema>
/** Wire form of {@link messageSchema}. */
export type MessageView = Static<typeof messageSchema>
/** Wire form of {@link folderMessageSchema}. */
export type FolderMessageView = Static<typeof folderMessageSchema>

/** The part of a message that clients see. */
export type ShownMessage = Pick<Message, 'id' | 'folderId' | 'callerIdName' | 'callerIdNum' | 'leftAt' | 'durationMs'>

/** A message as folders show it. */
export function toFolderMessage(message: ShownMessage): FolderMessageView {
  const duration = durationSeconds(message.durationMs)
  return {
    id: message.id,
    caller_id_name: message.callerIdName,
    caller_id_num: message.callerIdNum,
    duration,
    timestamp: message.leftAt,
    empty: duration === 0,
    transcription: null,
  }
}

/** A message with its folder. */
export function toMessageView(message: ShownMessage): MessageView {
  return { ...toFolderMessage(message), folder: folderView(message.folderId) }
}

/** A message with its mailbox and folder, in the key order of the contract (bus.md 4.3). Written out: lists make many. */
export function toListedMessage(
  message: ShownMessage,
  mailbox: Pick<MailboxHead, 'id' | 'name' | 'accesstype'>,
): ListedMessage {
  const duration = durationSeconds(message.durationMs)
  return {
    id: message.id,
    caller_id_name: message.callerIdName,
    caller_id_num: message.callerIdNum,
    duration,
    timestamp: message.leftAt,
    empty: duration === 0,
    transcription: null,
    voicemail: { id: mailbox.id, name: mailbox.name, accesstype: mailbox.accesstype },
    folder: folderView(message.folderId),
  }
}

const FOLDER_VIEWS = new Map(FOLDERS.map(({ id, name, type }) => [id, { id, name, type }]))

function folderView(id: FolderId): Static<typeof folderSchema> {
  return FOLDER_VIEWS.get(id) ?? { id, name: '', type: 'other' }
}
