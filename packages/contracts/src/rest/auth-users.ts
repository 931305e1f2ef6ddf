import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { authList, authListFields, nullable, text } from './schemas.js'

const route = routesOf('auth')

const purpose = Type.Enum(['user', 'internal', 'external_api'])

/** An account as every answer shows it: never its password. */
const accountSchema = Type.Object({
  uuid: Type.String(),
  tenant_uuid: Type.String(),
  username: nullable(Type.String()),
  firstname: nullable(Type.String()),
  lastname: nullable(Type.String()),
  purpose: Type.String(),
  enabled: Type.Boolean(),
  emails: Type.Array(Type.Object({ address: Type.String(), main: Type.Boolean(), confirmed: Type.Boolean() })),
})
/** Wire form of an account. */
export type AccountView = Static<typeof accountSchema>

const username = Type.Optional(nullable(text(254, 1)))
const name = Type.Optional(nullable(text(128)))
const email = Type.Optional(
  nullable(
    Type.String({
      maxLength: 254,
      pattern: '^[^\\u0000-\\u0020\\u007f@]+@[^\\u0000-\\u0020\\u007f@]+$',
      examples: ['anna@acme.example'],
    }),
  ),
)
const password = Type.String({ minLength: 4, maxLength: 256 })

/** An account to create; it needs a username or an e-mail address to log in with. */
const accountCreateSchema = Type.Object({
  uuid: Type.Optional(Type.String({ format: 'uuid' })),
  username,
  password: Type.Optional(nullable(password)),
  firstname: name,
  lastname: name,
  email_address: email,
  purpose: Type.Optional(purpose),
  enabled: Type.Optional(Type.Boolean()),
})
/** Body of a creation. */
export type AccountCreate = Static<typeof accountCreateSchema>

/** What may change of an account; what is absent stays. */
const accountUpdateSchema = Type.Object({
  username,
  firstname: name,
  lastname: name,
  email_address: email,
  purpose: Type.Optional(purpose),
  enabled: Type.Optional(Type.Boolean()),
})
/** Body of a change. */
export type AccountUpdate = Static<typeof accountUpdateSchema>

const userUuid = { user_uuid: 'uuid' } as const

/** The accounts of the tenant. */
export const listAccounts = route({
  method: 'GET',
  path: '/users',
  acl: 'auth.users.read',
  summary: 'List accounts',
  query: Type.Object({
    ...authListFields,
    order: Type.Optional(Type.Enum(['username', 'firstname', 'lastname'])),
    recurse: Type.Optional(Type.Boolean()),
    uuid: Type.Optional(Type.String({ format: 'uuid' })),
    username: Type.Optional(text(254)),
    firstname: Type.Optional(text(128)),
    lastname: Type.Optional(text(128)),
    purpose: Type.Optional(purpose),
  }),
  success: 200,
  response: authList(accountSchema),
})

/** Creates an account with its tenant's policy for users. */
export const createAccount = route({
  method: 'POST',
  path: '/users',
  acl: 'auth.users.create',
  summary: 'Create an account',
  idempotent: true,
  body: accountCreateSchema,
  success: 200,
  response: accountSchema,
})

/** One account. */
export const getAccount = route({
  method: 'GET',
  path: '/users/{user_uuid}',
  params: userUuid,
  acl: 'auth.users.{user_uuid}.read',
  summary: 'Read an account',
  success: 200,
  response: accountSchema,
})

/** Changes an account. A disabled one cannot log in and its sessions end. */
export const updateAccount = route({
  method: 'PUT',
  path: '/users/{user_uuid}',
  params: userUuid,
  acl: 'auth.users.{user_uuid}.edit',
  summary: 'Change an account',
  body: accountUpdateSchema,
  success: 200,
  response: accountSchema,
})

/** Deletes an account without mailbox and devices. */
export const deleteAccount = route({
  method: 'DELETE',
  path: '/users/{user_uuid}',
  params: userUuid,
  acl: 'auth.users.{user_uuid}.delete',
  summary: 'Delete an account',
  success: 204,
})

/** Sets a user's password. Every session and refresh token of the user ends. */
export const setPassword = route({
  method: 'PUT',
  path: '/users/{user_uuid}/password',
  params: userUuid,
  acl: 'auth.users.{user_uuid}.password.edit',
  summary: 'Set the password of a user',
  body: Type.Object({
    /** Checked when it is there. */
    old_password: Type.Optional(nullable(Type.String({ maxLength: 256 }))),
    new_password: password,
  }),
  success: 204,
})

/** Changes the caller's own password. The caller's other sessions and refresh tokens end. */
export const changeMyPassword = route({
  method: 'PUT',
  path: '/users/me/password',
  acl: 'auth.users.me.password.edit',
  summary: 'Change my password',
  body: Type.Object({ old_password: Type.String({ maxLength: 256 }), new_password: password }),
  success: 204,
})
