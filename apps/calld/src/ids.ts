import {
  type Folder,
  findFolder,
  LamplighterError,
  MAX_INTEGER_ID,
  type MailboxId,
  NotFoundError,
  type UserId,
} from '@lamplighter/domain'
import type { Call } from '@lamplighter/http'

/** The part of a call that path ids are read from. */
export type PathCall = Pick<Call, 'param'>

const MESSAGE_ID = /^[-a-zA-Z0-9]{1,64}$/

/** Reads a mailbox id of the path: malformed is 400, merely unknown is 404 (rest.md 3.4). */
export function mailboxIdOf(call: PathCall): MailboxId {
  const text = call.param('voicemail_id')
  const id = readInteger(text)
  if (id === undefined) throw new LamplighterError('invalid-voicemail-id', 'not a voicemail id', { voicemail_id: text })
  if (id > MAX_INTEGER_ID) throw noSuchVoicemail(id)
  return id as MailboxId
}

/** Reads a folder of the path. */
export function folderOf(call: PathCall): Folder {
  const text = call.param('folder_id')
  const id = readInteger(text)
  if (id === undefined)
    throw new LamplighterError('invalid-voicemail-folder-id', 'not a folder id', { folder_id: text })
  return existingFolder(id)
}

/** The folder with this id. @throws NotFoundError */
export function existingFolder(id: number): Folder {
  const folder = findFolder(id)
  if (!folder) throw new NotFoundError('no-such-voicemail-folder', 'there is no such folder', { folder_id: id })
  return folder
}

/** Reads a message id of the path; whether there is such a message is seen later. */
export function messageIdOf(call: PathCall): string {
  const text = call.param('message_id')
  if (MESSAGE_ID.test(text)) return text
  throw new LamplighterError('invalid-voicemail-message-id', 'not a message id', { message_id: text })
}

/** No mailbox with this id in scope. */
export function noSuchVoicemail(id: number): NotFoundError {
  return new NotFoundError('no-such-voicemail', 'there is no such mailbox', { voicemail_id: id })
}

/** The user has no mailbox of their own. */
export function noSuchUserVoicemail(user: UserId): NotFoundError {
  return new NotFoundError('no-such-user-voicemail', 'the user has no mailbox', { user_uuid: user })
}

/** No message with this id in the mailboxes in reach. */
export function noSuchMessage(id: string): NotFoundError {
  return new NotFoundError('no-such-voicemail-message', 'there is no such message', { message_id: id })
}

function readInteger(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
