import { StreamFramer } from '../../src/transport/stream-framer.js'
import type { RemoteAddress, Transport, TransportListener } from '../../src/transport/transport.js'

/** A transport without a socket, so that a million messages take minutes: what is fed arrives, what is sent is kept. */
export class MemoryTransport implements Transport {
  readonly name: 'UDP' | 'TCP'
  readonly reliable: boolean
  readonly local = { host: '192.0.2.1', port: 5060 }
  readonly sent: Buffer[] = []
  #listener: TransportListener | undefined
  #framer = new StreamFramer()
  #flow = 0

  constructor(name: 'UDP' | 'TCP') {
    this.name = name
    this.reliable = name === 'TCP'
  }

  async start(listener: TransportListener): Promise<void> {
    this.#listener = listener
  }

  async stop(): Promise<void> {}

  send(bytes: Buffer): string | undefined {
    this.sent.push(bytes)
    return this.reliable ? `flow-${this.#flow}` : undefined
  }

  isOpen(flow: string): boolean {
    return flow === `flow-${this.#flow}`
  }

  /** A datagram. */
  feed(bytes: Buffer, from: RemoteAddress): void {
    this.#listener?.onMessage(bytes, from)
  }

  /** A chunk of the stream; one that breaks ends its connection, and the next begins. */
  feedChunk(bytes: Buffer, peer: RemoteAddress): void {
    const from = { ...peer, flow: `flow-${this.#flow}` }
    for (const frame of this.#framer.push(bytes)) {
      if (frame.type === 'message') this.#listener?.onMessage(frame.bytes, from)
      else if (frame.type === 'broken') this.#listener?.onUnreadable(frame.bytes, from)
      if (frame.type === 'broken') this.#reconnect(from)
    }
  }

  #reconnect(from: RemoteAddress & { flow: string }): void {
    this.#flow++
    this.#framer = new StreamFramer()
    this.#listener?.onFlowClosed(from.flow, from)
  }
}
