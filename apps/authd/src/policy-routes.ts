import {
  addUserPolicy,
  createPolicy,
  deletePolicy,
  getPolicy,
  listPolicies,
  listUserPolicies,
  type PolicyView,
  removeUserPolicy,
  updatePolicy,
} from '@lamplighter/contracts'
import { type Call, type Implementation, implement } from '@lamplighter/http'
import { type AuthPage, type Policy, type Store, tenantSubtree } from '@lamplighter/store'
import { creationAnswer } from './creation-answer.js'
import { listScope, readListQuery, toListQuery } from './list-query.js'
import type { LoginAdminService } from './login-admin-service.js'
import type { PolicyService } from './policy-service.js'
import { me } from './session-routes.js'

/** Policies, and who has them. By UUID the whole subtree is in reach. */
export function policyRoutes(store: Store, admin: LoginAdminService, policies: PolicyService): Implementation[] {
  const scope = (call: Pick<Call, 'tenantId' | 'actor'>) => tenantSubtree(call.tenantId, call.actor)
  return [
    implement(listPolicies, async (call) => {
      const query = readListQuery(call)
      return toList(await store.access(listScope(call, query.recurse)).policies.list(toListQuery(query)))
    }),
    implement(createPolicy, async (call) => {
      const { value, replayed } = await policies.create(call.tenantId, call.repeatKey(), me(call), call.body())
      return creationAnswer(toPolicyView(value), replayed)
    }),
    implement(getPolicy, async (call) => ({
      body: toPolicyView(await policies.get(scope(call), call.param('policy_uuid'))),
    })),
    implement(updatePolicy, async (call) => ({
      body: toPolicyView(await policies.update(scope(call), me(call), call.param('policy_uuid'), call.body())),
    })),
    implement(deletePolicy, async (call) => {
      await policies.delete(scope(call), me(call), call.param('policy_uuid'))
      return {}
    }),
    implement(listUserPolicies, async (call) => {
      const query = toListQuery(readListQuery(call))
      const user = await admin.findUser(scope(call), call.param('user_uuid'))
      return toList(await store.access(scope(call)).policies.listOfUser(user, query))
    }),
    implement(addUserPolicy, async (call) => {
      await policies.give(scope(call), me(call), call.param('user_uuid'), call.param('policy_uuid'))
      return {}
    }),
    implement(removeUserPolicy, async (call) => {
      await policies.take(scope(call), me(call), call.param('user_uuid'), call.param('policy_uuid'))
      return {}
    }),
  ]
}

function toList(page: AuthPage<Policy>) {
  return { body: { ...page, items: page.items.map(toPolicyView) } }
}

function toPolicyView({ uuid, tenantId, name, slug, description, acl, builtIn }: Policy): PolicyView {
  return { uuid, tenant_uuid: tenantId, name, slug, description, acl: [...acl], read_only: builtIn, shared: false }
}
