import type { TenantId } from './ids.js'

/**
 * What makes a creation repeatable: the client's own key (the header `Idempotency-Key`), where it counts, and a
 * fingerprint of what was asked. A key counts once per tenant and scope.
 */
export type RepeatKey = {
  readonly tenantId: TenantId
  /** The kind of creation and whose key it is, e.g. `confd POST /voicemails` and the UUID of the user who asks. */
  readonly scope: string
  readonly key: string
  readonly fingerprint: string
}

/** The result of a creation. `replayed`: nothing was created now, this is what the key's first request created. */
export type Created<Value> = { readonly value: Value; readonly replayed: boolean }
