import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { authList, authListFields, text } from './schemas.js'

const route = routesOf('auth')

/** A refresh token as lists show it: never the token itself (rest.md 4.4). */
const refreshTokenSchema = Type.Object({
  client_id: Type.String(),
  created_at: Type.String(),
  mobile: Type.Boolean(),
  user_uuid: Type.String(),
  tenant_uuid: Type.String(),
  metadata: Type.Object({}),
  /** When it ends unless it is used before (ours). */
  expires_at: Type.String(),
})
/** Wire form of a refresh token. */
export type RefreshTokenView = Static<typeof refreshTokenSchema>

const refreshTokenListFields = {
  ...authListFields,
  order: Type.Optional(Type.Enum(['created_at', 'client_id', 'mobile'])),
  created_at: Type.Optional(text(64)),
  client_id: Type.Optional(text(1024)),
  mobile: Type.Optional(Type.Boolean()),
}
const userTokensQuery = Type.Object(refreshTokenListFields)

/** The refresh tokens of the tenant. */
export const listRefreshTokens = route({
  method: 'GET',
  path: '/tokens',
  acl: 'auth.tokens.read',
  summary: 'List refresh tokens',
  query: Type.Object({ ...refreshTokenListFields, recurse: Type.Optional(Type.Boolean()) }),
  success: 200,
  response: authList(refreshTokenSchema),
})

/** The refresh tokens of a user. */
export const listUserRefreshTokens = route({
  method: 'GET',
  path: '/users/{user_uuid}/tokens',
  params: { user_uuid: 'uuid' },
  acl: 'auth.users.{user_uuid}.tokens.read',
  summary: 'List the refresh tokens of a user',
  query: userTokensQuery,
  success: 200,
  response: authList(refreshTokenSchema),
})

/** The caller's own refresh tokens. */
export const listMyRefreshTokens = route({
  method: 'GET',
  path: '/users/me/tokens',
  acl: 'auth.users.me.tokens.read',
  summary: 'List my refresh tokens',
  query: userTokensQuery,
  success: 200,
  response: authList(refreshTokenSchema),
})

/** Revokes the refresh token of a user's client, and ends the sessions made from it. */
export const deleteUserRefreshToken = route({
  method: 'DELETE',
  path: '/users/{user_uuid}/tokens/{client_id}',
  params: { user_uuid: 'uuid', client_id: 'text' },
  acl: 'auth.users.{user_uuid}.tokens.{client_id}.delete',
  summary: 'Revoke a refresh token of a user',
  success: 204,
})

/** Revokes the refresh token of one of the caller's own clients, and ends the sessions made from it. */
export const deleteMyRefreshToken = route({
  method: 'DELETE',
  path: '/users/me/tokens/{client_id}',
  params: { client_id: 'text' },
  acl: 'auth.users.me.tokens.{client_id}.delete',
  summary: 'Revoke one of my refresh tokens',
  success: 204,
})
