import { randomBytes } from 'node:crypto'
import { PARSER_LIMITS } from '../message/parser.js'
import { limitKey } from './address.js'
import { CONNECTION_LIMITS } from './connection.js'
import { type RemoteAddress, type Transport, TransportError, type TransportListener } from './transport.js'

/** A web socket as far as SIP needs it; whoever serves HTTP hands them in. */
export type SipSocket = {
  send(text: string): void
  ping(): void
  close(code: number): void
  terminate(): void
  /** Bytes waiting for a peer that does not read. */
  readonly bufferedAmount: number
  on(event: 'message', listener: (data: Buffer) => void): unknown
  on(event: 'pong' | 'close', listener: () => void): unknown
}

/** How many sockets there may be, and what each may take. */
export type WebSocketLimits = {
  readonly sockets: number
  readonly socketsPerPeer: number
  readonly outgoingBytes: number
  /** From accepting it until its peer proved who it is. */
  readonly unprovenMs: number
  /** Between two pings; who has not answered the last one is gone. NATs and proxies forget after 30 s. */
  readonly pingMs: number
}

const LIMITS: WebSocketLimits = {
  sockets: 20_000,
  socketsPerPeer: 1000,
  outgoingBytes: CONNECTION_LIMITS.outgoingBytes,
  unprovenMs: CONNECTION_LIMITS.unprovenMs,
  pingMs: 27_000,
}

/** Closing codes of RFC 6455 7.4.1. */
const CLOSE = { goingAway: 1001, tooLarge: 1009, tryLater: 1013 } as const

type Open = { readonly socket: SipSocket; readonly peerKey: string; alive: boolean; unproven: NodeJS.Timeout }

/** SIP over web sockets (RFC 7118): one message each, text or binary. Nobody can be called: only their sockets are used. */
export class WebSocketTransport implements Transport {
  readonly name = 'WS'
  readonly reliable = true
  readonly local: RemoteAddress
  readonly #limits: WebSocketLimits
  readonly #open = new Map<string, Open>()
  readonly #perPeer = new Map<string, number>()
  #listener: TransportListener | undefined
  #retired = false
  #pinging: NodeJS.Timeout | undefined

  /** @param host where we are; there is no port, because a browser comes back by the socket it has */
  constructor(host: string, limits: Partial<WebSocketLimits> = {}) {
    this.local = { host, port: 0, transport: 'WS' }
    this.#limits = { ...LIMITS, ...limits }
  }

  async start(listener: TransportListener): Promise<void> {
    this.#listener = listener
    this.#pinging = setInterval(() => this.#ping(), this.#limits.pingMs).unref()
  }

  async stop(): Promise<void> {
    this.#listener = undefined
    clearInterval(this.#pinging)
    for (const { socket } of this.#open.values()) socket.close(CLOSE.goingAway)
  }

  async retire(keep: ReadonlySet<string>): Promise<void> {
    this.#retired = true
    for (const [flow, { socket }] of this.#open) if (!keep.has(flow)) socket.close(CLOSE.goingAway)
  }

  hangUp(flow: string): void {
    this.#open.get(flow)?.socket.close(CLOSE.goingAway)
  }

  /** Serves a socket whose upgrade was answered, or closes it. */
  accept(socket: SipSocket, peer: RemoteAddress): void {
    const peerKey = limitKey(peer.host)
    const own = this.#perPeer.get(peerKey) ?? 0
    if (
      !this.#listener ||
      this.#retired ||
      this.#open.size >= this.#limits.sockets ||
      own >= this.#limits.socketsPerPeer
    ) {
      return socket.close(CLOSE.tryLater)
    }
    const flow = `ws-${randomBytes(9).toString('base64url')}`
    const unproven = setTimeout(() => socket.terminate(), this.#limits.unprovenMs).unref()
    const open: Open = { socket, peerKey, alive: true, unproven }
    this.#open.set(flow, open)
    this.#perPeer.set(peerKey, own + 1)
    socket.on('pong', () => {
      open.alive = true
    })
    socket.on('message', (bytes) => this.#take(bytes, { ...peer, flow }, socket))
    socket.on('close', () => this.#closed(flow, peer, open))
  }

  isOpen(flow: string): boolean {
    return this.#open.has(flow)
  }

  proven(flow: string): void {
    clearTimeout(this.#open.get(flow)?.unproven)
  }

  send(bytes: Buffer, { flow = '' }: RemoteAddress): string {
    const open = this.#open.get(flow)
    if (!open) throw new TransportError('a browser can only be reached by its own socket')
    if (open.socket.bufferedAmount + bytes.length > this.#limits.outgoingBytes) {
      open.socket.terminate()
      throw new TransportError('the peer does not read what it is sent')
    }
    open.socket.send(bytes.toString('utf8'))
    return flow
  }

  #take(bytes: Buffer, from: RemoteAddress, socket: SipSocket): void {
    if (bytes.length > PARSER_LIMITS.messageBytes) return socket.close(CLOSE.tooLarge)
    if (!isKeepAlive(bytes)) this.#listener?.onMessage(bytes, from)
    // A single CRLF is the answer to a keep-alive, not one (RFC 5626 3.5.1).
    else if (bytes.length >= 4 && socket.bufferedAmount < this.#limits.outgoingBytes) socket.send('\r\n')
  }

  #ping(): void {
    for (const open of this.#open.values()) {
      if (!open.alive) {
        open.socket.terminate()
        continue
      }
      open.alive = false
      open.socket.ping()
    }
  }

  #closed(flow: string, peer: RemoteAddress, { peerKey, unproven }: Open): void {
    clearTimeout(unproven)
    this.#open.delete(flow)
    const left = (this.#perPeer.get(peerKey) ?? 1) - 1
    if (left > 0) this.#perPeer.set(peerKey, left)
    else this.#perPeer.delete(peerKey)
    this.#listener?.onFlowClosed(flow, peer)
  }
}

/** Nothing but line ends: a keep-alive, or the answer to one. */
function isKeepAlive(bytes: Buffer): boolean {
  return bytes.length <= 64 && bytes.every((byte) => byte === 13 || byte === 10 || byte === 0)
}
