import type { TokenVerifier } from '@lamplighter/access'
import { type SessionHead, sessionEnded, sessionEndsSoon } from '@lamplighter/contracts'
import type { LoginChange, Store } from '@lamplighter/store'
import { revokeAll } from './refresh-token-service.js'

/** An end this near is announced. */
export const EXPIRES_SOON_SEC = 60
/** Rows a transaction takes at most. */
const BATCH = 500

/** Ends what ran out, and announces what soon will. Any number of processes may do it; each row is done by one. */
export class SessionKeeper {
  readonly #store: Store
  readonly #verifier: TokenVerifier

  constructor(store: Store, verifier: TokenVerifier) {
    this.#store = store
    this.#verifier = verifier
  }

  /** One round: everything that is due now. */
  async round(): Promise<void> {
    await this.#drain(announceExpiring)
    await this.#drain(endExpired)
    await this.#drain(revokeExpired)
    await this.#store.throttle.purge()
  }

  /** Batch after batch, so that no transaction grows with what piled up. */
  async #drain(work: (change: LoginChange) => Promise<Done>): Promise<void> {
    for (;;) {
      const { ended, count } = await this.#store.changeLogins(work)
      for (const { sessionId } of ended) this.#verifier.invalidate(sessionId)
      if (count < BATCH) return
    }
  }
}

type Done = { readonly ended: readonly SessionHead[]; readonly count: number }

async function announceExpiring({ sessions, outbox }: LoginChange): Promise<Done> {
  const expiring = await sessions.announceExpiring(EXPIRES_SOON_SEC, BATCH)
  outbox.add(expiring.map(sessionEndsSoon))
  return { ended: [], count: expiring.length }
}

async function endExpired({ sessions, outbox }: LoginChange): Promise<Done> {
  const ended = await sessions.endExpired(BATCH)
  outbox.add(ended.map(sessionEnded))
  return { ended, count: ended.length }
}

async function revokeExpired(change: LoginChange): Promise<Done> {
  const expired = await change.refreshTokens.lockExpired(BATCH)
  return { ended: await revokeAll(change, expired), count: expired.length }
}
