import { randomUUID } from 'node:crypto'
import {
  CONTEXT_COLUMNS,
  type ContextView,
  createContext,
  deleteContext,
  getContext,
  listContexts,
  updateContext,
} from '@lamplighter/contracts'
import { InvalidInputError, NotFoundError, RuleError } from '@lamplighter/domain'
import { type Call, createdAnswer, type Implementation, implement } from '@lamplighter/http'
import { type Configuration, type Context, onlyTenant, type Store, tenantSubtree } from '@lamplighter/store'
import { listScope, toListQuery } from './list-query.js'
import { resourceUrl } from './voicemail-view.js'

/** Contexts, as far as mailboxes need them (rest.md 2.11). */
export function contextRoutes(store: Store): Implementation[] {
  return [
    implement(listContexts, async (call) => {
      const query = call.query()
      const { contexts: found } = store.configuration(listScope(call.tenantId, query))
      const contexts = await found.list(toListQuery(query, CONTEXT_COLUMNS, 'name'))
      return { body: { total: contexts.total, items: contexts.items.map((context) => toContextView(call, context)) } }
    }),
    implement(createContext, async (call) => {
      const { label, name, type = 'internal' } = call.body()
      const wanted = label ?? name
      if (wanted === undefined) throw InvalidInputError.of('label', 'required', 'is required')
      const fields = { uuid: randomUUID(), label: wanted, type }
      const { value: context, replayed } = await store.createOnce(
        onlyTenant(call.tenantId),
        call.repeatKey(),
        ({ contexts }) => contexts.create(fields),
      )
      return createdAnswer(resourceUrl(call, 'contexts', context.id), toContextView(call, context), replayed)
    }),
    implement(getContext, async (call) => {
      const context = await findContext(store.configuration(tenantSubtree(call.tenantId)), contextId(call))
      return call.tagged(context, toContextView(call, context))
    }),
    implement(updateContext, async (call) => {
      call.json()
      const precondition = call.precondition()
      await store.changeConfiguration(tenantSubtree(call.tenantId), async (change) => {
        await change.locks.context(contextId(call))
        const context = await findContext(change, contextId(call))
        precondition(context)
        const { label = context.label } = call.body()
        if (label !== context.label) await change.contexts.update(context.id, label)
      })
      return {}
    }),
    implement(deleteContext, async (call) => {
      const precondition = call.precondition()
      await store.changeConfiguration(tenantSubtree(call.tenantId), async (change) => {
        await change.locks.context(contextId(call))
        const context = await findContext(change, contextId(call))
        precondition(context)
        if (await change.contexts.hasMailbox(context.name)) {
          throw new RuleError('context-in-use', 'a mailbox lies in the context', { context: context.name })
        }
        await change.contexts.delete(context)
      })
      return {}
    }),
  ]
}

function contextId(call: Pick<Call, 'param'>): number {
  return Number(call.param('id'))
}

async function findContext({ contexts }: Pick<Configuration, 'contexts'>, id: number): Promise<Context> {
  const context = await contexts.find(id)
  if (!context) throw new NotFoundError('no-such-context', 'there is no such context', { id })
  return context
}

/** What a context of the peers has beside: numbers are not checked against ranges here (rest.md 2.3 R7). */
const NOT_OURS = {
  description: null,
  user_ranges: [],
  group_ranges: [],
  queue_ranges: [],
  conference_room_ranges: [],
  incall_ranges: [],
  contexts: [],
}

function toContextView(call: Pick<Call, 'url'>, { id, uuid, name, label, type, tenantId }: Context): ContextView {
  const links = [{ rel: 'contexts', href: resourceUrl(call, 'contexts', id) }]
  return { id, uuid, name, label, type, ...NOT_OURS, tenant_uuid: tenantId, enabled: true, links }
}
