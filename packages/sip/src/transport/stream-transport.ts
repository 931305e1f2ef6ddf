import { connect as connectTcp, createServer as createTcpServer, isIP, type Server, type Socket } from 'node:net'
import { connect as connectTls, createServer as createTlsServer, TLSSocket, type Server as TlsServer } from 'node:tls'
import { limitKey } from './address.js'
import { CONNECTION_LIMITS, Connection, type ConnectionLimits, peerOf } from './connection.js'
import type { TlsCredentials } from './tls-settings.js'
import {
  defaultPort,
  hostPort,
  type RemoteAddress,
  type Transport,
  TransportError,
  type TransportListener,
} from './transport.js'

/** How many connections there may be, and what each may take. */
export type StreamLimits = ConnectionLimits & {
  readonly connections: number
  /** From one address, or one IPv6 site. */
  readonly connectionsPerPeer: number
  readonly connectMs: number
}

/** The usual limits: a site behind one NAT has hundreds of phones. */
const STREAM_LIMITS: StreamLimits = {
  ...CONNECTION_LIMITS,
  connections: 20_000,
  connectionsPerPeer: 1000,
  connectMs: 4000,
}

/** Where to listen, how to secure it, and its limits. */
export type StreamOptions = {
  readonly host: string
  readonly port: number
  /** Present: TLS. */
  readonly tls?: TlsCredentials
  readonly limits?: Partial<StreamLimits>
}

const NONE: ReadonlySet<string> = new Set()

/** SIP over TCP or TLS: connections of peers, and those we open, kept and used again (RFC 3261 18). */
export class StreamTransport implements Transport {
  readonly name: 'TCP' | 'TLS'
  readonly reliable = true
  readonly #options: StreamOptions
  readonly #limits: StreamLimits
  readonly #open = new Map<string, Connection>()
  readonly #outgoing = new Map<string, Connection>()
  readonly #perPeer = new Map<string, number>()
  #server: Server | undefined
  #ended: Promise<void> | undefined
  #listener: TransportListener | undefined
  #local: RemoteAddress | undefined

  constructor(options: StreamOptions) {
    this.name = options.tls ? 'TLS' : 'TCP'
    this.#options = options
    this.#limits = { ...STREAM_LIMITS, ...options.limits }
  }

  get local(): RemoteAddress {
    if (!this.#local) throw new Error('the transport is not started')
    return this.#local
  }

  /** Listens. @throws the system's error, e.g. EADDRINUSE, or that of a certificate that cannot be used */
  async start(listener: TransportListener): Promise<void> {
    const { host, port, tls } = this.#options
    const server = tls ? secureServer(tls) : createTcpServer()
    server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => this.#accept(socket))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, resolve)
    })
    server.removeAllListeners('error')
    server.on('error', (error) => listener.onTrouble(error))
    this.#listener = listener
    this.#server = server
    const bound = server.address()
    this.#local = { host, port: typeof bound === 'object' && bound ? bound.port : port, transport: this.name }
  }

  async stop(): Promise<void> {
    await this.retire(NONE)
    await this.#ended
  }

  async retire(keep: ReadonlySet<string>): Promise<void> {
    const server = this.#server
    this.#server = undefined
    for (const [flow, connection] of this.#open) if (!keep.has(flow)) connection.close()
    // It ends with its last connection; the address is free at once.
    if (server) this.#ended = new Promise<void>((resolve) => server.close(() => resolve()))
  }

  hangUp(flow: string): void {
    this.#open.get(flow)?.close()
  }

  isOpen(flow: string): boolean {
    return this.#open.has(flow)
  }

  proven(flow: string): void {
    this.#open.get(flow)?.proven()
  }

  send(bytes: Buffer, to: RemoteAddress): string {
    const connection = this.#find(to) ?? this.#connect(to)
    connection.write(bytes)
    return connection.flow
  }

  #find(to: RemoteAddress): Connection | undefined {
    return (to.flow === undefined ? undefined : this.#open.get(to.flow)) ?? this.#outgoing.get(outgoingKey(to))
  }

  #accept(socket: Socket): void {
    const peer = peerOf(socket, this.name)
    const listener = this.#listener
    if (!peer || !listener || this.#isFull(peer) || isImpostor(socket)) {
      socket.on('error', () => {})
      socket.destroy()
      return
    }
    this.#keep(socket, peer, listener).expectProof()
  }

  #isFull({ host }: RemoteAddress): boolean {
    const own = this.#perPeer.get(limitKey(host)) ?? 0
    return this.#open.size >= this.#limits.connections || own >= this.#limits.connectionsPerPeer
  }

  #connect(to: RemoteAddress): Connection {
    const listener = this.#listener
    if (!listener || !this.#server) throw new TransportError('the transport is stopped')
    if (this.#isFull(to)) throw new TransportError(`too many connections to ${to.host}`)
    const socket = this.#dial(to)
    const connection = this.#keep(socket, { ...to, transport: this.name }, listener)
    const key = outgoingKey(to)
    this.#outgoing.set(key, connection)
    socket.once('close', () => this.#outgoing.delete(key))
    return connection
  }

  /** Opens a connection; what is written meanwhile waits. One that fails is told once, in words. */
  #dial(to: RemoteAddress): Socket {
    const { tls } = this.#options
    const [host, port] = [to.host, to.port || defaultPort(this.name)]
    const socket = tls
      ? connectTls({ host, port, ...tls.clientOptions(serverName(to), to.verify ?? true) })
      : connectTcp({ host, port })
    const failed = (reason: string) =>
      this.#listener?.onTrouble(new TransportError(`no ${this.name} connection to ${hostPort(host, port)}: ${reason}`))
    const late = setTimeout(() => {
      failed('no answer')
      socket.destroy()
    }, this.#limits.connectMs).unref()
    const unfinished = (error: Error) => failed(error.message)
    socket.once('error', unfinished)
    socket.once('close', () => clearTimeout(late))
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(late)
      socket.off('error', unfinished)
    })
    return socket
  }

  #keep(socket: Socket, peer: RemoteAddress, listener: TransportListener): Connection {
    const connection = new Connection(socket, peer, this.#limits, listener)
    const key = limitKey(peer.host)
    this.#open.set(connection.flow, connection)
    this.#perPeer.set(key, (this.#perPeer.get(key) ?? 0) + 1)
    socket.once('close', () => {
      this.#open.delete(connection.flow)
      this.#leave(key)
      listener.onFlowClosed(connection.flow, peer)
    })
    return connection
  }

  #leave(key: string): void {
    const left = (this.#perPeer.get(key) ?? 1) - 1
    if (left > 0) this.#perPeer.set(key, left)
    else this.#perPeer.delete(key)
  }
}

/** It shows new certificates as soon as there are some. */
function secureServer(credentials: TlsCredentials): TlsServer {
  const server = createTlsServer(credentials.serverOptions())
  const forget = credentials.onReplaced(() => server.setSecureContext(credentials.contextOptions()))
  return server.once('close', forget)
}

/** A peer that offers a certificate nobody vouches for is not one that offers none. */
function isImpostor(socket: Socket): boolean {
  return socket instanceof TLSSocket && !socket.authorized && Object.keys(socket.getPeerCertificate()).length > 0
}

function outgoingKey({ host, port, serverName: name = '', verify = true }: RemoteAddress): string {
  return `${hostPort(host, port)} ${name} ${verify}`
}

/** The name to ask for and to verify: certificates of bare addresses are verified by address. */
function serverName({ host, serverName: name = host }: RemoteAddress): string | undefined {
  return isIP(name) ? undefined : name
}
