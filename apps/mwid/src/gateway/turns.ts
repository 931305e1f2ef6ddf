import type { MailboxId } from '@lamplighter/domain'
import type { Clock } from '@lamplighter/sip'
import { LampQueue, type Urgency } from './lamp-queue.js'
import { cameBack, mayGo, NEW_PACE, went } from './pace.js'

/** What gives turns. */
export type TurnsParts = {
  readonly clock: Clock
  readonly ratePerSec: number
  /** Sends this lamp's request; `hold`: nobody can be told now, so nobody else's either; `gone`: it wants none any more. */
  readonly give: (id: MailboxId) => 'sent' | 'hold' | 'gone'
}

/** Gives lamps their turns: the most urgent first, as fast as the gateway may be told. */
export class Turns {
  readonly #parts: TurnsParts
  readonly #queue = new LampQueue()
  #pace = NEW_PACE
  #cancel: (() => void) | undefined
  #stopped = false

  constructor(parts: TurnsParts) {
    this.#parts = parts
  }

  /** A lamp wants a turn. */
  want(id: MailboxId, urgency: Urgency): void {
    this.#queue.add(id, urgency)
    // Those who come together are in line before the first is called.
    this.#cancel ??= this.#parts.clock.after(0, () => this.wake())
  }

  /** A lamp wants none any more. */
  drop(id: MailboxId): void {
    this.#queue.remove(id)
  }

  /** A request is over; a gateway that answers nothing, or that it is busy, is told more slowly. */
  returned(slow: boolean): void {
    this.#pace = cameBack(this.#pace, slow)
    this.wake()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  /** Gives as many turns as there may be now. */
  wake(): void {
    this.#cancel?.()
    this.#cancel = undefined
    const { clock, ratePerSec, give } = this.#parts
    for (let id = this.#queue.peek(); id !== undefined && !this.#stopped; id = this.#queue.peek()) {
      const { go, waitMs } = mayGo(this.#pace, clock.now(), ratePerSec)
      if (!go && waitMs !== undefined) this.#cancel = clock.after(waitMs, () => this.wake())
      if (!go) return
      // Taken out first: what it does may put it in again.
      this.#queue.remove(id)
      const outcome = give(id)
      if (outcome === 'sent') this.#pace = went(this.#pace, clock.now(), ratePerSec)
      if (outcome === 'hold') return this.#queue.add(id, 0)
    }
  }
}
