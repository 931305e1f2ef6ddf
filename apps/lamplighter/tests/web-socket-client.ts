import type { RemoteAddress, Transport, TransportListener } from '@lamplighter/sip'
import WebSocket from 'ws'

/** One web socket to a server, as a browser has it: nobody can call the phone behind it. */
export class WebSocketClient implements Transport {
  readonly name = 'WS'
  readonly reliable = true
  readonly local: RemoteAddress = { host: 'raw.invalid', port: 0, transport: 'WS' }
  readonly #url: string
  #socket: WebSocket | undefined

  constructor(url: string) {
    this.#url = url
  }

  async start(listener: TransportListener): Promise<void> {
    const socket = new WebSocket(this.#url, 'sip')
    const from: RemoteAddress = { host: '127.0.0.1', port: 0, transport: 'WS', flow: 'own' }
    socket.on('message', (bytes: Buffer) => listener.onMessage(bytes, from))
    await new Promise((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    this.#socket = socket
  }

  async stop(): Promise<void> {
    this.#socket?.terminate()
  }

  isOpen(flow: string): boolean {
    return flow === 'own'
  }

  send(bytes: Buffer): string {
    this.#socket?.send(bytes.toString('utf8'))
    return 'own'
  }
}
