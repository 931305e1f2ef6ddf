import Type, { type Static } from 'typebox'
import { listedMessageSchema, tenantMessageSchema } from '../message-view.js'
import { type RouteContract, routesOf } from './route.js'
import { awareDateTime, direction, externalSchema, pageFields, text } from './schemas.js'

const route = routesOf('calld')

/** Which of the mailboxes in reach; `shared` are those with members. */
export const voicemailType = Type.Optional(Type.Enum(['all', 'personal', 'global', 'shared']))

/** Longest search term. */
const MAX_TERM = 200

/** What both lists of messages take: the contract's names first, ours behind them (rest.md 3.5, F-53). */
const messageListFields = {
  ...pageFields,
  order: Type.Optional(Type.Enum(['id', 'caller_id_name', 'duration', 'timestamp'])),
  direction: Type.Optional(direction),
  voicemail_type: voicemailType,
  from: Type.Optional(awareDateTime),
  until: Type.Optional(awareDateTime),
  unread: Type.Optional(Type.Boolean({ description: 'in the inbox or the urgent folder, or in none of them' })),
  folder: Type.Optional(Type.Integer({ minimum: 1, maximum: 6 })),
  search: Type.Optional(
    Type.String({ ...text(MAX_TERM), description: 'part of caller or transcript, whatever its case and marks' }),
  ),
  cursor: Type.Optional(
    Type.String({
      maxLength: 1024,
      description: '`next_cursor` of the page before, everything else as it was there; empty: from the beginning',
      examples: [''],
    }),
  ),
}

const page = {
  total: Type.Integer({ description: 'messages in the selected mailboxes' }),
  filtered: Type.Integer({ description: 'those of them that pass the filters' }),
  next_cursor: Type.Optional(Type.String({ description: 'there when there is a next page' })),
}

/** The messages a user reaches. `raw` is a leftover of the JavaScript client and means nothing (rest.md F-30). */
export const listOwnMessages = route({
  method: 'GET',
  path: '/users/me/voicemails/messages',
  acl: 'calld.users.me.voicemails.messages.read',
  summary: 'List the messages of the own and the shared mailboxes',
  query: Type.Object({ ...messageListFields, raw: Type.Optional(Type.String({ description: 'ignored' })) }),
  success: 200,
  response: Type.Object({ items: Type.Array(listedMessageSchema), ...page }),
})

/** The messages of a tenant, of one mailbox or of what one user reaches. */
export const listTenantMessages = route({
  method: 'GET',
  path: '/voicemails/messages',
  acl: 'calld.voicemails.messages.read',
  summary: 'List the messages of the tenant',
  query: Type.Object({
    ...messageListFields,
    user_uuid: Type.Optional(Type.String({ maxLength: 1024 })),
    voicemail_id: Type.Optional(Type.Integer()),
    recurse: Type.Optional(Type.Boolean()),
    transcribed: Type.Optional(Type.Boolean()),
  }),
  success: 200,
  response: Type.Object({ items: Type.Array(tenantMessageSchema), ...page }),
})

const count = Type.Integer({ minimum: 0 })

/** A mailbox as its reader sees it: what it may be used for, and what it shows this user. */
const reachedMailboxSchema = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  number: Type.String(),
  accesstype: Type.String(),
  rights: Type.Array(Type.Enum(['listen', 'manage', 'delete', 'greet', 'purge'])),
  counts: Type.Object({ new: count, old: count, urgent_new: count, urgent_old: count }),
  external: externalSchema,
})
/** Wire form of {@link reachedMailboxSchema}. */
export type ReachedMailboxView = Static<typeof reachedMailboxSchema>

/** Every mailbox the user reaches, the global and the shared ones too (rest.md F-54). */
export const listOwnMailboxes = route({
  method: 'GET',
  path: '/users/me/voicemails/all',
  acl: 'calld.users.me.voicemails.all.read',
  summary: 'List every mailbox the user reaches, with rights and counts',
  success: 200,
  response: Type.Object({ items: Type.Array(reachedMailboxSchema), total: Type.Integer() }),
})

/** The lists of calld. */
export const CALLD_LIST_ROUTES: readonly RouteContract[] = [listOwnMessages, listTenantMessages, listOwnMailboxes]
