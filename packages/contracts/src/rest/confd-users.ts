import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { confdList, linkSchema, nullable, pageQuery, text } from './schemas.js'

const route = routesOf('confd')

/** Users are addressed by UUID or integer id. */
const userReference = { user: 'reference' } as const

const userVoicemailSchema = nullable(
  Type.Object({ id: Type.Integer(), name: Type.String(), links: Type.Array(linkSchema) }),
)

/** A user as every answer shows it. */
const userSchema = Type.Object({
  id: Type.Integer(),
  uuid: Type.String(),
  tenant_uuid: Type.String(),
  firstname: Type.String(),
  lastname: nullable(Type.String()),
  email: nullable(Type.String()),
  username: nullable(Type.String()),
  voicemail: userVoicemailSchema,
  links: Type.Array(linkSchema),
})
/** Wire form of a user. */
export type UserView = Static<typeof userSchema>

/** A user to create. The password is kept hashed and never shown. */
const userCreateSchema = Type.Object({
  firstname: text(128, 1),
  lastname: Type.Optional(nullable(text(128))),
  email: Type.Optional(nullable(text(254))),
  username: Type.Optional(nullable(text(254, 2))),
  password: Type.Optional(nullable(Type.String({ minLength: 4, maxLength: 256 }))),
})

/** The users of the tenant. */
export const listUsers = route({
  method: 'GET',
  path: '/users',
  acl: 'confd.users.read',
  summary: 'List users',
  query: pageQuery,
  success: 200,
  response: confdList(userSchema),
})

/** Creates a user. */
export const createUser = route({
  method: 'POST',
  path: '/users',
  acl: 'confd.users.create',
  summary: 'Create a user',
  body: userCreateSchema,
  idempotent: true,
  success: 201,
  response: userSchema,
})

/** One user. */
export const getUser = route({
  method: 'GET',
  path: '/users/{user}',
  params: userReference,
  acl: 'confd.users.{user}.read',
  summary: 'Read a user',
  conditional: true,
  success: 200,
  response: userSchema,
})

/** Deletes a user without mailbox. */
export const deleteUser = route({
  method: 'DELETE',
  path: '/users/{user}',
  params: userReference,
  acl: 'confd.users.{user}.delete',
  summary: 'Delete a user',
  conditional: true,
  success: 204,
})
