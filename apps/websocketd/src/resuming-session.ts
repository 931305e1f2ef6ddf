import type { Principal } from '@lamplighter/access'
import { CLOSE, GATEWAY_ERRORS, MAX_OP_ECHO } from '@lamplighter/contracts'
import { InvalidInputError } from '@lamplighter/domain'
import type { WebSocket } from 'ws'
import { CatchUp, filterOf, type Outcome } from './catch-up.js'
import { type Command, isKnown, readCommand, readEnvelope } from './command-frame.js'
import { type Cursor, formatCursor, parseCursor } from './cursor.js'
import type { History } from './feed.js'
import type { ClientFrame, FrameReader } from './frame-reader.js'
import type { MessageCommands, Peer } from './message-commands.js'
import type { OutgoingEvent } from './outgoing-event.js'
import { retentionSecOf } from './retention.js'
import { Session, type SessionContext } from './session.js'
import { PatternSubscriptions } from './subscriptions.js'

/** What protocol 3 needs beside. */
export type ResumingContext = SessionContext & {
  readonly history: History
  readonly commands: MessageCommands
  /** How long the log keeps events where a tenant says nothing else. */
  readonly retentionSec: number
}

/** What the client asked for when it opened the socket. */
export type Opening = { readonly resume: string | undefined; readonly peer: Peer }

/**
 * Protocol 3 (ours). `waiting` until `start`: events are dropped, the way they are in the others. `start` after `resume`
 * makes it `returning`: it gets what it missed, while what happens is held. Then, and without `resume` at once, it is
 * `live`. What a client does wrong is answered and not done.
 */
export class ResumingSession extends Session {
  protected readonly version = 3
  readonly selection: PatternSubscriptions
  readonly #peer: Peer
  readonly #more: ResumingContext
  /** The cursor of the opening request. */
  readonly #opened: string | undefined
  #state: 'waiting' | 'returning' | 'live' = 'waiting'
  #resume: Cursor | undefined
  /** What the client has: a live event up to here is on its way twice. */
  #position: Cursor = { epoch: '', number: 0 }
  #catchUp: CatchUp | undefined

  constructor(
    { resume, peer }: Opening,
    ...[socket, frames, principal, context]: [WebSocket, FrameReader, Principal, ResumingContext]
  ) {
    super(socket, frames, principal, context)
    this.#peer = peer
    this.#opened = resume
    this.#more = context
    this.selection = new PatternSubscriptions(context.settings.subscriptions)
  }

  protected async greet(): Promise<void> {
    const { history, retentionSec } = this.#more
    const state = await history.state(filterOf(this).tenantId).catch(() => undefined)
    if (!state) return this.close(CLOSE.tryAgain)
    this.#position = { epoch: state.epoch, number: state.head }
    const cursor = formatCursor(state.epoch, state.head)
    this.send('init', 0, { version: 3, cursor, retention_s: retentionSecOf(this.viewer, state, retentionSec) })
    if (this.#opened !== undefined) this.#resumeFrom(this.#opened)
  }

  protected async obey({ text }: ClientFrame): Promise<void> {
    const envelope = readEnvelope(text)
    if (!envelope) return this.#refuse('error', GATEWAY_ERRORS.unreadable, 'not a JSON object with an op')
    const op = envelope.op.slice(0, MAX_OP_ECHO)
    if (!isKnown(3, op)) return this.#refuse(op, GATEWAY_ERRORS.unknownOp, 'there is no such command')
    try {
      const command = readCommand(3, envelope)
      if (!command) return this.#refuse(op, GATEWAY_ERRORS.invalid, 'data must be an object')
      await this.#do(command)
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error
      this.#refuse(op, error.code, error.message, error.fields)
    }
  }

  protected receive(event: OutgoingEvent): void {
    if (event.isUpTo(this.#position)) return
    if (this.#state === 'live') this.deliver(event)
    else if (this.#state === 'returning' && this.#catchUp?.hold(event) === false) this.close(CLOSE.tooSlow)
  }

  protected renewed(): void {
    this.send('token', 0, null)
  }

  async #do({ op, data }: Command): Promise<void> {
    const { event_name: name = '', token = '', cursor = '', payload } = data as Readonly<Record<string, string>>
    switch (op) {
      case 'subscribe':
        return this.#subscribe(name)
      case 'unsubscribe':
        this.selection.remove(name)
        return this.send(op, 0, null)
      case 'resume':
        return this.#resumeFrom(cursor)
      case 'start':
        return this.#start()
      case 'token':
        return this.replaceToken(token)
      case 'ping':
        return this.send('pong', 0, { payload })
      default:
        return this.#command(op, data)
    }
  }

  #subscribe(name: string): void {
    const outcome = this.selection.add(name)
    if (outcome === 'added') return this.send('subscribe', 0, null)
    if (outcome === 'unknown') return this.#refuse('subscribe', GATEWAY_ERRORS.unknownEvent, 'no event has such a name')
    this.#refuse('subscribe', GATEWAY_ERRORS.tooManySubscriptions, 'too many subscriptions')
  }

  /** Remembered until `start`, because only then is known what the client wants of the past. */
  #resumeFrom(text: string): void {
    const cursor = parseCursor(text)
    if (this.#state !== 'waiting') return this.#refuse('resume', GATEWAY_ERRORS.started, 'resume comes before start')
    if (!cursor) return this.#refuse('resume', GATEWAY_ERRORS.badCursor, 'this is no cursor of ours')
    this.#resume = cursor
  }

  async #start(): Promise<void> {
    this.send('start', 0, null)
    if (this.#state !== 'waiting') return
    if (!this.#resume) {
      this.#state = 'live'
      return
    }
    this.#catchUp = new CatchUp(this.#more.history, this.context.settings)
    this.#state = 'returning'
    const outcome = await this.#catchUp.replay(this, this.#resume).catch((err) => {
      this.context.log.warn({ err }, 'the log cannot be read for a client that came back')
      this.close(CLOSE.tryAgain)
    })
    if (!outcome || this.ended) return
    this.#tell(outcome)
    if (outcome.position) this.#position = outcome.position
    this.#state = 'live'
    for (const event of this.#catchUp.release(this)) this.receive(event)
    this.#catchUp = undefined
  }

  #tell(outcome: Outcome): void {
    if (outcome.kind === 'replayed') return this.send('resume', 0, { replayed: outcome.count })
    const gone = outcome.kind === 'gone'
    this.send('resume', 1, {
      error_id: gone ? GATEWAY_ERRORS.gone : GATEWAY_ERRORS.tooMany,
      message: gone ? 'the log does not reach back to the cursor' : 'too much happened since the cursor',
      reason: outcome.kind,
      oldest: outcome.oldest,
    })
  }

  async #command(op: string, data: Command['data']): Promise<void> {
    const { code, data: answer } = await this.#more.commands.run(op, data, this.viewer.principal, this.#peer)
    this.send(op, code, answer)
  }

  #refuse(op: string, errorId: string, message: string, details?: object): void {
    this.send(op, 1, { error_id: errorId, message, ...(details && { details }) })
  }
}
