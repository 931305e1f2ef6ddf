/** Where a message came from or goes to. */
export type RemoteAddress = { readonly host: string; readonly port: number }

/** What a transport tells of what arrives. */
export type TransportListener = {
  onMessage(bytes: Buffer, from: RemoteAddress): void
  /** A datagram to this address could not be sent, or the address said so later. */
  onUnreachable(address: RemoteAddress, error: Error): void
}

/** A way messages travel. UDP is the first; streams come with reliable true. */
export type Transport = {
  /** As it stands in a Via. */
  readonly name: 'UDP'
  readonly reliable: boolean
  start(listener: TransportListener): Promise<void>
  stop(): Promise<void>
  send(bytes: Buffer, to: RemoteAddress): void
  /** The address it is bound to. */
  readonly local: RemoteAddress
}
