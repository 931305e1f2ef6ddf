import { randomUUID } from 'node:crypto'
import { type ContextView, createContext, deleteContext, getContext, listContexts } from '@lamplighter/contracts'
import { InvalidInputError, NotFoundError, RuleError } from '@lamplighter/domain'
import { type Call, type Implementation, implement } from '@lamplighter/http'
import { type Context, onlyTenant, type Store, tenantSubtree } from '@lamplighter/store'
import { resourceUrl } from './voicemail-view.js'

/** Contexts, as far as mailboxes need them (rest.md 2.11). */
export function contextRoutes(store: Store): Implementation[] {
  return [
    implement(listContexts, async (call) => {
      const { limit, offset = 0, recurse } = call.query()
      const scope = recurse ? tenantSubtree(call.tenantId) : onlyTenant(call.tenantId)
      const contexts = await store.configuration(scope).contexts.list({ limit, offset })
      return { body: { total: contexts.total, items: contexts.items.map((context) => toContextView(call, context)) } }
    }),
    implement(createContext, async (call) => {
      const { label, name, type = 'internal' } = call.body()
      const wanted = label ?? name
      if (wanted === undefined) throw InvalidInputError.of('label', 'required', 'is required')
      const { contexts } = store.configuration(onlyTenant(call.tenantId))
      const context = await contexts.create({ uuid: randomUUID(), label: wanted, type })
      return { headers: { location: resourceUrl(call, 'contexts', context.id) }, body: toContextView(call, context) }
    }),
    implement(getContext, async (call) => ({ body: toContextView(call, await findContext(store, call)) })),
    implement(deleteContext, async (call) => {
      const context = await findContext(store, call)
      const { contexts } = store.configuration(tenantSubtree(call.tenantId))
      if (await contexts.hasMailbox(context.name)) {
        throw new RuleError('context-in-use', 'a mailbox lies in the context', { context: context.name })
      }
      await contexts.delete(context)
      return {}
    }),
  ]
}

async function findContext(store: Store, call: Pick<Call, 'param' | 'tenantId'>): Promise<Context> {
  const id = Number(call.param('id'))
  const context = await store.configuration(tenantSubtree(call.tenantId)).contexts.find(id)
  if (!context) throw new NotFoundError('no-such-context', 'there is no such context', { id })
  return context
}

function toContextView(call: Pick<Call, 'url'>, { id, uuid, name, label, type, tenantId }: Context): ContextView {
  const links = [{ rel: 'contexts', href: resourceUrl(call, 'contexts', id) }]
  return { id, uuid, name, label, type, tenant_uuid: tenantId, links }
}
