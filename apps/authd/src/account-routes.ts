import {
  type AccountView,
  changeMyPassword,
  createAccount,
  deleteAccount,
  getAccount,
  listAccounts,
  setPassword,
  updateAccount,
} from '@lamplighter/contracts'
import { type Call, type Implementation, implement } from '@lamplighter/http'
import { type LoginAccount, type Store, tenantSubtree } from '@lamplighter/store'
import type { AccountService } from './account-service.js'
import { creationAnswer } from './creation-answer.js'
import { listScope, readListQuery, toFilters, toListQuery } from './list-query.js'
import { me } from './session-routes.js'

const FILTERS = ['uuid', 'username', 'firstname', 'lastname', 'purpose'] as const

/** Accounts and their passwords. By UUID the whole subtree is in reach. */
export function accountRoutes(store: Store, accounts: AccountService): Implementation[] {
  const scope = (call: Pick<Call, 'tenantId' | 'actor'>) => tenantSubtree(call.tenantId, call.actor)
  return [
    implement(listAccounts, async (call) => {
      const query = readListQuery(call)
      const { users } = store.access(listScope(call, query.recurse))
      const page = await users.list({ ...toListQuery(query), filters: toFilters(query, FILTERS) })
      return { body: { ...page, items: page.items.map(toAccountView) } }
    }),
    implement(createAccount, async (call) => {
      const { value, replayed } = await accounts.create(call.tenantId, call.repeatKey(), call.body())
      return creationAnswer(toAccountView(value), replayed)
    }),
    implement(getAccount, async (call) => ({
      body: toAccountView(await accounts.get(scope(call), call.param('user_uuid'))),
    })),
    implement(updateAccount, async (call) => ({
      body: toAccountView(await accounts.update(scope(call), me(call), call.param('user_uuid'), call.body())),
    })),
    implement(deleteAccount, async (call) => {
      await accounts.delete(scope(call), call.param('user_uuid'))
      return {}
    }),
    implement(setPassword, async (call) => {
      const { old_password: old, new_password: newPassword } = call.body()
      const password = { oldPassword: old ?? undefined, newPassword, address: call.request.ip }
      await accounts.setPassword(scope(call), me(call), call.param('user_uuid'), password)
      return {}
    }),
    implement(changeMyPassword, async (call) => {
      const { old_password: old, new_password: wanted } = call.body()
      await accounts.changeOwnPassword(me(call), old, wanted, call.request.ip)
      return {}
    }),
  ]
}

function toAccountView(account: LoginAccount): AccountView {
  return {
    uuid: account.uuid,
    tenant_uuid: account.tenantId,
    username: account.username,
    firstname: account.firstname === '' ? null : account.firstname,
    lastname: account.lastname,
    purpose: account.purpose,
    enabled: account.enabled,
    emails: account.email === null ? [] : [{ address: account.email, main: true, confirmed: true }],
  }
}
