import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { confdList, confdListFields, linkSchema, nullable, text } from './schemas.js'

const route = routesOf('confd')

/** A range of numbers. There are none here: mailboxes are not checked against them (rest.md 2.3 R7). */
const ranges = Type.Array(Type.Object({ start: Type.String(), end: Type.String() }))

/** A context as every answer shows it (rest.md 2.11). */
const contextSchema = Type.Object({
  id: Type.Integer(),
  uuid: Type.String(),
  name: Type.String(),
  label: Type.String(),
  type: Type.String(),
  description: nullable(Type.String()),
  user_ranges: ranges,
  group_ranges: ranges,
  queue_ranges: ranges,
  conference_room_ranges: ranges,
  incall_ranges: ranges,
  tenant_uuid: Type.String(),
  enabled: Type.Boolean(),
  contexts: Type.Array(Type.Object({}), { description: 'included contexts: none' }),
  links: Type.Array(linkSchema),
})
/** Wire form of a context. */
export type ContextView = Static<typeof contextSchema>

/** A context to create: `name` without `label` is taken as the label; the real name is generated. */
const contextCreateSchema = Type.Object({
  label: Type.Optional(text(128, 1)),
  name: Type.Optional(text(128, 1)),
  type: Type.Optional(Type.Enum(['internal', 'incall', 'outcall', 'services', 'others'])),
})

/** A change of a context: its name is made once and stays. */
const contextUpdateSchema = Type.Object({ label: Type.Optional(text(128, 1)) })

/** Columns a list of contexts may be ordered by and filtered on. */
export const CONTEXT_COLUMNS = ['name', 'label', 'type'] as const

/** The contexts of the tenant. */
export const listContexts = route({
  method: 'GET',
  path: '/contexts',
  acl: 'confd.contexts.read',
  summary: 'List contexts',
  query: Type.Object(confdListFields(CONTEXT_COLUMNS)),
  success: 200,
  response: confdList(contextSchema),
})

/** Creates a context. */
export const createContext = route({
  method: 'POST',
  path: '/contexts',
  acl: 'confd.contexts.create',
  summary: 'Create a context',
  body: contextCreateSchema,
  idempotent: true,
  success: 201,
  response: contextSchema,
})

const contextId = { id: 'integer' } as const

/** One context. */
export const getContext = route({
  method: 'GET',
  path: '/contexts/{id}',
  params: contextId,
  acl: 'confd.contexts.{id}.read',
  summary: 'Read a context',
  conditional: true,
  success: 200,
  response: contextSchema,
})

/** Changes a context. */
export const updateContext = route({
  method: 'PUT',
  path: '/contexts/{id}',
  params: contextId,
  acl: 'confd.contexts.{id}.update',
  summary: 'Change the label of a context',
  body: contextUpdateSchema,
  success: 204,
  conditional: true,
})

/** Deletes an empty context. */
export const deleteContext = route({
  method: 'DELETE',
  path: '/contexts/{id}',
  params: contextId,
  acl: 'confd.contexts.{id}.delete',
  summary: 'Delete a context without mailboxes',
  conditional: true,
  success: 204,
})
