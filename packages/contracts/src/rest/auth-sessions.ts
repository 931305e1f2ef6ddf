import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { authList, authListFields } from './schemas.js'

const route = routesOf('auth')

/** A session as lists show it: never its token (rest.md 4.4). */
const sessionSchema = Type.Object({
  uuid: Type.String(),
  user_uuid: Type.String(),
  tenant_uuid: Type.String(),
  mobile: Type.Boolean(),
})
/** Wire form of a session. */
export type SessionView = Static<typeof sessionSchema>

/** `order` has one column and no default. */
const sessionListFields = { ...authListFields, order: Type.Optional(Type.Enum(['mobile'])) }
const userSessionsQuery = Type.Object(sessionListFields)

/** The live sessions of the tenant. */
export const listSessions = route({
  method: 'GET',
  path: '/sessions',
  acl: 'auth.sessions.read',
  summary: 'List sessions',
  query: Type.Object({ ...sessionListFields, recurse: Type.Optional(Type.Boolean()) }),
  success: 200,
  response: authList(sessionSchema),
})

/** Ends a session; an unknown one is as good as ended. */
export const deleteSession = route({
  method: 'DELETE',
  path: '/sessions/{session_uuid}',
  params: { session_uuid: 'uuid' },
  acl: 'auth.sessions.{session_uuid}.delete',
  summary: 'End a session',
  success: 204,
})

/** The live sessions of a user. */
export const listUserSessions = route({
  method: 'GET',
  path: '/users/{user_uuid}/sessions',
  params: { user_uuid: 'uuid' },
  acl: 'auth.users.{user_uuid}.sessions.read',
  summary: 'List the sessions of a user',
  query: userSessionsQuery,
  success: 200,
  response: authList(sessionSchema),
})

/** The caller's own live sessions. */
export const listMySessions = route({
  method: 'GET',
  path: '/users/me/sessions',
  acl: 'auth.users.me.sessions.read',
  summary: 'List my sessions',
  query: userSessionsQuery,
  success: 200,
  response: authList(sessionSchema),
})

/** Ends a session of a user. */
export const deleteUserSession = route({
  method: 'DELETE',
  path: '/users/{user_uuid}/sessions/{session_uuid}',
  params: { user_uuid: 'uuid', session_uuid: 'uuid' },
  acl: 'auth.users.{user_uuid}.sessions.{session_uuid}.delete',
  summary: 'End a session of a user',
  success: 204,
})

/** Ends a session of the caller's own. */
export const deleteMySession = route({
  method: 'DELETE',
  path: '/users/me/sessions/{session_uuid}',
  params: { session_uuid: 'uuid' },
  acl: 'auth.users.me.sessions.{session_uuid}.delete',
  summary: 'End one of my sessions',
  success: 204,
})
