import {
  deleteMySession,
  deleteSession,
  deleteUserSession,
  listMySessions,
  listSessions,
  listUserSessions,
  type SessionView,
} from '@lamplighter/contracts'
import type { UserId } from '@lamplighter/domain'
import { type Call, type Implementation, implement } from '@lamplighter/http'
import {
  type AuthListQuery,
  type ListedSession,
  onlyTenant,
  type Store,
  type TenantScope,
  tenantSubtree,
} from '@lamplighter/store'
import { listScope, readListQuery, toListQuery } from './list-query.js'
import type { LoginAdminService } from './login-admin-service.js'

/** Sessions (rest.md 4.1, 9 to 12). */
export function sessionRoutes(store: Store, admin: LoginAdminService): Implementation[] {
  const list = async (scope: TenantScope, query: AuthListQuery<'mobile'>, userId: UserId | undefined) => {
    const page = await store.access(scope).logins.sessions({ ...query, userId })
    return { body: { ...page, items: page.items.map(toSessionView) } }
  }
  return [
    implement(listSessions, (call) => {
      const query = readListQuery(call)
      return list(listScope(call, query.recurse), toListQuery(query), undefined)
    }),
    implement(deleteSession, async (call) => {
      await admin.endSession(call.tenantId, call.param('session_uuid'), call.actor)
      return {}
    }),
    implement(listUserSessions, async (call) => {
      const query = toListQuery(readListQuery(call))
      const scope = tenantSubtree(call.tenantId)
      return list(scope, query, await admin.findUser(scope, call.param('user_uuid')))
    }),
    implement(listMySessions, (call) => {
      const { userId, tenantId } = me(call)
      return list(onlyTenant(tenantId), toListQuery(readListQuery(call)), userId)
    }),
    implement(deleteUserSession, async (call) => {
      const user = await admin.findUser(tenantSubtree(call.tenantId), call.param('user_uuid'))
      await admin.endSessionOfUser(user, call.param('session_uuid'), call.actor)
      return {}
    }),
    implement(deleteMySession, async (call) => {
      await admin.endSessionOfUser(me(call).userId, call.param('session_uuid'), call.actor)
      return {}
    }),
  ]
}

/** Who calls, in the caller's own tenant whatever tenant the call acts in. */
export function me({ caller }: Pick<Call, 'caller'>) {
  return caller.principal
}

function toSessionView({ sessionId, userId, tenantId, mobile }: ListedSession): SessionView {
  return { uuid: sessionId, user_uuid: userId, tenant_uuid: tenantId, mobile }
}
