import { RIGHTS } from '@lamplighter/domain'
import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { confdList, nullable } from './schemas.js'

const route = routesOf('confd')

/** Most members of one mailbox. */
export const MAX_MEMBERS = 1000

const rightsSchema = Type.Array(Type.Enum([...RIGHTS]), {
  minItems: 1,
  uniqueItems: true,
  description: 'hear and see messages; move and mark them; delete them; record greetings; delete for good',
})
const userUuid = nullable(
  Type.String({
    pattern: '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$',
    description: 'null: everyone of the tenant',
  }),
)

/** Somebody a mailbox is shared with. */
const memberSchema = Type.Object({ user_uuid: userUuid, rights: rightsSchema })
/** Wire form of a member. */
export type MemberView = Static<typeof memberSchema>

const membersSchema = Type.Object({ items: Type.Array(memberSchema, { maxItems: MAX_MEMBERS }) })
/** Wire form of the members of a mailbox, as they are set. */
export type MembersInput = Static<typeof membersSchema>

const rightsBody = Type.Object({ rights: rightsSchema })
const mailbox = { id: 'integer' } as const
const member = { id: 'integer', user_uuid: 'uuid' } as const

/** Whom a mailbox is shared with. */
export const listVoicemailMembers = route({
  method: 'GET',
  path: '/voicemails/{id}/members',
  params: mailbox,
  acl: 'confd.voicemails.{id}.members.read',
  summary: 'List whom a mailbox is shared with, beside its own users',
  conditional: true,
  success: 200,
  response: confdList(memberSchema),
})

/** Replaces everybody a mailbox is shared with. */
export const replaceVoicemailMembers = route({
  method: 'PUT',
  path: '/voicemails/{id}/members',
  params: mailbox,
  acl: 'confd.voicemails.{id}.members.update',
  summary: 'Set whom a mailbox is shared with',
  conditional: true,
  body: membersSchema,
  success: 204,
})

/** Shares a mailbox with a user, or changes what the user may do. */
export const putVoicemailMember = route({
  method: 'PUT',
  path: '/voicemails/{id}/members/{user_uuid}',
  params: member,
  acl: 'confd.voicemails.{id}.members.{user_uuid}.update',
  summary: 'Share a mailbox with a user',
  body: rightsBody,
  success: 204,
})

/** Ends the sharing with a user. */
export const deleteVoicemailMember = route({
  method: 'DELETE',
  path: '/voicemails/{id}/members/{user_uuid}',
  params: member,
  acl: 'confd.voicemails.{id}.members.{user_uuid}.delete',
  summary: 'Share a mailbox with a user no more',
  success: 204,
})

/** Shares a mailbox with everyone of its tenant, or changes what everyone may do. */
export const putVoicemailEveryone = route({
  method: 'PUT',
  path: '/voicemails/{id}/members/everyone',
  params: mailbox,
  acl: 'confd.voicemails.{id}.members.everyone.update',
  summary: 'Share a mailbox with everyone of the tenant',
  body: rightsBody,
  success: 204,
})

/** Ends the sharing with everyone; who is a member by name stays one. */
export const deleteVoicemailEveryone = route({
  method: 'DELETE',
  path: '/voicemails/{id}/members/everyone',
  params: mailbox,
  acl: 'confd.voicemails.{id}.members.everyone.delete',
  summary: 'Share a mailbox with everyone no more',
  success: 204,
})
