import Type, { type Static } from 'typebox'
import { type RouteContract, routesOf } from './route.js'

const route = routesOf('ari')

/** A mailbox as the ARI shows it. */
const ariMailboxSchema = Type.Object({
  name: Type.String({ description: '`number@context`; the home context of the caller reads `default`' }),
  old_messages: Type.Integer(),
  new_messages: Type.Integer(),
})
/** Wire form of {@link ariMailboxSchema}. */
export type AriMailboxView = Static<typeof ariMailboxSchema>

const count = Type.Integer({ minimum: 0, maximum: 2_147_483_647, examples: [2] })
const counts = Type.Object({ oldMessages: Type.Optional(count), newMessages: Type.Optional(count) })
const mailboxName = { mailboxName: 'text' } as const

/** The mailboxes whose counts the ARI sets. */
export const listAriMailboxes = route({
  method: 'GET',
  path: '/mailboxes',
  acl: 'ari.mailboxes.read',
  summary: 'List mailboxes',
  success: 200,
  response: Type.Array(ariMailboxSchema),
})

/** One of them. */
export const getAriMailbox = route({
  method: 'GET',
  path: '/mailboxes/{mailboxName}',
  params: mailboxName,
  acl: 'ari.mailboxes.read',
  summary: 'Read the state of a mailbox',
  success: 200,
  response: ariMailboxSchema,
})

/** Sets the counts; both are needed, in the query or in a JSON body, which wins. */
export const updateAriMailbox = route({
  method: 'PUT',
  path: '/mailboxes/{mailboxName}',
  params: mailboxName,
  acl: 'ari.mailboxes.update',
  summary: 'Set the counts of a mailbox; one that is not there is created',
  query: counts,
  body: counts,
  optionalBody: true,
  success: 204,
})

/** Takes the mailbox away: it shows nothing from now on. */
export const deleteAriMailbox = route({
  method: 'DELETE',
  path: '/mailboxes/{mailboxName}',
  params: mailboxName,
  acl: 'ari.mailboxes.delete',
  summary: 'Delete a mailbox',
  success: 204,
})

/** What there is of the Asterisk REST interface. */
export const ARI_ROUTES: readonly RouteContract[] = [
  listAriMailboxes,
  getAriMailbox,
  updateAriMailbox,
  deleteAriMailbox,
]
