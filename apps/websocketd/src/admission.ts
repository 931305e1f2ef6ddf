import { hashTicket, type Principal, type TokenVerifier } from '@lamplighter/access'
import { CLOSE, type CloseReason } from '@lamplighter/contracts'
import { LamplighterError } from '@lamplighter/domain'
import type { TicketRepository } from '@lamplighter/store'

/** Access a token must hold to use the gateway at all. */
const GATEWAY_ACCESS = 'websocketd'
/** Longer texts are no tickets of ours. */
const MAX_TICKET_CHARS = 64

/** Says who may use the gateway: the principal, or why not (bus.md 3.1). */
export class Admission {
  readonly #verifier: Pick<TokenVerifier, 'verify' | 'verifySession'>
  readonly #tickets: Pick<TicketRepository, 'take'>

  constructor(verifier: Pick<TokenVerifier, 'verify' | 'verifySession'>, tickets: Pick<TicketRepository, 'take'>) {
    this.#verifier = verifier
    this.#tickets = tickets
  }

  /** By a token. */
  byToken(token: string): Promise<Principal | CloseReason> {
    return admit(() => this.#verifier.verify(token))
  }

  /** By a one-time ticket, which is used up. */
  byTicket(ticket: string): Promise<Principal | CloseReason> {
    return admit(async () => {
      const session = ticket.length <= MAX_TICKET_CHARS ? await this.#tickets.take(hashTicket(ticket)) : undefined
      return session && this.#verifier.verifySession(session)
    })
  }
}

/** Only what the store itself could not say is worth another try: a client told 4002 makes its user log in again. */
async function admit(verify: () => Promise<Principal | undefined>): Promise<Principal | CloseReason> {
  try {
    const principal = await verify()
    return principal?.allows(GATEWAY_ACCESS) ? principal : CLOSE.authenticationFailed
  } catch (error) {
    const known = error instanceof LamplighterError && !error.transient
    return known ? CLOSE.authenticationFailed : CLOSE.tryAgain
  }
}
