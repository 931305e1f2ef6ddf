/** How messages travel, as a Via names it (RFC 3261 7.1, RFC 7118 5.2). */
export type TransportName = 'UDP' | 'TCP' | 'TLS' | 'WS' | 'WSS'

/** Where a message came from or goes to. Plain data: it is kept with a dialog. */
export type RemoteAddress = {
  /** An address, IPv6 without brackets; or a name, which is looked up (RFC 3263). */
  readonly host: string
  /** 0: what DNS says of the name, else the transport's own. */
  readonly port: number
  /** Absent: what DNS says of the name, else UDP. */
  readonly transport?: TransportName
  /** An open connection, by an id only this process knows; preferred while it lives (RFC 5626 5.3). */
  readonly flow?: string
  /** The name the peer's certificate must bear, where it is not the host. */
  readonly serverName?: string
  /** False: the certificate of this peer is taken as it comes. Who says so gives up knowing whom it talks to. */
  readonly verify?: boolean
}

/** What a transport tells of what arrives. */
export type TransportListener = {
  /** One whole message. */
  onMessage(bytes: Buffer, from: RemoteAddress): void
  /** A stream can be read no further; what stands here may tell whom to answer 400. The connection closes after it. */
  onUnreadable(bytes: Buffer, from: RemoteAddress): void
  /** A connection is gone, or never came to be: nothing sent on it will be answered. */
  onFlowClosed(flow: string, peer: RemoteAddress): void
  /** Something the operator should know: a datagram that could not be sent, a connection that failed. */
  onTrouble(error: Error): void
}

/** Thrown by {@link Transport.send} when a message cannot even be tried: no such connection, a limit, a full buffer. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
}

/** A way messages travel. */
export type Transport = {
  readonly name: TransportName
  /** Whether the peer gets what was sent, or the flow closes: no retransmissions then. */
  readonly reliable: boolean
  start(listener: TransportListener): Promise<void>
  stop(): Promise<void>
  /**
   * Sends one message and returns the connection it goes by, if it goes by one. It prefers `to.flow`, and opens a
   * connection where there is none. @throws TransportError
   */
  send(bytes: Buffer, to: RemoteAddress): string | undefined
  /** Whether this connection is one of ours and alive. */
  isOpen(flow: string): boolean
  /** Its peer proved who it is: the connection may rest as long as a registration does. */
  proven?(flow: string): void
  /**
   * Leaves its address to another process: takes nothing new, opens nothing, and closes all connections but these. Absent:
   * it has no connections, and stops.
   */
  retire?(keep: ReadonlySet<string>): Promise<void>
  /** Closes a connection after what is still to be written. */
  hangUp?(flow: string): void
  /** The address it is bound to. */
  readonly local: RemoteAddress
}

/** The port of a URI that names none (RFC 3261 19.1.2). */
export function defaultPort(transport: TransportName): number {
  return transport === 'TLS' || transport === 'WSS' ? 5061 : 5060
}

/** Reads the transport of a URI's `transport=` or of a Via; undefined when it is none of ours. */
export function readTransportName(text: string | undefined): TransportName | undefined {
  const name = text?.toUpperCase()
  return NAMES.find((known) => known === name)
}

const NAMES: readonly TransportName[] = ['UDP', 'TCP', 'TLS', 'WS', 'WSS']

/** `host:port` as a URI or a Via writes it, IPv6 in brackets, without a port of 0. */
export function hostPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}${port === 0 ? '' : `:${port}`}`
}
