import type { Principal } from '@lamplighter/access'
import { CLOSE } from '@lamplighter/contracts'
import type { WebSocket } from 'ws'
import { readCommand, readEnvelope } from './command-frame.js'
import type { ClientFrame, FrameReader } from './frame-reader.js'
import type { OutgoingEvent } from './outgoing-event.js'
import { Session, type SessionContext } from './session.js'
import { NameSubscriptions } from './subscriptions.js'

/**
 * Protocols 1 and 2, bit for bit (bus.md 3.2, 3.3). Before `start` events are dropped; protocol 1 is silent after it
 * and gets raw bodies. Whatever breaks the protocol ends it with 4004.
 */
export class LegacySession extends Session {
  protected readonly version: 1 | 2
  protected readonly selection: NameSubscriptions
  #started = false

  constructor(
    version: 1 | 2,
    ...[socket, frames, principal, context]: [WebSocket, FrameReader, Principal, SessionContext]
  ) {
    super(socket, frames, principal, context)
    this.version = version
    this.selection = new NameSubscriptions(context.settings.subscriptions)
  }

  protected greet(): void {
    this.send('init', 0, { version: this.version })
  }

  protected obey({ text }: ClientFrame): Promise<void> | void {
    const envelope = readEnvelope(text)
    const command = envelope && readCommand(this.version, envelope)
    if (!command) return this.close(CLOSE.protocolError)
    const { event_name: name, token, payload } = command.data as Readonly<Record<string, string>>
    switch (command.op) {
      case 'subscribe':
        return this.#subscribe(name ?? '')
      case 'start':
        // The answer must precede the first event.
        this.send('start', 0, null)
        this.#started = true
        return
      case 'token':
        return this.replaceToken(token ?? '')
      default:
        if (this.version === 2) this.send('pong', 0, { payload })
    }
  }

  protected receive(event: OutgoingEvent): void {
    if (this.#started) this.deliver(event)
  }

  protected renewed(): void {
    this.#answer('token')
  }

  #subscribe(name: string): void {
    if (this.selection.add(name)) this.#answer('subscribe')
    else this.close(CLOSE.protocolError)
  }

  #answer(op: string): void {
    if (this.version === 2 || !this.#started) this.send(op, 0, null)
  }
}
