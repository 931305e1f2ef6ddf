import { createSocket, type Socket } from 'node:dgram'
import { type LookupOneOptions, lookup } from 'node:dns'
import { isIP } from 'node:net'
import { reachableFrom, unmapped } from './address.js'
import { defaultPort, type RemoteAddress, type Transport, type TransportListener } from './transport.js'

/** Asked of the system: the usual buffers lose datagrams above a burst of about a thousand (sip.md 5.1). */
const SOCKET_BUFFER_BYTES = 8 * 1024 * 1024
/** Nothing shorter is a start line: keep-alives of phones, to be ignored (RFC 5626 3.5.1). */
const SHORTEST_MESSAGE_BYTES = 16

/** SIP over UDP on one socket: answers leave from where the requests came in. Bound to `::` it serves IPv4 too. */
export class UdpTransport implements Transport {
  readonly name = 'UDP'
  readonly reliable = false
  readonly #bind: { readonly host: string; readonly port: number }
  #socket: Socket | undefined
  #local: RemoteAddress | undefined

  /** @param bind where to listen; port 0 takes a free one */
  constructor(bind: { readonly host: string; readonly port: number }) {
    this.#bind = bind
  }

  get local(): RemoteAddress {
    if (!this.#local) throw new Error('the transport is not started')
    return this.#local
  }

  /** Binds. @throws the system's error, e.g. EADDRINUSE */
  async start(listener: TransportListener): Promise<void> {
    const type = this.#bind.host.includes(':') ? 'udp6' : 'udp4'
    const socket = createSocket({ type, lookup: addressFirst })
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(this.#bind.port, this.#bind.host, resolve)
    })
    socket.removeAllListeners('error')
    socket.on('error', (error) => listener.onTrouble(error))
    enlargeBuffers(socket)
    socket.on('message', (bytes, { address, port }) => {
      if (bytes.length >= SHORTEST_MESSAGE_BYTES)
        listener.onMessage(bytes, { host: unmapped(address), port, transport: 'UDP' })
    })
    this.#onTrouble = (error) => listener.onTrouble(error)
    this.#socket = socket
    this.#local = { host: this.#bind.host, port: socket.address().port }
  }

  #onTrouble: (error: Error) => void = () => {}
  readonly #onSent = (error: Error | null) => {
    if (error) this.#onTrouble(error)
  }

  async stop(): Promise<void> {
    const socket = this.#socket
    this.#socket = undefined
    if (socket) await new Promise<void>((resolve) => socket.close(() => resolve()))
  }

  /** A datagram that cannot leave now is sent again like one that is lost. */
  send(bytes: Buffer, to: RemoteAddress): undefined {
    this.#socket?.send(bytes, to.port || defaultPort('UDP'), reachableFrom(this.#bind.host, to.host), this.#onSent)
  }

  isOpen(): boolean {
    return false
  }
}

/** Datagrams go to addresses, about which the system need not be asked each time; only a name to bind to is looked up. */
function addressFirst(
  host: string,
  options: LookupOneOptions,
  found: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  const family = isIP(host)
  if (family === 0) lookup(host, options, found)
  else found(null, host, family)
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
