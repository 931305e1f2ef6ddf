import { createSocket, type Socket } from 'node:dgram'
import type { RemoteAddress, Transport, TransportListener } from './transport.js'

/** Asked of the system: the usual buffers lose datagrams above a burst of about a thousand (sip.md 5.1). */
const SOCKET_BUFFER_BYTES = 8 * 1024 * 1024
/** Nothing shorter is a start line: keep-alives of phones, to be ignored (RFC 5626 3.5.1). */
const SHORTEST_MESSAGE_BYTES = 16

/** SIP over UDP on one socket: answers leave from where the requests came in. */
export class UdpTransport implements Transport {
  readonly name = 'UDP'
  readonly reliable = false
  readonly #bind: RemoteAddress
  #socket: Socket | undefined
  #local: RemoteAddress | undefined

  constructor(bind: RemoteAddress) {
    this.#bind = bind
  }

  get local(): RemoteAddress {
    if (!this.#local) throw new Error('the transport is not started')
    return this.#local
  }

  /** Binds. @throws the system's error, e.g. EADDRINUSE */
  async start(listener: TransportListener): Promise<void> {
    const socket = createSocket({ type: this.#bind.host.includes(':') ? 'udp6' : 'udp4' })
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(this.#bind.port, this.#bind.host, resolve)
    })
    socket.removeAllListeners('error')
    socket.on('error', (error) => listener.onUnreachable(this.#bind, error))
    enlargeBuffers(socket)
    socket.on('message', (bytes, { address, port }) => {
      if (bytes.length >= SHORTEST_MESSAGE_BYTES) listener.onMessage(bytes, { host: address, port })
    })
    this.#onUnreachable = (to, error) => listener.onUnreachable(to, error)
    this.#socket = socket
    this.#local = { host: this.#bind.host, port: socket.address().port }
  }

  #onUnreachable: (to: RemoteAddress, error: Error) => void = () => {}

  async stop(): Promise<void> {
    const socket = this.#socket
    this.#socket = undefined
    if (socket) await new Promise<void>((resolve) => socket.close(() => resolve()))
  }

  send(bytes: Buffer, to: RemoteAddress): void {
    this.#socket?.send(bytes, to.port, to.host, (error) => {
      if (error) this.#onUnreachable(to, error)
    })
  }
}

/** The system may grant less or refuse; then it works with what there is. */
function enlargeBuffers(socket: Socket): void {
  try {
    socket.setRecvBufferSize(SOCKET_BUFFER_BYTES)
    socket.setSendBufferSize(SOCKET_BUFFER_BYTES)
  } catch {
    // Losing datagrams in a burst is mended by retransmission.
  }
}
