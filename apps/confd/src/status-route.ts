import { getConfdStatus } from '@lamplighter/contracts'
import { type Implementation, implement } from '@lamplighter/http'
import type { Store } from '@lamplighter/store'

/** Whether confd can do its work. */
export function statusRoute(store: Store): Implementation {
  return implement(getConfdStatus, async () => {
    const database = (await store.isReachable()) ? 'ok' : 'fail'
    return { body: { rest_api: { status: 'ok' }, database: { status: database } } }
  })
}
