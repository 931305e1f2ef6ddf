import {
  hostPort,
  type RemoteAddress,
  type Transport,
  type TransportListener,
  type TransportName,
} from './transport.js'

/** The ports a stack is bound to. */
export type Ports = Readonly<Partial<Record<TransportName, number>>>

/** The transports of a stack, and which of them a message goes by. */
export class TransportSet {
  readonly #transports: readonly [Transport, ...Transport[]]
  readonly #advertisedHost: string | undefined

  /** @param advertisedHost host peers are told to come back to, where it is not the bound one */
  constructor(transports: readonly [Transport, ...Transport[]], advertisedHost?: string) {
    this.#transports = transports
    this.#advertisedHost = advertisedHost
  }

  /** The one that stands for the stack where no peer is in question. */
  get first(): Transport {
    return this.#transports[0]
  }

  /** What it sends by. */
  get names(): readonly TransportName[] {
    return this.#transports.map(({ name }) => name)
  }

  get ports(): Ports {
    const bound = this.#transports.filter(({ local }) => local.port !== 0)
    return Object.fromEntries(bound.map(({ name, local }) => [name, local.port]))
  }

  /** Opens them in order. @throws the system's error when an address is taken */
  async start(listener: TransportListener): Promise<void> {
    for (const transport of this.#transports) await transport.start(listener)
  }

  /** Leaves the addresses to another process; only these connections stay open. */
  async retire(keep: ReadonlySet<string>): Promise<void> {
    await Promise.all(this.#transports.map((one) => (one.retire ? one.retire(keep) : one.stop())))
  }

  async stop(): Promise<void> {
    await Promise.all(this.#transports.map((transport) => transport.stop()))
  }

  /** The transport that has the address's connection open, else the one it names. */
  find({ host, transport: name = 'UDP', flow }: RemoteAddress): Transport | undefined {
    const open = flow === undefined ? undefined : this.#transports.find((one) => one.isOpen(flow))
    if (open) return open
    const isV6 = host.includes(':')
    const named = this.#transports.find((one) => one.name === name && one.local.host.includes(':') === isV6)
    return named ?? this.#transports.find((one) => one.name === name)
  }

  /** Whether this connection is alive. */
  isOpen(flow: string): boolean {
    return this.#transports.some((one) => one.isOpen(flow))
  }

  /** Closes a connection after what is still to be written. */
  hangUp(flow: string): void {
    this.#transports.find((one) => one.isOpen(flow))?.hangUp?.(flow)
  }

  /** `host:port` at which a peer that is reached by this transport reaches us. */
  addressOf(transport: Transport): string {
    return hostPort(this.#advertisedHost ?? transport.local.host, transport.local.port)
  }
}
