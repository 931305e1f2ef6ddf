import {
  associateUserVoicemail,
  createUserVoicemail,
  createVoicemail,
  deleteVoicemail,
  dissociateUserVoicemails,
  getVoicemail,
  listUserVoicemails,
  listVoicemails,
  resetVoicemail,
  updateVoicemail,
  VOICEMAIL_COLUMNS,
} from '@lamplighter/contracts'
import type { Created, Mailbox } from '@lamplighter/domain'
import { type Answer, type Call, createdAnswer, type Implementation, implement } from '@lamplighter/http'
import { tenantSubtree } from '@lamplighter/store'
import type { AssociationService } from './association-service.js'
import { listScope, toListQuery } from './list-query.js'
import type { ResetService } from './reset-service.js'
import type { VoicemailService } from './voicemail-service.js'
import { mailboxIdOf, resourceUrl, toVoicemailView } from './voicemail-view.js'

/** Mailboxes and who has them (rest.md 2.1, 1 to 9). */
export function voicemailRoutes(
  voicemails: VoicemailService,
  associations: AssociationService,
  resets: ResetService,
): Implementation[] {
  return [
    implement(listVoicemails, async (call) => {
      const query = call.query()
      const asked = toListQuery(query, VOICEMAIL_COLUMNS, 'number')
      const { items, total } = await voicemails.list(listScope(call.tenantId, query), asked)
      return { body: { total, items: items.map((mailbox) => toVoicemailView(call, mailbox)) } }
    }),
    implement(createVoicemail, async (call) => {
      return created(
        call,
        await voicemails.create(tenantSubtree(call.tenantId, call.actor), call.body(), call.repeatKey()),
      )
    }),
    implement(getVoicemail, async (call) => {
      const mailbox = await voicemails.get(tenantSubtree(call.tenantId), mailboxIdOf(call, 'id'))
      return call.tagged(mailbox, toVoicemailView(call, mailbox))
    }),
    implement(updateVoicemail, async (call) => {
      call.json()
      const scope = tenantSubtree(call.tenantId, call.actor)
      await voicemails.update(scope, mailboxIdOf(call, 'id'), () => call.body(), call.precondition())
      return {}
    }),
    implement(deleteVoicemail, async (call) => {
      await voicemails.delete(tenantSubtree(call.tenantId, call.actor), mailboxIdOf(call, 'id'), call.precondition())
      return {}
    }),
    implement(resetVoicemail, async (call) => {
      await resets.reset(tenantSubtree(call.tenantId), mailboxIdOf(call, 'id'), call.actor)
      return {}
    }),
    ...userVoicemailRoutes(associations),
  ]
}

function userVoicemailRoutes(associations: AssociationService): Implementation[] {
  return [
    implement(listUserVoicemails, async (call) => {
      const mailbox = await associations.mailboxOf(tenantSubtree(call.tenantId), call.param('user'))
      const items = mailbox ? [toVoicemailView(call, mailbox)] : []
      return { body: { total: items.length, items } }
    }),
    implement(createUserVoicemail, async (call) => {
      const scope = tenantSubtree(call.tenantId, call.actor)
      return created(call, await associations.createFor(scope, call.param('user'), call.body(), call.repeatKey()))
    }),
    implement(dissociateUserVoicemails, async (call) => {
      await associations.dissociate(tenantSubtree(call.tenantId, call.actor), call.param('user'))
      return {}
    }),
    implement(associateUserVoicemail, async (call) => {
      const scope = tenantSubtree(call.tenantId, call.actor)
      await associations.associate(scope, call.param('user'), mailboxIdOf(call, 'voicemail_id'))
      return {}
    }),
  ]
}

function created(call: Pick<Call, 'url'>, { value: mailbox, replayed }: Created<Mailbox>): Answer {
  return createdAnswer(resourceUrl(call, 'voicemails', mailbox.id), toVoicemailView(call, mailbox), replayed)
}
