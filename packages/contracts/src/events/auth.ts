import Type from 'typebox'
import { defineEvent } from './definition.js'

const endedSession = Type.Object({ uuid: Type.String(), user_uuid: Type.String(), tenant_uuid: Type.String() })
const refreshToken = Type.Object({
  client_id: Type.String(),
  mobile: Type.Boolean(),
  user_uuid: Type.String(),
  tenant_uuid: Type.String(),
})

/** Somebody logged in. The three session events carry `session_uuid` beside the usual attributes. */
export const sessionCreated = defineEvent({
  name: 'auth_session_created',
  kind: 'user',
  attributes: ['session_uuid'],
  routingKey: 'auth.sessions.{uuid}.created',
  data: Type.Object({ ...endedSession.properties, mobile: Type.Boolean() }),
  description: 'A session began: somebody logged in or used a refresh token.',
})

/** A session ended; its token is worth nothing from now on. */
export const sessionDeleted = defineEvent({
  name: 'auth_session_deleted',
  kind: 'user',
  attributes: ['session_uuid'],
  routingKey: 'auth.sessions.{uuid}.deleted',
  data: endedSession,
  description: 'A session ended: logout, removal, its refresh token revoked, its user disabled, or it ran out.',
})

/** A session has a minute left. Said once per session. */
export const sessionExpireSoon = defineEvent({
  name: 'auth_session_expire_soon',
  kind: 'user',
  attributes: ['session_uuid'],
  routingKey: 'auth.users.{user_uuid}.sessions.{uuid}.expire_soon',
  data: endedSession,
  description: 'A session ends within a minute; said exactly once, at the login when it is that short.',
})

/** A client got a refresh token. */
export const refreshTokenCreated = defineEvent({
  name: 'auth_refresh_token_created',
  kind: 'user',
  routingKey: 'auth.users.{user_uuid}.tokens.{client_id}.created',
  data: refreshToken,
  description: 'A client got a refresh token by an offline login.',
})

/** A refresh token is worth nothing any more; the sessions made from it ended with it. */
export const refreshTokenDeleted = defineEvent({
  name: 'auth_refresh_token_deleted',
  kind: 'user',
  routingKey: 'auth.users.{user_uuid}.tokens.{client_id}.deleted',
  data: refreshToken,
  description: 'A refresh token was revoked, replaced or ran out.',
})

/** A tenant was created. */
export const tenantAdded = defineEvent({
  name: 'auth_tenant_added',
  kind: 'tenant',
  routingKey: 'auth.tenants.{uuid}.created',
  data: Type.Object({
    uuid: Type.String(),
    name: Type.String(),
    slug: Type.String(),
    domain_names: Type.Array(Type.String()),
  }),
  description: 'A tenant was created.',
})

/** A tenant changed. */
export const tenantUpdated = defineEvent({
  name: 'auth_tenant_updated',
  kind: 'tenant',
  routingKey: 'auth.tenants.{uuid}.updated',
  data: Type.Object({ uuid: Type.String(), name: Type.String() }),
  description: 'A tenant was changed.',
})

/** A tenant was deleted. */
export const tenantDeleted = defineEvent({
  name: 'auth_tenant_deleted',
  kind: 'tenant',
  routingKey: 'auth.tenants.{uuid}.deleted',
  data: Type.Object({ uuid: Type.String() }),
  description: 'A tenant was deleted.',
})

/** What a user may do, or who the user is, changed: whoever remembers the user's rights forgets them (ours). */
export const userRightsChanged = defineEvent({
  name: 'auth_user_rights_changed',
  kind: 'user',
  routingKey: 'auth.users.{user_uuid}.rights.updated',
  data: Type.Object({ user_uuid: Type.String(), tenant_uuid: Type.String() }),
  description: 'A policy was given to or taken from a user, or the account was changed or deleted.',
})

/** A policy changed or went: the rights of everyone in the tenant may have (ours). */
export const policyChanged = defineEvent({
  name: 'auth_policy_changed',
  kind: 'tenant',
  routingKey: 'auth.policies.{uuid}.updated',
  data: Type.Object({ uuid: Type.String(), tenant_uuid: Type.String() }),
  description: 'The patterns of a policy changed, or the policy was deleted.',
})
