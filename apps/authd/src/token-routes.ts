import { checkScopes, checkToken, createToken, deleteToken, getToken } from '@lamplighter/contracts'
import { type Implementation, implement } from '@lamplighter/http'
import { readLogin } from './login-request.js'
import type { LoginService } from './login-service.js'
import type { TokenService } from './token-service.js'
import { toTokenView } from './token-view.js'

/** Token endpoints (rest.md 4.1, 1 to 5). */
export function tokenRoutes(logins: LoginService, tokens: TokenService, originUuid: string): Implementation[] {
  return [
    implement(createToken, async (call) => {
      const { token, principal, refreshToken, sessionsRevoked } = await logins.logIn(readLogin(call))
      const view = toTokenView(token, principal, originUuid)
      const data = refreshToken === undefined ? view : { ...view, refresh_token: refreshToken }
      return { headers: { 'wazo-sessions-revoked': String(sessionsRevoked) }, body: { data } }
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
