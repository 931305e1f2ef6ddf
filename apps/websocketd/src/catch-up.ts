import type { LogRange, LogState } from '@lamplighter/store'
import { type Cursor, formatCursor } from './cursor.js'
import type { History } from './feed.js'
import { OutgoingEvent } from './outgoing-event.js'
import type { GatewaySettings } from './settings.js'
import type { Selection } from './subscriptions.js'
import type { Viewer } from './viewer.js'

/**
 * How a return ended: with everything up to `position`, or, where it could not be done, with where one could begin and, if
 * anything was sent before that came out, up to where.
 */
export type Outcome =
  | { readonly kind: 'replayed'; readonly count: number; readonly position: Cursor }
  | { readonly kind: 'gone' | 'too_many'; readonly oldest: string; readonly position?: Cursor }

/** Who comes back. */
export type Returning = {
  readonly viewer: Viewer
  readonly selection: Selection
  /** Sends events without a look at what waits already; resolves with whether they left. */
  sendAll(events: readonly OutgoingEvent[]): Promise<boolean>
}

const PAGE = 200

/**
 * Brings one client from a cursor to the present (bus.md 5.6): what happens meanwhile is held, the log is read up to
 * its head, and then follows what was held and came after the head. So nothing is missed and nothing comes twice.
 */
export class CatchUp {
  readonly #history: History
  readonly #settings: GatewaySettings
  readonly #held: OutgoingEvent[] = []
  #heldBytes = 0

  constructor(history: History, settings: GatewaySettings) {
    this.#history = history
    this.#settings = settings
  }

  /** Holds a live event. False when there is no room left. */
  hold(event: OutgoingEvent): boolean {
    this.#heldBytes += event.body.length
    this.#held.push(event)
    return this.#held.length <= this.#settings.bufferedEvents && this.#heldBytes <= this.#settings.bufferedBytes
  }

  /** What was held and the client still may have, in order. What it has by then must be left out. */
  release(client: Pick<Returning, 'viewer' | 'selection'>): readonly OutgoingEvent[] {
    return this.#held.filter((event) => isVisibleTo(client, event))
  }

  /** Sends what came after the cursor. Undefined when the client went away meanwhile. @throws what the store throws */
  async replay(client: Returning, cursor: Cursor): Promise<Outcome | undefined> {
    const state = await this.#history.state(filterOf(client).tenantId)
    const oldest = oldestOf(state)
    if (!reachesBack(state, cursor)) return { kind: 'gone', oldest }
    const range = { after: cursor.number, upTo: state.head }
    const { replayedEvents, replayedRows } = this.#settings
    const { read, fitting } = await this.#history.extent(filterOf(client), range, replayedRows + 1)
    if (read > replayedRows || fitting > replayedEvents) return { kind: 'too_many', oldest }
    return this.#sendPages(client, range, state.epoch)
  }

  /**
   * The log's retention goes on while a client reads, so each page is looked at again before it counts as whole: what
   * is missing from it must not be passed over in silence.
   */
  async #sendPages(client: Returning, { after, upTo }: LogRange, epoch: string): Promise<Outcome | undefined> {
    const begun = after
    let count = 0
    for (;;) {
      const rows = await this.#history.page(filterOf(client), { after, upTo }, PAGE)
      const state = await this.#history.state(filterOf(client).tenantId)
      const position = { epoch, number: after }
      if (!reachesBack(state, position))
        return { kind: 'gone', oldest: oldestOf(state), ...(after > begun && { position }) }
      const events = visibleTo(client, rows, epoch)
      if (events.length > 0 && !(await client.sendAll(events))) return undefined
      count += events.length
      const last = rows.at(-1)
      if (!last || rows.length < PAGE) return { kind: 'replayed', count, position: { epoch, number: upTo } }
      after = last.cursor
    }
  }
}

/** Whether everything behind this place is in the log. */
export function reachesBack(state: Pick<LogState, 'epoch' | 'oldest' | 'head'>, { epoch, number }: Cursor): boolean {
  return epoch === state.epoch && number <= state.head && number >= state.oldest - 1
}

/** Where one could begin. */
export function oldestOf({ epoch, oldest }: Pick<LogState, 'epoch' | 'oldest'>): string {
  return formatCursor(epoch, Math.max(0, oldest - 1))
}

/** What of the log a client could be sent at all, as the store can tell. */
export function filterOf({ viewer, selection }: Pick<Returning, 'viewer' | 'selection'>) {
  const { tenantIsMaster, tenantId, userId } = viewer.principal
  return {
    tenantId: tenantIsMaster ? null : tenantId,
    userId: viewer.seesAllUsers ? null : userId,
    names: selection.names,
  }
}

/** The events a client wants and may have now. */
export function visibleTo(
  client: Pick<Returning, 'viewer' | 'selection'>,
  rows: Awaited<ReturnType<History['page']>>,
  epoch: string,
): OutgoingEvent[] {
  return rows.map((row) => new OutgoingEvent(row, epoch)).filter((event) => isVisibleTo(client, event))
}

function isVisibleTo({ viewer, selection }: Pick<Returning, 'viewer' | 'selection'>, event: OutgoingEvent): boolean {
  return selection.wants(event.audience.name) && viewer.isAddressed(event.audience) && viewer.allows(event)
}
