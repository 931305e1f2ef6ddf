import { StartError } from '@lamplighter/runtime'
import WebSocket from 'ws'

/** An event as protocol 2 delivers it. */
export type ReceivedEvent = { readonly name: string; readonly data: Record<string, unknown> }

/** A WebSocket client that subscribed to everything its token may see. */
export class EventListener {
  readonly #socket: WebSocket

  private constructor(socket: WebSocket) {
    this.#socket = socket
  }

  /** Connects and resolves once events flow. @throws StartError when the gateway refuses */
  static async open(url: string, token: string, onEvent: (event: ReceivedEvent) => void): Promise<EventListener> {
    const address = new URL(url)
    address.searchParams.set('version', '2')
    // In a header, where it reaches no access log.
    const socket = new WebSocket(address, { headers: { 'x-auth-token': token } })
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.once('close', (code, reason) => reject(new StartError(`the gateway refused: ${code} ${reason}`)))
      socket.on('message', (data) => {
        const { op, data: payload } = JSON.parse(data.toString()) as { op: string; data: unknown }
        if (op === 'init') for (const frame of GREETING) socket.send(JSON.stringify(frame))
        if (op === 'start') resolve()
        if (op === 'event') onEvent(payload as ReceivedEvent)
      })
    })
    return new EventListener(socket)
  }

  /** Resolves when the gateway ends the connection. */
  closed(): Promise<void> {
    return new Promise((resolve) => this.#socket.once('close', () => resolve()))
  }

  /** Leaves. */
  close(): void {
    this.#socket.close()
  }
}

const GREETING = [{ op: 'subscribe', data: { event_name: '*' } }, { op: 'start' }]
