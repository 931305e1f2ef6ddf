import type { MailboxId } from '@lamplighter/domain'

/** Which lamp goes first: changes before what is only said again, and what waits before what does not. */
export type Urgency = 0 | 1 | 2 | 3

/** The urgency of a lamp. */
export function urgencyOf(lit: boolean, again: boolean): Urgency {
  return again ? (lit ? 2 : 3) : lit ? 0 : 1
}

/** Lamps that want a turn, each once, the most urgent first and in the order they came. */
export class LampQueue {
  readonly #lanes: readonly Set<MailboxId>[] = [new Set(), new Set(), new Set(), new Set()]

  /** How many wait. */
  get size(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.size, 0)
  }

  /** Adds a lamp, or moves it where it is now. One that waited as more urgent stays so. */
  add(id: MailboxId, urgency: Urgency): void {
    const at = this.#lanes.findIndex((lane) => lane.has(id))
    if (at >= 0 && at <= urgency) return
    if (at >= 0) this.#lanes[at]?.delete(id)
    this.#lanes[urgency]?.add(id)
  }

  /** The next lamp, without taking it. */
  peek(): MailboxId | undefined {
    for (const lane of this.#lanes) for (const id of lane) return id
    return undefined
  }

  /** Takes a lamp out. */
  remove(id: MailboxId): void {
    for (const lane of this.#lanes) lane.delete(id)
  }
}
