import { Readable } from 'node:stream'
import { CatchUp, filterOf, type Outcome } from './catch-up.js'
import { type Cursor, formatCursor } from './cursor.js'
import type { Member } from './members.js'
import type { OutgoingEvent } from './outgoing-event.js'
import type { ResumingContext } from './resuming-session.js'
import { retentionSecOf } from './retention.js'
import type { Selection } from './subscriptions.js'
import { Viewer } from './viewer.js'

/** How long a client waits before it comes back. */
const RETRY_MS = 3000

/**
 * Events as an HTTP answer that goes on: what came after a cursor, then what happens. The first thing it says is where
 * the log stands. It ends when the client leaves or reads too slowly, or when its session ends; clients come back by
 * themselves with the last id they saw.
 */
export class EventStream extends Readable implements Member {
  readonly selection: Selection
  readonly #context: ResumingContext
  readonly #catchUp: CatchUp
  readonly #hangUp: () => void
  #viewer: Viewer
  #live = false
  #ended = false
  /** What the client has. */
  #position: Cursor = { epoch: '', number: 0 }
  #drained: (() => void) | undefined

  /** @param hangUp closes the connection, whatever waits on it */
  constructor(viewer: Viewer, selection: Selection, context: ResumingContext, hangUp: () => void) {
    super({ read: () => this.#drained?.() })
    this.#viewer = viewer
    this.selection = selection
    this.#context = context
    this.#catchUp = new CatchUp(context.history, context.settings)
    this.#hangUp = hangUp
    this.on('close', () => this.#leave())
  }

  get viewer(): Viewer {
    return this.#viewer
  }

  /** Begins: with what came after the cursor, where there is one. */
  begin(after: Cursor | undefined): void {
    this.#context.members.add(this)
    this.#open(after).catch((err) => {
      this.#context.log.warn({ err }, 'the log cannot be read for a stream')
      this.destroy()
    })
  }

  offer(event: OutgoingEvent): void {
    if (this.selection.wants(event.audience.name) && this.#viewer.allows(event)) this.#receive(event)
  }

  #receive(event: OutgoingEvent): void {
    if (event.isUpTo(this.#position)) return
    if (!this.#live) {
      if (!this.#catchUp.hold(event)) this.destroy()
    } else if (this.readableLength > this.#context.settings.bufferedBytes) this.destroy()
    else this.#write(event.serverSent)
  }

  /** It stays in the tenant it was opened for, whatever the session's own is. */
  renew({ principal }: Viewer): void {
    this.#viewer = new Viewer(principal, this.#viewer.principal.tenantId)
  }

  ping(): void {
    this.#write(': \n\n')
  }

  close(): void {
    this.#leave()
    if (this.destroyed || this.#ended) return
    this.#ended = true
    this.push(null)
    // It is no longer counted: what waits for a client that reads nothing must not stay for as long as that likes.
    setTimeout(this.#hangUp, this.#context.settings.lingerMs).unref()
  }

  /** Sends all of these, and resolves with whether they left. */
  async sendAll(events: readonly OutgoingEvent[]): Promise<boolean> {
    for (const event of events) this.#write(event.serverSent)
    if (this.readableLength > this.readableHighWaterMark) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve
      })
    }
    return !this.destroyed && !this.#ended
  }

  async #open(after: Cursor | undefined): Promise<void> {
    await this.#context.placed
    const state = await this.#context.history.state(filterOf(this).tenantId)
    const { epoch, head } = state
    const cursor = formatCursor(epoch, head)
    const retention_s = retentionSecOf(this.#viewer, state, this.#context.retentionSec)
    // Without an id: who comes back early must not skip what it did not get.
    this.#say('init', { cursor, retention_s }, `retry: ${RETRY_MS}\n`)
    const outcome = await this.#catchUp.replay(this, after ?? { epoch, number: head })
    if (!outcome) return
    if (outcome.kind !== 'replayed') this.#sayGap(outcome)
    if (outcome.position) this.#position = outcome.position
    this.#live = true
    for (const event of this.#catchUp.release(this)) this.#receive(event)
  }

  #sayGap({ kind, oldest }: Extract<Outcome, { oldest: string }>): void {
    this.#say('gap', { reason: kind, oldest })
  }

  #say(event: string, data: object, before = ''): void {
    this.#write(`${before}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  #write(chunk: Buffer | string): void {
    if (!this.destroyed && !this.#ended) this.push(chunk)
  }

  #leave(): void {
    this.#context.members.remove(this)
    this.#drained?.()
  }
}
