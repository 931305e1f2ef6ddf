import {
  deleteVoicemailMessage,
  getVoicemailFolder,
  getVoicemailMessage,
  getVoicemailMessages,
  getVoicemailMwi,
  getVoicemailRecording,
  moveVoicemailMessage,
  PURGE_ACL,
  toMessageView,
} from '@lamplighter/contracts'
import { RightMissingError } from '@lamplighter/domain'
import { type Implementation, implement } from '@lamplighter/http'
import { type AudioStore, type Store, tenantSubtree } from '@lamplighter/store'
import { countsAnswer } from './counts-answer.js'
import { folderOf, mailboxIdOf, messageIdOf } from './ids.js'
import { noteListening } from './listening.js'
import type { MailboxService } from './mailbox-service.js'
import { deleting } from './message-actions.js'
import type { MessageChanger } from './message-changer.js'
import type { MessageService } from './message-service.js'
import { recordingAnswer } from './recording-answer.js'

/** Any mailbox of the tenant subtree by id, subject to its ACL (rest.md 3.1, 2 to 7). */
export function mailboxRoutes(
  store: Store,
  mailboxes: MailboxService,
  messages: MessageService,
  changer: MessageChanger,
  audio: AudioStore,
): Implementation[] {
  return [
    implement(getVoicemailMessages, async (call) => {
      return { body: await mailboxes.mailbox(tenantSubtree(call.tenantId), mailboxIdOf(call)) }
    }),
    implement(getVoicemailFolder, async (call) => {
      const id = mailboxIdOf(call)
      return { body: await mailboxes.folder(tenantSubtree(call.tenantId), id, folderOf(call)) }
    }),
    implement(getVoicemailMwi, async (call) => {
      return countsAnswer(call, await mailboxes.counts(tenantSubtree(call.tenantId), mailboxIdOf(call)))
    }),
    implement(getVoicemailMessage, async (call) => {
      const reach = { mailboxId: mailboxIdOf(call) }
      const { message } = await messages.find(tenantSubtree(call.tenantId), reach, messageIdOf(call))
      return { body: toMessageView(message) }
    }),
    implement(moveVoicemailMessage, async (call) => {
      const reach = { mailboxId: mailboxIdOf(call) }
      const id = messageIdOf(call)
      await messages.move(tenantSubtree(call.tenantId), reach, call.actor, id, call.body().folder_id)
      return {}
    }),
    implement(deleteVoicemailMessage, async (call) => {
      const reach = { mailboxId: mailboxIdOf(call) }
      const id = messageIdOf(call)
      const scope = tenantSubtree(call.tenantId)
      if (!call.query().purge) await changer.changeOne(scope, reach, call.actor, id, deleting(new Date()))
      else if (call.holds(PURGE_ACL)) await changer.purge(scope, reach, call.actor, id)
      else throw new RightMissingError(reach.mailboxId, 'purge')
      return {}
    }),
    implement(getVoicemailRecording, async (call) => {
      const reach = { mailboxId: mailboxIdOf(call) }
      const found = await messages.find(tenantSubtree(call.tenantId), reach, messageIdOf(call))
      const answer = await recordingAnswer(call, audio, found.message, call.query().download === '1')
      await noteListening(store, call, found, answer)
      return answer
    }),
  ]
}
