import {
  listOwnMailboxes,
  listOwnMessages,
  listTenantMessages,
  type ReachedMailboxView,
  toExternalView,
  toListedMessage,
  toTenantMessage,
} from '@lamplighter/contracts'
import { rightNames } from '@lamplighter/domain'
import { type Implementation, implement } from '@lamplighter/http'
import { type MessageList, onlyTenant, type ReachedMailbox, type Store, type VoicemailType } from '@lamplighter/store'
import { writeCursor } from './list-cursor.js'
import { type ListRequest, readListQuery, readSelection } from './list-query.js'

/** Lists over several mailboxes, one statement each (rest.md 3.5). */
export function listRoutes(store: Store): Implementation[] {
  return [
    implement(listOwnMessages, async (call) => {
      const query = call.query()
      const request = readListQuery(query)
      const type = (query.voicemail_type ?? 'all') as VoicemailType
      const selection = { kind: 'user', user: call.userId, type } as const
      const list = await store.messages(onlyTenant(call.tenantId)).list(selection, request.filters, request.page)
      const items = list.items.map(({ message, mailbox }) => toListedMessage(message, mailbox))
      return { body: { items, ...pageFacts(list, request) } }
    }),
    implement(listTenantMessages, async (call) => {
      const query = call.query()
      const request = readListQuery(query)
      const { scope, selection } = readSelection(call.tenantId, query)
      const list = await store.messages(scope).list(selection, request.filters, request.page)
      const items = list.items.map(({ message, mailbox }) => toTenantMessage(message, mailbox))
      return { body: { items, ...pageFacts(list, request) } }
    }),
    implement(listOwnMailboxes, async (call) => {
      const mailboxes = await store.messages(onlyTenant(call.tenantId)).reachedMailboxes(call.userId)
      return { body: { items: mailboxes.map(toReachedView), total: mailboxes.length } }
    }),
  ]
}

function pageFacts({ total, filtered, next }: MessageList, { identity }: ListRequest) {
  return { total, filtered, ...(next ? { next_cursor: writeCursor(identity, next) } : {}) }
}

function toReachedView({ mailbox, rights, summary }: ReachedMailbox): ReachedMailboxView {
  const { id, name, number, accesstype } = mailbox
  const external = toExternalView(mailbox.external, new Date())
  const counts = { new: summary.new, old: summary.old, urgent_new: summary.urgentNew, urgent_old: summary.urgentOld }
  return { id, name, number, accesstype, rights: rightNames(rights), counts, external }
}
