import {
  type MessageFilters,
  type MessageOrder,
  type MessagePage,
  type MessageSelection,
  onlyTenant,
  type Store,
  type TenantScope,
  tenantSubtree,
} from '@lamplighter/store'
import type { SeededPlace } from './list-seed.js'

/** A list somebody may ask for. `flat`: its cost must follow the page, so an index has to bring the rows in order. */
export type ListRequest = { readonly name: string; readonly flat: boolean; run(store: Store): Promise<unknown> }

const ORDERS: readonly MessageOrder[] = ['timestamp', 'id', 'caller_id_name', 'duration']
const DIRECTIONS = ['asc', 'desc'] as const
const ID = '7fffffff-ffff-4fff-8fff-ffffffffffff'
const FILTERS: Readonly<Record<string, MessageFilters>> = {
  unread: { unread: true },
  read: { unread: false },
  folder: { folder: 1 },
  time: { from: 1_700_000_600, until: 1_700_003_600 },
  transcribed: { transcribed: true },
  search: { search: 'caller 42' },
  all: { unread: true, folder: 1, from: 1_700_000_600, until: 1_700_003_600, transcribed: false, search: 'words' },
}

type Target = { readonly name: string; readonly scope: TenantScope; readonly selection: MessageSelection }

function targets({ master, tenantId, userId, mailboxId }: SeededPlace): Target[] {
  const one = onlyTenant(tenantId)
  return [
    { name: 'own', scope: one, selection: { kind: 'user', user: userId, type: 'all' } },
    { name: 'mailbox', scope: tenantSubtree(tenantId), selection: { kind: 'mailbox', id: mailboxId } },
    { name: 'tenant', scope: one, selection: { kind: 'tenant', type: 'all' } },
    { name: 'tenant personal', scope: one, selection: { kind: 'tenant', type: 'personal' } },
    { name: 'tenant global', scope: one, selection: { kind: 'tenant', type: 'global' } },
    { name: 'subtree', scope: tenantSubtree(master), selection: { kind: 'tenant', type: 'all' } },
  ]
}

/** Every kind of list of messages: selections, orders, filters, cursors; then what stands beside them. */
export function listRequests(place: SeededPlace): ListRequest[] {
  const page = { order: 'timestamp', direction: 'desc', limit: 50, offset: 0 } as const
  const messages = targets(place).flatMap((target) => [
    ...ORDERS.flatMap((order) =>
      DIRECTIONS.map((direction) => request(target, `${order} ${direction}`, {}, { ...page, order, direction })),
    ),
    ...Object.entries(FILTERS).map(([name, filters]) => request(target, name, filters, page)),
    request(target, 'cursor', {}, { ...page, after: { key: 1_700_002_000, id: ID } }),
    request(target, 'offset', {}, { ...page, offset: 140 }),
  ])
  const { tenantId, userId, mailboxId, master } = place
  const query = { order: 'created_at', direction: 'desc', limit: 50, offset: 0 } as const
  const beside: ListRequest[] = [
    {
      name: 'own mailboxes',
      flat: false,
      run: (store) => store.messages(onlyTenant(tenantId)).reachedMailboxes(userId),
    },
    {
      name: 'own counts',
      flat: false,
      run: (store) => store.messages(onlyTenant(tenantId)).reachedStates(userId, 'all'),
    },
    { name: 'one message', flat: false, run: (store) => store.messages(onlyTenant(tenantId)).inMailbox(mailboxId, ID) },
    {
      name: 'one own message',
      flat: false,
      run: (store) => store.messages(onlyTenant(tenantId)).reachable(userId, ID),
    },
    { name: 'transcriptions', flat: false, run: (store) => store.transcriptions(tenantId, query) },
    {
      name: 'transcriptions of a subtree',
      flat: false,
      run: (store) => store.transcriptions(master, { ...query, limit: 0 }),
    },
    {
      name: 'export of a caller',
      flat: false,
      run: (store) => store.messages(onlyTenant(tenantId)).export({ callerIdNum: '+15557' }).next(),
    },
    {
      name: 'export of a mailbox',
      flat: false,
      run: (store) => store.messages(onlyTenant(tenantId)).export({ mailboxId }).next(),
    },
  ]
  return [...messages, ...beside]
}

function request(
  { name, scope, selection }: Target,
  detail: string,
  filters: MessageFilters,
  page: MessagePage,
): ListRequest {
  const flat = page.order === 'timestamp' && Object.keys(filters).length === 0
  return { name: `${name}: ${detail}`, flat, run: (store) => store.messages(scope).list(selection, filters, page) }
}
