import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { confdList, linkSchema, pageQuery, text } from './schemas.js'

const route = routesOf('confd')

/** A context as every answer shows it (rest.md 2.11). */
const contextSchema = Type.Object({
  id: Type.Integer(),
  uuid: Type.String(),
  name: Type.String(),
  label: Type.String(),
  type: Type.String(),
  tenant_uuid: Type.String(),
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

/** The contexts of the tenant. */
export const listContexts = route({
  method: 'GET',
  path: '/contexts',
  acl: 'confd.contexts.read',
  summary: 'List contexts',
  query: pageQuery,
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
