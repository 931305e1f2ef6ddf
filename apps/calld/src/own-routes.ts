import {
  deleteOwnMessage,
  getOwnFolder,
  getOwnMessage,
  getOwnMwi,
  getOwnRecording,
  getOwnVoicemail,
  moveOwnMessage,
  toMessageView,
} from '@lamplighter/contracts'
import { type Implementation, implement } from '@lamplighter/http'
import { type AudioStore, onlyTenant, type Store, type VoicemailType } from '@lamplighter/store'
import { countsAnswer } from './counts-answer.js'
import { folderOf, messageIdOf } from './ids.js'
import { noteListening } from './listening.js'
import type { MailboxService } from './mailbox-service.js'
import { deleting } from './message-actions.js'
import type { MessageChanger } from './message-changer.js'
import type { MessageService } from './message-service.js'
import { recordingAnswer } from './recording-answer.js'

/** The calling user's own mailbox and, for messages, the shared ones of the tenant (rest.md 3.1, 14 to 20). */
export function ownRoutes(
  store: Store,
  mailboxes: MailboxService,
  messages: MessageService,
  changer: MessageChanger,
  audio: AudioStore,
): Implementation[] {
  return [
    implement(getOwnVoicemail, async (call) => {
      return { body: await mailboxes.ownMailbox(onlyTenant(call.tenantId), call.userId) }
    }),
    implement(getOwnFolder, async (call) => {
      return { body: await mailboxes.ownFolder(onlyTenant(call.tenantId), call.userId, folderOf(call)) }
    }),
    implement(getOwnMwi, async (call) => {
      const { voicemail_type: type = 'all' } = call.query()
      return countsAnswer(
        call,
        await mailboxes.ownCounts(onlyTenant(call.tenantId), call.userId, type as VoicemailType),
      )
    }),
    ...ownMessageRoutes(store, messages, changer, audio),
  ]
}

function ownMessageRoutes(
  store: Store,
  messages: MessageService,
  changer: MessageChanger,
  audio: AudioStore,
): Implementation[] {
  return [
    implement(getOwnMessage, async (call) => {
      const { message } = await messages.find(onlyTenant(call.tenantId), { userId: call.userId }, messageIdOf(call))
      return { body: toMessageView(message) }
    }),
    implement(moveOwnMessage, async (call) => {
      const id = messageIdOf(call)
      await messages.move(onlyTenant(call.tenantId), { userId: call.userId }, call.actor, id, call.body().folder_id)
      return {}
    }),
    implement(deleteOwnMessage, async (call) => {
      const reach = { userId: call.userId }
      const id = messageIdOf(call)
      const scope = onlyTenant(call.tenantId)
      if (call.query().purge) await changer.purge(scope, reach, call.actor, id)
      else await changer.changeOne(scope, reach, call.actor, id, deleting(new Date()))
      return {}
    }),
    implement(getOwnRecording, async (call) => {
      const found = await messages.find(onlyTenant(call.tenantId), { userId: call.userId }, messageIdOf(call))
      const answer = await recordingAnswer(call, audio, found.message, call.query().download === '1')
      await noteListening(store, call, found, answer)
      return answer
    }),
  ]
}
