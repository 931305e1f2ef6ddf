import {
  changeOwnMessages,
  changeVoicemailMessages,
  getOwnTrash,
  getVoicemailTrash,
  holdVoicemailMessage,
  releaseVoicemailMessage,
  restoreOwnMessage,
  restoreVoicemailMessage,
} from '@lamplighter/contracts'
import { type Call, type Implementation, implement } from '@lamplighter/http'
import { onlyTenant, tenantSubtree } from '@lamplighter/store'
import { changeMany } from './bulk-request.js'
import { mailboxIdOf, messageIdOf } from './ids.js'
import { holding, type MessageAction, restoring } from './message-actions.js'
import type { MessageChanger } from './message-changer.js'
import type { TrashService } from './trash-service.js'

/** The trash, legal holds, and many messages at once. */
export function trashRoutes(trash: TrashService, changer: MessageChanger): Implementation[] {
  const changeInMailbox = async (call: Call, action: MessageAction) => {
    const reach = { mailboxId: mailboxIdOf(call) }
    await changer.changeOne(tenantSubtree(call.tenantId), reach, call.actor, messageIdOf(call), action)
    return {}
  }
  return [
    implement(getVoicemailTrash, async (call) => {
      const reach = { mailboxId: mailboxIdOf(call) }
      return { body: await trash.list(tenantSubtree(call.tenantId), reach, call.query()) }
    }),
    implement(restoreVoicemailMessage, (call) => changeInMailbox(call, restoring())),
    implement(holdVoicemailMessage, (call) => changeInMailbox(call, holding(true))),
    implement(releaseVoicemailMessage, (call) => changeInMailbox(call, holding(false))),
    implement(changeVoicemailMessages, async (call) => {
      const reach = { mailboxId: mailboxIdOf(call) }
      return { body: await changeMany(call, changer, tenantSubtree(call.tenantId), reach, call.body()) }
    }),
    implement(getOwnTrash, async (call) => {
      return { body: await trash.list(onlyTenant(call.tenantId), { userId: call.userId }, call.query()) }
    }),
    implement(restoreOwnMessage, async (call) => {
      const reach = { userId: call.userId }
      await changer.changeOne(onlyTenant(call.tenantId), reach, call.actor, messageIdOf(call), restoring())
      return {}
    }),
    implement(changeOwnMessages, async (call) => {
      const reach = { userId: call.userId }
      return { body: await changeMany(call, changer, onlyTenant(call.tenantId), reach, call.body()) }
    }),
  ]
}
