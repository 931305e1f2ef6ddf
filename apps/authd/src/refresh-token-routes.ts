import {
  deleteMyRefreshToken,
  deleteUserRefreshToken,
  listMyRefreshTokens,
  listRefreshTokens,
  listUserRefreshTokens,
  type QueryOf,
  type RefreshTokenView,
} from '@lamplighter/contracts'
import type { UserId } from '@lamplighter/domain'
import { type Implementation, implement } from '@lamplighter/http'
import { type ListedRefreshToken, onlyTenant, type Store, type TenantScope, tenantSubtree } from '@lamplighter/store'
import { invalidListParameter, listScope, readListQuery, toListQuery } from './list-query.js'
import type { LoginAdminService } from './login-admin-service.js'
import { me } from './session-routes.js'

type ListParameters = QueryOf<typeof listMyRefreshTokens>

/** Refresh tokens (rest.md 4.1, 6 to 8). */
export function refreshTokenRoutes(store: Store, admin: LoginAdminService): Implementation[] {
  const list = async (scope: TenantScope, parameters: ListParameters, userId: UserId | undefined) => {
    const { client_id: clientId, mobile, created_at } = parameters
    const query = { ...toListQuery(parameters), userId, clientId, mobile, createdAt: readDate(created_at) }
    const page = await store.access(scope).logins.refreshTokens(query)
    return { body: { ...page, items: page.items.map(toRefreshTokenView) } }
  }
  return [
    implement(listRefreshTokens, (call) => {
      const query = readListQuery(call)
      return list(listScope(call, query.recurse), query, undefined)
    }),
    implement(listUserRefreshTokens, async (call) => {
      const query = readListQuery(call)
      const scope = tenantSubtree(call.tenantId)
      return list(scope, query, await admin.findUser(scope, call.param('user_uuid')))
    }),
    implement(listMyRefreshTokens, (call) => {
      const { userId, tenantId } = me(call)
      return list(onlyTenant(tenantId), readListQuery(call), userId)
    }),
    implement(deleteUserRefreshToken, async (call) => {
      const user = await admin.findUser(tenantSubtree(call.tenantId), call.param('user_uuid'))
      await admin.revokeRefreshToken(user, call.param('client_id'), call.actor)
      return {}
    }),
    implement(deleteMyRefreshToken, async (call) => {
      await admin.revokeRefreshToken(me(call).userId, call.param('client_id'), call.actor)
      return {}
    }),
  ]
}

function readDate(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const date = new Date(text)
  const year = date.getUTCFullYear()
  // Beyond these years a date has a form the database does not read.
  if (year >= 1970 && year <= 9999) return date
  throw invalidListParameter({ created_at: [{ constraintId: 'type', message: 'is not a date' }] })
}

function toRefreshTokenView(token: ListedRefreshToken): RefreshTokenView {
  return {
    client_id: token.clientId,
    created_at: token.createdAt.toISOString(),
    mobile: token.mobile,
    user_uuid: token.userId,
    tenant_uuid: token.tenantId,
    metadata: {},
    expires_at: token.expiresAt.toISOString(),
  }
}
