import Type, { type Static } from 'typebox'
import { voicemailFields, voicemailSchema } from './confd-voicemails.js'
import { routesOf } from './route.js'
import { confdList, confdListFields, linkSchema, nullable, text } from './schemas.js'

const route = routesOf('confd')

/** Users are addressed by UUID or integer id. */
const userReference = { user: 'reference' } as const

const userVoicemailSchema = nullable(
  Type.Object({ id: Type.Integer(), name: Type.String(), links: Type.Array(linkSchema) }),
)

const forwardSchema = Type.Object({ enabled: Type.Boolean(), destination: nullable(Type.String()) })
const serviceSchema = Type.Object({ enabled: Type.Boolean() })

/** A user as every answer shows it: with lines, forwards and services, which the JavaScript client needs (rest.md 1.13). */
const userSchema = Type.Object({
  id: Type.Integer(),
  uuid: Type.String(),
  tenant_uuid: Type.String(),
  firstname: Type.String(),
  lastname: nullable(Type.String()),
  email: nullable(Type.String()),
  username: nullable(Type.String()),
  lines: Type.Array(Type.Object({}), { description: 'none: telephony is not ours' }),
  forwards: Type.Object({ unconditional: forwardSchema, noanswer: forwardSchema, busy: forwardSchema }),
  services: Type.Object({ dnd: serviceSchema, incallfilter: serviceSchema }),
  voicemail: userVoicemailSchema,
  links: Type.Array(linkSchema),
})
/** Wire form of a user. */
export type UserView = Static<typeof userSchema>

/** A created user: its mailbox in full (rest.md 2.5). */
const createdUserSchema = Type.Object({ ...userSchema.properties, voicemail: nullable(voicemailSchema) })
/** Wire form of a created user. */
export type CreatedUserView = Static<typeof createdUserSchema>

/** The mailbox of a user: an existing one by its id, or one to create; only its place has no default (rest.md 2.5). */
const embeddedVoicemailSchema = nullable(
  Type.Object({
    id: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 })),
    ...Type.Partial(Type.Object(voicemailFields)).properties,
  }),
)
/** Wire form of a mailbox inside a user. */
export type EmbeddedVoicemail = NonNullable<Static<typeof embeddedVoicemailSchema>>

/** A user to create. The password is kept hashed and never shown. */
const userCreateSchema = Type.Object({
  firstname: text(128, 1),
  lastname: Type.Optional(nullable(text(128))),
  email: Type.Optional(nullable(text(254))),
  username: Type.Optional(nullable(text(254, 2))),
  password: Type.Optional(nullable(Type.String({ minLength: 4, maxLength: 256 }))),
  voicemail: Type.Optional(embeddedVoicemailSchema),
})
/** Wire form of a user to create. */
export type UserCreate = Static<typeof userCreateSchema>

/** A partial change of a user. */
const userUpdateSchema = Type.Object({
  firstname: Type.Optional(text(128, 1)),
  lastname: userCreateSchema.properties.lastname,
  email: userCreateSchema.properties.email,
  username: userCreateSchema.properties.username,
  voicemail: userCreateSchema.properties.voicemail,
})
/** Wire form of a change of a user. */
export type UserUpdate = Static<typeof userUpdateSchema>

/** Only the text `true`, in any case, includes the mailbox (rest.md 2.5). */
const recursiveQuery = Type.Object({ recursive: Type.Optional(Type.String({ maxLength: 1024 })) })

/** Columns a list of users may be ordered by and filtered on. */
export const USER_COLUMNS = ['firstname', 'lastname', 'email', 'username'] as const

/** The users of the tenant. */
export const listUsers = route({
  method: 'GET',
  path: '/users',
  acl: 'confd.users.read',
  summary: 'List users',
  query: Type.Object(confdListFields(USER_COLUMNS)),
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
  response: createdUserSchema,
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

/** Changes a user, and with `recursive` the user's mailbox. */
export const updateUser = route({
  method: 'PUT',
  path: '/users/{user}',
  params: userReference,
  acl: 'confd.users.{user}.update',
  summary: 'Change a user',
  query: recursiveQuery,
  body: userUpdateSchema,
  success: 204,
  conditional: true,
})

/** Deletes a user; with `recursive` also the mailbox, when nobody else has it. */
export const deleteUser = route({
  method: 'DELETE',
  path: '/users/{user}',
  params: userReference,
  acl: 'confd.users.{user}.delete',
  summary: 'Delete a user',
  query: recursiveQuery,
  conditional: true,
  success: 204,
})
