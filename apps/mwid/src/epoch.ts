import type { SipRepository } from '@lamplighter/store'

const WORKER = 'mwid'

/** The worker's epoch: raised at every take-over, so that no NOTIFY's CSeq goes back (sip.md 5.3). */
export class Epoch {
  readonly #sip: SipRepository
  #now = 0

  constructor(sip: SipRepository) {
    this.#sip = sip
  }

  /** The present epoch. */
  get now(): number {
    return this.#now
  }

  /** Begins the next one. */
  async raise(): Promise<number> {
    this.#now = await this.#sip.raiseEpoch(WORKER)
    return this.#now
  }

  /** Ends it: everything that was done in it is written down, so that the next worker can trust the ledger. */
  async end(): Promise<void> {
    await this.#sip.endEpoch(this.#now)
  }
}
