import {
  deleteVoicemailMessage,
  getVoicemailFolder,
  getVoicemailMessage,
  getVoicemailMessages,
  getVoicemailMwi,
  getVoicemailRecording,
  moveVoicemailMessage,
  toMessageView,
} from '@lamplighter/contracts'
import { type Implementation, implement } from '@lamplighter/http'
import { type AudioStore, tenantSubtree } from '@lamplighter/store'
import { countsAnswer } from './counts-answer.js'
import { folderOf, mailboxIdOf, messageIdOf } from './ids.js'
import type { MailboxService } from './mailbox-service.js'
import type { MessageService } from './message-service.js'
import { recordingAnswer } from './recording-answer.js'

/** Any mailbox of the tenant subtree by id, subject to its ACL (rest.md 3.1, 2 to 7). */
export function mailboxRoutes(
  mailboxes: MailboxService,
  messages: MessageService,
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
      await messages.delete(tenantSubtree(call.tenantId), reach, messageIdOf(call))
      return {}
    }),
    implement(getVoicemailRecording, async (call) => {
      const reach = { mailboxId: mailboxIdOf(call) }
      const { message } = await messages.find(tenantSubtree(call.tenantId), reach, messageIdOf(call))
      return recordingAnswer(call, audio, message, call.query().download === '1')
    }),
  ]
}
