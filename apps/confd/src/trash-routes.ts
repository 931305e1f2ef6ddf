import { type DeletedVoicemailView, listDeletedVoicemails, restoreVoicemail } from '@lamplighter/contracts'
import { type Call, type Implementation, implement } from '@lamplighter/http'
import { type DeletedMailbox, tenantSubtree } from '@lamplighter/store'
import { listScope } from './list-query.js'
import type { TrashService } from './trash-service.js'
import { mailboxIdOf, toVoicemailView } from './voicemail-view.js'

/** Deleted mailboxes. */
export function trashRoutes(trash: TrashService): Implementation[] {
  return [
    implement(listDeletedVoicemails, async (call) => {
      const query = call.query()
      const { limit, offset = 0 } = query
      const { items, total } = await trash.list(listScope(call.tenantId, query), { limit, offset })
      return { body: { total, items: items.map((mailbox) => toDeletedView(call, mailbox)) } }
    }),
    implement(restoreVoicemail, async (call) => {
      call.json()
      await trash.restore(tenantSubtree(call.tenantId, call.actor), mailboxIdOf(call, 'id'), () => call.body())
      return {}
    }),
  ]
}

function toDeletedView(call: Pick<Call, 'url'>, mailbox: DeletedMailbox): DeletedVoicemailView {
  const { context, deletedAt, purgeAt } = mailbox
  return {
    ...toVoicemailView(call, { ...mailbox, context: context ?? '' }),
    context,
    deleted_at: deletedAt.toISOString(),
    purge_at: purgeAt.toISOString(),
  }
}
