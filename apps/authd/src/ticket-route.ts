import { createTicket, hashTicket } from '@lamplighter/access'
import { createWsTicket } from '@lamplighter/contracts'
import { AuthenticationError } from '@lamplighter/domain'
import { type Implementation, implement } from '@lamplighter/http'
import type { Store } from '@lamplighter/store'

/** Long enough to open a socket with, too short for a log to be of use to anybody. */
const LIFETIME_SEC = 30

/** Tickets for the gateway: only their hash is kept, and they end with their session. */
export function ticketRoute(store: Store): Implementation {
  return implement(createWsTicket, async (call) => {
    const ticket = createTicket()
    const kept = await store.tickets.create(hashTicket(ticket), call.caller.principal.sessionId, LIFETIME_SEC)
    // Logged out since the token was checked.
    if (!kept) throw new AuthenticationError('unauthorized', 'a valid token is required')
    return { headers: { 'cache-control': 'no-store' }, body: { ticket, expires_in: LIFETIME_SEC } }
  })
}
