import { checkScopes, checkToken, createToken, deleteToken, getToken } from '@lamplighter/contracts'
import { AuthenticationError } from '@lamplighter/domain'
import { type Call, type Implementation, implement } from '@lamplighter/http'
import { readBasicCredentials } from './credentials.js'
import type { Login, TokenService } from './token-service.js'
import { toTokenView } from './token-view.js'

const DEFAULT_EXPIRATION_SEC = 7200

/** Token endpoints (rest.md 4.1, 1 to 5). */
export function tokenRoutes(tokens: TokenService, originUuid: string): Implementation[] {
  return [
    implement(createToken, async (call) => {
      const { token, principal } = await tokens.logIn(readLogin(call))
      const headers = { 'wazo-sessions-revoked': '0' }
      return { headers, body: { data: toTokenView(token, principal, originUuid) } }
    }),
    implement(getToken, async (call) => {
      const token = call.param('token')
      const { scope, tenant } = call.query()
      const principal = await tokens.check(token, { scope, tenant })
      return { body: { data: toTokenView(token, principal, originUuid) } }
    }),
    implement(checkToken, async (call) => {
      const { scope, tenant } = call.query()
      await tokens.check(call.param('token'), { scope, tenant })
      return {}
    }),
    implement(deleteToken, async (call) => {
      await tokens.revoke(call.param('token'))
      return { body: { data: { message: 'success' } } }
    }),
    implement(checkScopes, async (call) => {
      const { scopes, tenant_uuid: tenant } = call.body()
      return { body: { scopes: await tokens.checkScopes(call.param('token'), scopes, tenant ?? undefined) } }
    }),
  ]
}

function readLogin(call: Call<typeof createToken>): Login {
  const { expiration = DEFAULT_EXPIRATION_SEC } = call.body()
  const { headers, ip } = call.request
  const credentials = readBasicCredentials(headers.authorization)
  if (!credentials) throw new AuthenticationError('authentication-failed', 'Authentication Failed')
  const sessionType = headers['wazo-session-type']
  return {
    ...credentials,
    expirationSec: expiration,
    mobile: typeof sessionType === 'string' && sessionType.toLowerCase() === 'mobile',
    userAgent: (headers['user-agent'] ?? '').slice(0, 512),
    remoteAddr: ip,
  }
}
