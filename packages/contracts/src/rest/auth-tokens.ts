import Type, { type Static } from 'typebox'
import { routesOf } from './route.js'
import { nullable, text } from './schemas.js'

const route = routesOf('auth', 'token')

/** Longest life of a token: ten years, as the contract says. */
const MAX_EXPIRATION_SEC = 315_360_000

/** A token and what it stands for (rest.md 4.3). */
const tokenSchema = Type.Object({
  token: Type.String(),
  session_uuid: Type.String(),
  auth_id: Type.String(),
  xivo_user_uuid: nullable(Type.String()),
  xivo_uuid: Type.String(),
  issued_at: Type.String(),
  expires_at: Type.String(),
  utc_issued_at: Type.String(),
  utc_expires_at: Type.String(),
  acl: Type.Array(Type.String()),
  metadata: Type.Object({
    uuid: Type.String(),
    tenant_uuid: Type.String(),
    auth_id: Type.String(),
    pbx_user_uuid: nullable(Type.String()),
    xivo_uuid: Type.String(),
    purpose: Type.String(),
    admin: Type.Boolean(),
  }),
  remote_addr: Type.String(),
  user_agent: Type.String(),
  /** In the answer to an `offline` login only. */
  refresh_token: Type.Optional(Type.String()),
})
/** Wire form of {@link tokenSchema}. */
export type TokenView = Static<typeof tokenSchema>

const token = { token: 'text' } as const
const checkQuery = Type.Object({ scope: Type.Optional(Type.String()), tenant: Type.Optional(Type.String()) })

/** Options of a login (rest.md 4.2). `backend` and the hints of LDAP and SAML are taken and have no effect here. */
const loginSchema = Type.Object(
  {
    expiration: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_EXPIRATION_SEC })),
    access_type: Type.Optional(Type.Enum(['online', 'offline'])),
    client_id: Type.Optional(text(1024, 1)),
    refresh_token: Type.Optional(Type.String({ maxLength: 1024 })),
    backend: Type.Optional(Type.Unknown()),
    domain_name: Type.Optional(text(256)),
    tenant_id: Type.Optional(text(256)),
    saml_session_id: Type.Optional(text(1024, 1)),
  },
  { examples: [{ backend: 'wazo_user', expiration: 3600, access_type: 'offline', client_id: 'softphone' }] },
)
/** Options of a login, checked one by one; which go together is the handler's to see. */
export type LoginOptions = Static<typeof loginSchema>

/** Logs in: HTTP Basic credentials or a refresh token, options in the JSON body. */
export const createToken = route({
  method: 'POST',
  path: '/token',
  acl: null,
  summary: 'Log in',
  rateLimit: 'login',
  body: loginSchema,
  success: 200,
  response: Type.Object({ data: tokenSchema }),
})

/** Reads a token, and checks that it holds an access and covers a tenant when asked. */
export const getToken = route({
  method: 'GET',
  path: '/token/{token}',
  params: token,
  acl: null,
  summary: 'Read and check a token',
  query: checkQuery,
  success: 200,
  response: Type.Object({ data: tokenSchema }),
})

/** Checks a token without reading it. */
export const checkToken = route({
  method: 'HEAD',
  path: '/token/{token}',
  params: token,
  acl: null,
  summary: 'Check a token',
  query: checkQuery,
  success: 204,
})

/** Ends a token; an unknown one is as good as ended. */
export const deleteToken = route({
  method: 'DELETE',
  path: '/token/{token}',
  params: token,
  acl: null,
  summary: 'Log out',
  success: 200,
  response: Type.Object({ data: Type.Object({ message: Type.String() }) }),
})

/** Checks several accesses at once. */
export const checkScopes = route({
  method: 'POST',
  path: '/token/{token}/scopes/check',
  params: token,
  acl: null,
  summary: 'Check which accesses a token holds',
  body: Type.Object({
    scopes: Type.Array(Type.String({ maxLength: 1024 }), { maxItems: 1000 }),
    tenant_uuid: Type.Optional(nullable(Type.String())),
  }),
  success: 200,
  response: Type.Object({ scopes: Type.Record(Type.String(), Type.Boolean()) }),
})
