import { getCalldStatus } from '@lamplighter/contracts'
import { type Implementation, implement } from '@lamplighter/http'
import type { Store } from '@lamplighter/store'

/** Whether calld can do its work; `cache_items` is the contract's, and nothing is cached. */
export function statusRoute(store: Store): Implementation {
  return implement(getCalldStatus, async () => {
    const status = (await store.isReachable()) ? 'ok' : 'fail'
    const plugins = { voicemails: { status, cache_items: 0 } }
    return { body: { rest_api: { status: 'ok' }, database: { status }, plugins } }
  })
}
