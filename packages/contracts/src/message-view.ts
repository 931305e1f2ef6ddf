import {
  type Claim,
  durationSeconds,
  FOLDERS,
  type FolderId,
  isUnreadFolder,
  type MailboxHead,
  type Message,
  type MessageHandling,
  type Transcription,
} from '@lamplighter/domain'
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

/** Who works on a message. */
export const claimSchema = Type.Object({
  user_uuid: Type.String(),
  expires_at: Type.String({ description: 'when the claim lapses unless renewed, ISO 8601 in UTC' }),
})

/** What we add behind the contract's fields in every REST view of a message; events stay as the contract has them. */
const handlingFields = {
  unread: Type.Boolean({ description: 'it lies in the inbox or the urgent folder' }),
  priority: Type.Enum(['normal', 'urgent']),
  private: Type.Boolean({ description: 'it cannot be forwarded' }),
  status: Type.Enum(['open', 'done', 'call-back']),
  note: nullableText,
  claim: nullable(claimSchema),
  handled_by: nullable(Type.String({ description: 'UUID of the user who set the status' })),
  read_by: Type.Array(Type.String(), { description: 'UUIDs of the users who ever marked it read' }),
  hold: Type.Boolean({ description: 'legal hold: it cannot be deleted' }),
}

/** Text of a message, or null while there is none. */
const transcriptionSchema = nullable(Type.Object({ text: Type.String() }))

/** A message as folders list it. */
export const folderMessageSchema = Type.Object({
  ...messageFields,
  transcription: transcriptionSchema,
  ...handlingFields,
})

/** A single message. */
export const messageSchema = Type.Object({
  ...messageFields,
  transcription: transcriptionSchema,
  folder: folderSchema,
  ...handlingFields,
})

const listedFields = {
  ...messageFields,
  transcription: transcriptionSchema,
  voicemail: messageMailboxSchema,
  folder: folderSchema,
}

/** A message as the message events carry it: exactly the contract's fields (bus.md 4.3). */
export const eventMessageSchema = Type.Object(listedFields)

/** A message of a list over several mailboxes and of a deposit's answer. */
export const listedMessageSchema = Type.Object({ ...listedFields, ...handlingFields })

/** A message of a tenant's list: whether there is a transcription, not its text (rest.md 3.3). */
export const tenantMessageSchema = Type.Object({
  ...messageFields,
  transcribed: Type.Boolean(),
  voicemail: messageMailboxSchema,
  folder: folderSchema,
  ...handlingFields,
})

/** Wire form of {@link tenantMessageSchema}. */
type TenantMessage = Static<typeof tenantMessageSchema>
/** Wire form of {@link eventMessageSchema}. */
type EventMessage = Static<typeof eventMessageSchema>
/** Wire form of {@link listedMessageSchema}. */
export type ListedMessage = Static<typeof listedMessageSchema>
/** Wire form of {@link messageSchema}. */
export type MessageView = Static<typeof messageSchema>
/** Wire form of {@link folderMessageSchema}. */
export type FolderMessageView = Static<typeof folderMessageSchema>

/** The part of a message that clients see. */
export type ShownMessage = MessageHandling &
  Pick<Message, 'id' | 'folderId' | 'urgent' | 'callerIdName' | 'callerIdNum' | 'leftAt' | 'durationMs'> & {
    readonly transcription: Pick<Transcription, 'text'> | null
  }

type NamedMailbox = Pick<MailboxHead, 'id' | 'name' | 'accesstype'>

/** A message as folders show it. */
export function toFolderMessage(message: ShownMessage): FolderMessageView {
  return { ...contractView(message), ...handlingView(message) }
}

/** A message with its folder. */
export function toMessageView(message: ShownMessage): MessageView {
  return { ...contractView(message), folder: folderView(message.folderId), ...handlingView(message) }
}

/** A message with its mailbox and folder. */
export function toListedMessage(message: ShownMessage, mailbox: NamedMailbox): ListedMessage {
  return { ...contractView(message), ...placeView(message, mailbox), ...handlingView(message) }
}

/** A message as the list of a tenant shows it. */
export function toTenantMessage(message: ShownMessage, mailbox: NamedMailbox): TenantMessage {
  const { transcription, ...view } = toListedMessage(message, mailbox)
  return { ...view, transcribed: transcription !== null }
}

/** A message as events carry it, in the key order of the contract; its text has events of its own (bus.md 4.3). */
export function toEventMessage(message: ShownMessage, mailbox: NamedMailbox): EventMessage {
  return { ...contractView(message), transcription: null, ...placeView(message, mailbox) }
}

function placeView({ folderId }: ShownMessage, { id, name, accesstype }: NamedMailbox) {
  return { voicemail: { id, name, accesstype }, folder: folderView(folderId) }
}

function contractView(message: ShownMessage) {
  const duration = durationSeconds(message.durationMs)
  return {
    id: message.id,
    caller_id_name: message.callerIdName,
    caller_id_num: message.callerIdNum,
    duration,
    timestamp: message.leftAt,
    empty: duration === 0,
    transcription: message.transcription && { text: message.transcription.text },
  }
}

/** A claim as every answer shows it. */
export function toClaimView({ userId, expiresAt }: Claim): Static<typeof claimSchema> {
  return { user_uuid: userId, expires_at: expiresAt.toISOString() }
}

function handlingView({ claim, ...message }: ShownMessage) {
  return {
    unread: isUnreadFolder(message.folderId),
    priority: message.urgent ? ('urgent' as const) : ('normal' as const),
    private: message.private,
    status: message.status,
    note: message.note,
    claim: claim && toClaimView(claim),
    handled_by: message.handledBy,
    read_by: [...message.readBy],
    hold: message.hold,
  }
}

const FOLDER_VIEWS = new Map(FOLDERS.map(({ id, name, type }) => [id, { id, name, type }]))

function folderView(id: FolderId): Static<typeof folderSchema> {
  return FOLDER_VIEWS.get(id) ?? { id, name: '', type: 'other' }
}
