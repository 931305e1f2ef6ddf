import { type Logger, Rounds } from '@lamplighter/runtime'
import type { LostMailbox, Store } from '@lamplighter/store'

/** Between two looks; so long after it was due a silent source is lost at the latest, beside a backlog. */
const LOOK_EVERY_MS = 5000
/** Mailboxes of one look; the rest waits for the next one. */
const MAX_PER_LOOK = 1000

/** Looks for external mailboxes that were not heard of in time. The first look leaves time to ask our servers anew. */
export class SourceWatch {
  readonly #store: Store
  readonly #log: Logger
  readonly #rounds = new Rounds(() => this.#look(), LOOK_EVERY_MS)

  constructor(store: Store, log: Logger) {
    this.#store = store
    this.#log = log
  }

  start(): void {
    this.#rounds.start()
  }

  /** Ends with the look that is under way. */
  stop(): Promise<void> {
    return this.#rounds.stop()
  }

  async #look(): Promise<void> {
    try {
      logLost(this.#log, await this.#store.changeSources((alarm) => alarm.silent(new Date(), MAX_PER_LOOK)))
    } catch (err) {
      this.#log.warn({ err }, 'external mailboxes that are not heard of cannot be looked for')
    }
  }
}

/** A line for each mailbox that was lost. */
export function logLost(log: Logger, lost: readonly LostMailbox[]): void {
  for (const one of lost) log.warn(one, 'an external mailbox is not heard of any more: its counts are old')
}
