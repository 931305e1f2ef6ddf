import type { EventRecord } from '@lamplighter/contracts'

/** Channel on which processes without the active relay wake the one that has it. */
export const OUTBOX_CHANNEL = 'lamplighter_outbox'

/** How long remote wake-ups are gathered into one. */
const COALESCE_MS = 3
/** How long the relay leaves the machine to lamps of this process, which are told without it (decision 0056). */
const LAMPS_FIRST_MS = 2
/** Where both are busy it is woken this often at most: each time costs a claim and a confirm, for which lamps would wait. */
const BUSY_MS = 10

/**
 * Says that there is something to relay. In the relay's own process it is a function call, a moment later where lamps hear
 * of the commit too; elsewhere one `NOTIFY` for many commits, outside their transactions, because inside it would serialise every commit of the database
 * (performance.md).
 */
export class OutboxSignal {
  readonly #notify: () => Promise<unknown>
  #listener: (() => void) | undefined
  #ear: ((said: readonly EventRecord[]) => void) | undefined
  #pending: NodeJS.Timeout | undefined
  #wokenAt = 0

  /** @param notify sends the `NOTIFY`; its failure is harmless, the relay also polls */
  constructor(notify: () => Promise<unknown>) {
    this.#notify = notify
  }

  /** Called after each commit that said something, with what it said. */
  poke(said: readonly EventRecord[]): void {
    this.#ear?.(said)
    if (this.#listener && !this.#ear) this.#listener()
    else this.#pending ??= setTimeout(() => this.#wake(), this.#delayMs()).unref()
  }

  /** The relay of this process is active (a function to wake it) or not (undefined). */
  setLocalRelay(listener: (() => void) | undefined): void {
    this.#listener = listener
  }

  /**
   * Somebody in this process is told at once what a commit of this process said (a function), or not any more. It is no
   * more than a wake-up: whoever listens gets every event over the bus as well (decision 0056).
   */
  setLocalEar(ear: ((said: readonly EventRecord[]) => void) | undefined): void {
    this.#ear = ear
  }

  #delayMs(): number {
    if (!this.#listener) return COALESCE_MS
    return Math.max(LAMPS_FIRST_MS, this.#wokenAt + BUSY_MS - performance.now())
  }

  #wake(): void {
    this.#pending = undefined
    this.#wokenAt = performance.now()
    if (this.#listener) this.#listener()
    else this.#notify().catch(() => {})
  }
}
