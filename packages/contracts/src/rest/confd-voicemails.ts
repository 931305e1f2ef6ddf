import { EXTERNAL_SOURCES } from '@lamplighter/domain'
import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { confdList, confdListFields, externalSchema, linkSchema, nullable, text } from './schemas.js'

const route = routesOf('confd')

/** What a PIN reads as while one is set: it cannot be read back (rest.md F-36). A PUT that sends it changes nothing. */
export const PIN_MASK = '********'

/** What a client may set of a mailbox. */
export const voicemailFields = {
  name: text(80),
  number: Type.String({ pattern: '^[0-9]{1,40}(?!\\n)$' }),
  context: Type.String({ maxLength: 79 }),
  password: nullable(
    Type.String({ pattern: '^([0-9]{1,80}|\\*{8})(?!\\n)$', description: 'PIN; write-only, reads as a mask' }),
  ),
  email: nullable(text(80)),
  pager: nullable(text(80)),
  language: nullable(Type.String({ pattern: '^[a-z]{2}_[A-Z]{2}(?!\\n)$' })),
  timezone: nullable(text(80)),
  max_messages: nullable(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
  attach_audio: nullable(Type.Boolean()),
  delete_messages: Type.Boolean(),
  ask_password: Type.Boolean(),
  enabled: Type.Boolean(),
  accesstype: Type.Enum(['personal', 'global']),
  mwi_policy_uuid: nullable(Type.String({ format: 'uuid', examples: [null] })),
  options: Type.Array(Type.Tuple([text(1024), Type.String({ maxLength: 4096, pattern: '^[^\\u0000]*$' })]), {
    maxItems: 256,
  }),
}

const { name, number, context, ...optionalFields } = voicemailFields

/** A mailbox to create; `name`, `number` and `context` are required (rest.md 2.2). */
const voicemailCreateSchema = Type.Object({
  name,
  number,
  context,
  ...Type.Partial(Type.Object(optionalFields)).properties,
  external: Type.Optional(
    nullable(
      Type.Object(
        { source: Type.Enum([...EXTERNAL_SOURCES]) },
        { description: 'the messages lie elsewhere, this feed sets the counts; for good', examples: [null] },
      ),
    ),
  ),
})
/** A partial update: absent keys keep their value. */
const voicemailUpdateSchema = Type.Partial(Type.Object(voicemailFields))

const userLinkSchema = Type.Object({
  uuid: Type.String(),
  firstname: Type.String(),
  lastname: nullable(Type.String()),
  links: Type.Array(linkSchema),
})

/** A mailbox as every answer shows it. */
export const voicemailSchema = Type.Object({
  id: Type.Integer(),
  tenant_uuid: Type.String(),
  ...voicemailFields,
  external: externalSchema,
  links: Type.Array(linkSchema),
  users: Type.Array(userLinkSchema),
})
/** Wire form of a mailbox. */
export type VoicemailView = Static<typeof voicemailSchema>
/** Wire form of a mailbox to create. */
export type VoicemailCreate = Static<typeof voicemailCreateSchema>
/** Wire form of a change of a mailbox. */
export type VoicemailUpdate = Static<typeof voicemailUpdateSchema>

/** Columns a list of mailboxes may be ordered by and filtered on (rest.md 2.4). */
export const VOICEMAIL_COLUMNS = [
  'name',
  'number',
  'email',
  'context',
  'language',
  'timezone',
  'pager',
  'accesstype',
] as const

const voicemailQuery = Type.Object({
  ...confdListFields(VOICEMAIL_COLUMNS),
  accesstype: Type.Optional(Type.Enum(['personal', 'global'])),
})

/** The mailboxes of the tenant. */
export const listVoicemails = route({
  method: 'GET',
  path: '/voicemails',
  acl: 'confd.voicemails.read',
  summary: 'List mailboxes',
  query: voicemailQuery,
  success: 200,
  response: confdList(voicemailSchema),
})

/** Creates a mailbox. */
export const createVoicemail = route({
  method: 'POST',
  path: '/voicemails',
  acl: 'confd.voicemails.create',
  summary: 'Create a mailbox',
  body: voicemailCreateSchema,
  idempotent: true,
  success: 201,
  response: voicemailSchema,
})

const voicemailId = { id: 'integer' } as const

/** One mailbox. */
export const getVoicemail = route({
  method: 'GET',
  path: '/voicemails/{id}',
  params: voicemailId,
  acl: 'confd.voicemails.{id}.read',
  summary: 'Read a mailbox',
  conditional: true,
  success: 200,
  response: voicemailSchema,
})

/** Changes a mailbox. */
export const updateVoicemail = route({
  method: 'PUT',
  path: '/voicemails/{id}',
  params: voicemailId,
  acl: 'confd.voicemails.{id}.update',
  summary: 'Change a mailbox',
  body: voicemailUpdateSchema,
  conditional: true,
  success: 204,
})

/** Puts a mailbox with its messages into the trash. */
export const deleteVoicemail = route({
  method: 'DELETE',
  path: '/voicemails/{id}',
  params: voicemailId,
  acl: 'confd.voicemails.{id}.delete',
  summary: 'Delete a mailbox and its messages; they can be restored for a while',
  conditional: true,
  success: 204,
})

const userReference = { user: 'reference' } as const

/** The mailbox of a user, as a list of none or one. */
export const listUserVoicemails = route({
  method: 'GET',
  path: '/users/{user}/voicemails',
  params: userReference,
  acl: 'confd.users.{user}.voicemails.read',
  summary: 'Read the mailbox of a user',
  success: 200,
  response: confdList(voicemailSchema),
})

/** Creates a mailbox for a user. */
export const createUserVoicemail = route({
  method: 'POST',
  path: '/users/{user}/voicemails',
  params: userReference,
  acl: 'confd.users.{user}.voicemails.create',
  summary: 'Create a mailbox for a user',
  body: voicemailCreateSchema,
  idempotent: true,
  success: 201,
  response: voicemailSchema,
})

/** Takes a user's mailbox away; the mailbox stays. */
export const dissociateUserVoicemails = route({
  method: 'DELETE',
  path: '/users/{user}/voicemails',
  params: userReference,
  acl: 'confd.users.{user}.voicemails.delete',
  summary: 'Take the mailbox of a user away',
  success: 204,
})

/** Gives a user an existing personal mailbox. */
export const associateUserVoicemail = route({
  method: 'PUT',
  path: '/users/{user}/voicemails/{voicemail_id}',
  params: { user: 'reference', voicemail_id: 'integer' },
  acl: 'confd.users.{user}.voicemails.{voicemail_id}.update',
  summary: 'Give a user a mailbox',
  success: 204,
})
