import { getAuthStatus } from '@lamplighter/contracts'
import { AuthenticationUnavailableError } from '@lamplighter/domain'
import { type Implementation, implement } from '@lamplighter/http'
import type { Store } from '@lamplighter/store'

/** Whether tokens can be given and checked (rest.md 4.1, 14). */
export function statusRoute(store: Store): Implementation {
  return implement(getAuthStatus, async () => {
    if (await store.isReachable()) return {}
    throw new AuthenticationUnavailableError()
  })
}
