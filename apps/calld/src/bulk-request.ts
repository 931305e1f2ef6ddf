import {
  type BulkRequest,
  deleteOwnMessage,
  deleteVoicemailMessage,
  moveOwnMessage,
  moveVoicemailMessage,
  type RouteContract,
  restoreOwnMessage,
  restoreVoicemailMessage,
} from '@lamplighter/contracts'
import { AuthenticationError, InvalidInputError, type LamplighterError } from '@lamplighter/domain'
import { type Call, statusOf } from '@lamplighter/http'
import type { TenantScope } from '@lamplighter/store'
import { existingFolder } from './ids.js'
import { deleting, type MessageAction, moving, restoring } from './message-actions.js'
import type { MessageChanger, Outcomes } from './message-changer.js'
import type { Reach } from './message-service.js'

type BulkAction = 'move' | 'delete' | 'restore'
type BulkAnswer = { readonly items: readonly { id: string; status: number; error_id?: string }[] }

const OWN: Readonly<Record<BulkAction, RouteContract>> = {
  move: moveOwnMessage,
  delete: deleteOwnMessage,
  restore: restoreOwnMessage,
}
const BY_MAILBOX: Readonly<Record<BulkAction, RouteContract>> = {
  move: moveVoicemailMessage,
  delete: deleteVoicemailMessage,
  restore: restoreVoicemailMessage,
}

/**
 * Changes many messages. Each is answered as the request for it alone would be, its own access included: a token that
 * may not delete a message cannot do it here either.
 *
 * @throws InvalidInputError; NotFoundError for the folder or a mailbox that is named
 */
export async function changeMany(
  call: Call,
  changer: MessageChanger,
  scope: TenantScope,
  reach: Reach,
  request: BulkRequest,
): Promise<BulkAnswer> {
  const action = actionOf(request)
  const { acl } = ('userId' in reach ? OWN : BY_MAILBOX)[request.action as BulkAction]
  const ids = [...new Map(request.ids.map((id) => [id.toLowerCase(), id])).values()]
  const holds = (id: string) => acl !== null && call.holds(acl, { ...call.params, message_id: id })
  const outcomes = await changer.change(scope, reach, call.actor, ids.filter(holds), action)
  return { items: ids.map((id) => answerFor(id, outcomes)) }
}

function actionOf({ action, folder_id: folderId }: BulkRequest): MessageAction {
  if (action === 'move') {
    if (folderId === undefined) throw InvalidInputError.of('folder_id', 'required', 'is required')
    return moving(existingFolder(folderId).id)
  }
  if (folderId !== undefined) throw InvalidInputError.of('folder_id', 'unknown', 'is for moves only')
  return action === 'delete' ? deleting(new Date()) : restoring()
}

function answerFor(id: string, outcomes: Outcomes): BulkAnswer['items'][number] {
  const key = id.toLowerCase()
  const outcome = outcomes.has(key) ? outcomes.get(key) : lacksAccess()
  return outcome ? { id, status: statusOf(outcome.code), error_id: outcome.code } : { id, status: 204 }
}

function lacksAccess(): LamplighterError {
  return new AuthenticationError('unauthorized', 'the token lacks the access')
}
