import type { Principal } from '@lamplighter/access'
import { CLOSE, type CloseReason, type ProtocolVersion } from '@lamplighter/contracts'
import type { Logger } from '@lamplighter/runtime'
import type { WebSocket } from 'ws'
import type { Admission } from './admission.js'
import type { ClientFrame, FrameReader, FrameTaker } from './frame-reader.js'
import type { Member, Members } from './members.js'
import type { OutgoingEvent } from './outgoing-event.js'
import type { GatewaySettings } from './settings.js'
import type { Selection } from './subscriptions.js'
import { Viewer } from './viewer.js'

/** What sessions share. */
export type SessionContext = {
  /** Resolves when the gateway has its place in the log. Who were served before would miss what happens until then. */
  readonly placed: Promise<void>
  readonly admission: Admission
  readonly members: Members
  readonly settings: GatewaySettings
  readonly log: Logger
}

const TEXT = { binary: false } as const

/**
 * One socket. It takes commands one after the other, and events once it is live; what its protocol says is its
 * subclass's. It ends when the client leaves, reads too slowly or does not answer pings, or when its token ends.
 */
export abstract class Session implements Member, FrameTaker {
  protected readonly context: SessionContext
  protected abstract readonly version: ProtocolVersion
  protected abstract readonly selection: Selection
  readonly #socket: WebSocket
  readonly #frames: FrameReader
  #viewer: Viewer
  #ended = false
  #answered = true
  /** Events sent since nothing waited last. */
  #unsent = 0
  /** Resolves when the last answer that had to wait left, or never will. */
  #lastAnswer: Promise<void> | undefined

  constructor(socket: WebSocket, frames: FrameReader, principal: Principal, context: SessionContext) {
    this.#socket = socket
    this.#frames = frames
    this.#viewer = new Viewer(principal)
    this.context = context
  }

  /** Says hello; before it nothing may be sent. */
  protected abstract greet(): Promise<void> | void
  protected abstract obey(frame: ClientFrame): Promise<void> | void
  /** Takes an event that it may have and wants. */
  protected abstract receive(event: OutgoingEvent): void
  /** Says that the new token took over. */
  protected abstract renewed(): void

  get viewer(): Viewer {
    return this.#viewer
  }

  /** Greets the client and obeys it until it leaves. */
  async serve(): Promise<void> {
    this.context.members.add(this)
    try {
      await this.greet()
    } catch (err) {
      this.#fail(err)
    }
    this.#frames.serve(this)
  }

  async take(frame: ClientFrame): Promise<void> {
    this.heard()
    try {
      if (!this.#ended) await this.obey(frame)
    } catch (err) {
      this.#fail(err)
    }
    await this.#readAnswers()
  }

  heard(): void {
    this.#answered = true
  }

  left(): void {
    this.#end()
  }

  offer(event: OutgoingEvent): void {
    if (this.selection.wants(event.audience.name) && this.#viewer.allows(event)) this.receive(event)
  }

  renew(viewer: Viewer): void {
    this.#viewer = viewer
  }

  ping(): void {
    if (!this.#answered) return this.close(CLOSE.unreachable)
    this.#answered = false
    this.#socket.ping()
  }

  close({ code, reason }: CloseReason): void {
    this.#end()
    this.#socket.close(code, reason)
  }

  /** A new token of the same user and tenant takes over at once; any other ends the session (flaw 15). */
  protected async replaceToken(token: string): Promise<void> {
    const admitted = await this.context.admission.byToken(token)
    if ('code' in admitted) return this.close(admitted)
    const { userId, tenantId } = this.#viewer.principal
    if (admitted.userId !== userId || admitted.tenantId !== tenantId) return this.close(CLOSE.authenticationFailed)
    this.context.members.renew(this, new Viewer(admitted))
    this.renewed()
  }

  /** Sends an answer. */
  protected send(op: string, code: 0 | 1, data: object | null): void {
    if (this.#ended) return
    const answer = JSON.stringify({ op, code, data })
    // Where nothing waits before it, it leaves now.
    if (this.#socket.bufferedAmount === 0) this.#socket.send(answer)
    else this.#lastAnswer = new Promise((left) => this.#socket.send(answer, () => left()))
  }

  /** Sends an event, unless so much waits already that the client must be too slow. */
  protected deliver(event: OutgoingEvent): void {
    const waiting = this.#socket.bufferedAmount
    const { bufferedEvents, bufferedBytes } = this.context.settings
    this.#unsent = waiting === 0 ? 0 : this.#unsent + 1
    if (this.#unsent > bufferedEvents || waiting > bufferedBytes) this.close(CLOSE.tooSlow)
    else this.#socket.send(event.frame(this.version), TEXT)
  }

  /** Sends all of these, and resolves with whether they left. */
  sendAll(events: readonly OutgoingEvent[]): Promise<boolean> {
    const last = events.at(-1)
    if (!last) return Promise.resolve(true)
    for (const event of events.slice(0, -1)) this.#socket.send(event.frame(this.version), TEXT)
    return new Promise((resolve) => this.#socket.send(last.frame(this.version), TEXT, (error) => resolve(!error)))
  }

  protected get ended(): boolean {
    return this.#ended
  }

  /** Who asks without reading the answers is not asked further: what waits for one client is bounded. */
  async #readAnswers(): Promise<void> {
    if (this.#socket.bufferedAmount > this.context.settings.bufferedBytes) await this.#lastAnswer
    if (this.#socket.bufferedAmount === 0) this.#lastAnswer = undefined
  }

  #fail(err: unknown): void {
    this.context.log.error({ err }, 'a session failed')
    this.close(CLOSE.badVersion)
  }

  #end(): void {
    this.#ended = true
    this.#frames.end()
    this.context.members.remove(this)
  }
}
