import { isConsumerPassword, type Principal, toPrincipal } from '@lamplighter/access'
import type { MwiSourceId, SessionId, UserId } from '@lamplighter/domain'
import type { AccountLogin } from '@lamplighter/http'
import type { Store } from '@lamplighter/store'

/** What an account of the ARI may do. */
const ACCOUNT_ACL = ['ari.#']
const FOR_THIS_REQUEST_MS = 60_000
/** Of nobody: a name that is not there costs what a wrong password costs. */
const NOBODY = '0'.repeat(64)

/**
 * Logs accounts of the ARI in, each request anew: their passwords are 256 random bits of ours, so that nothing is won by
 * guessing and a fast hash is enough.
 */
export function ariAccounts(store: Store): AccountLogin {
  return async (username, password) => {
    const account = await store.external.ariAccount(username)
    if (!isConsumerPassword(account?.secretHash ?? NOBODY, password) || !account) return undefined
    const { uuid, tenantId } = account
    return { account: uuid, principal: principalOf(uuid, username, tenantId) }
  }
}

function principalOf(uuid: MwiSourceId, username: string, tenantId: Principal['tenantId']): Principal {
  const now = new Date()
  return toPrincipal({
    // It stands where a session and a user stand elsewhere: for the rate limits, and as who did it in the audit log.
    sessionId: uuid as string as SessionId,
    userId: uuid as string as UserId,
    username,
    tenantId,
    tenantIsMaster: false,
    purpose: 'external_api',
    admin: false,
    acl: ACCOUNT_ACL,
    mobile: false,
    userAgent: '',
    remoteAddr: '',
    createdAt: now,
    expiresAt: new Date(now.getTime() + FOR_THIS_REQUEST_MS),
  })
}
