import net, { type AddressInfo } from 'node:net'

/** What is said to a client right behind something the server says. */
type Addition = { readonly marker: Buffer; readonly bytes: Buffer }

/** A cut that waits for the beginning of a frame. */
type Tear = { readonly beginning: Buffer; readonly bytes: number; readonly done: () => void }

/** A network that fails on demand: TCP between a client and a server, cut, delayed or stalled when a test says so. */
export class TcpProxy {
  readonly #server: net.Server
  #target: { readonly host: string; readonly port: number }
  readonly #clients = new Set<net.Socket>()
  readonly #sockets = new Set<net.Socket>()
  #connections = 0
  #open = true
  #stalled = false
  #delayMs = 0
  #cutAfter = Number.POSITIVE_INFINITY
  #tear: Tear | undefined
  #addition: Addition | undefined
  #onCut: (() => void) | undefined

  private constructor(target: URL) {
    this.#target = { host: target.hostname, port: Number(target.port) }
    this.#server = net.createServer((client) => this.#connect(client))
  }

  /** @param target where to pass connections on to, as host and port of a URL */
  static async start(target: URL): Promise<TcpProxy> {
    const proxy = new TcpProxy(target)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  /** The target's URL, by way of the proxy. */
  url(target: URL): string {
    const url = new URL(target)
    url.hostname = '127.0.0.1'
    url.port = String((this.#server.address() as AddressInfo).port)
    return url.href
  }

  /** How many connections clients have made so far. */
  get connections(): number {
    return this.#connections
  }

  /** Passes new connections on to another place: a server that came back on another port. */
  retarget(target: URL): void {
    this.#target = { host: target.hostname, port: Number(target.port) }
  }

  /** Ends every connection at once; new ones are passed on again unless {@link refuse} is on. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Cuts when clients have sent this many bytes more: in the middle of whatever they were saying. */
  cutAfter(bytes: number): void {
    this.#cutAfter = bytes
  }

  /**
   * Cuts this many bytes behind the next time that a client says these bytes: in the middle of a frame that begins with
   * them. Resolves when it is cut.
   */
  tear(beginning: Uint8Array, bytes: number): Promise<void> {
    return new Promise((done) => {
      this.#tear = { beginning: Buffer.from(beginning), bytes, done }
    })
  }

  /** Whether new connections are turned away. */
  refuse(refused: boolean): void {
    this.#open = !refused
  }

  /** Passes everything on this much later. */
  delay(ms: number): void {
    this.#delayMs = ms
  }

  /** Whether nothing is passed on although connections stay open. */
  stall(stalled: boolean): void {
    this.#stalled = stalled
    for (const socket of this.#sockets) {
      if (stalled) socket.pause()
      else socket.resume()
    }
  }

  /** Says something to every client in the server's place. Only while the server is silent. */
  inject(bytes: Uint8Array): void {
    for (const client of this.#clients) client.write(bytes)
  }

  /** Says something in the server's place right behind the next thing that holds these bytes, and in one piece with it. */
  append(marker: Uint8Array, bytes: Uint8Array): void {
    this.#addition = { marker: Buffer.from(marker), bytes: Buffer.from(bytes) }
  }

  async stop(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #connect(client: net.Socket): void {
    this.#connections++
    if (!this.#open) {
      client.destroy()
      return
    }
    const server = net.connect(this.#target)
    this.#clients.add(client)
    this.#pass(client, server, (bytes) => this.#upTo(bytes))
    this.#pass(server, client, (bytes) => this.#withAddition(bytes))
  }

  #pass(from: net.Socket, to: net.Socket, through: (bytes: Buffer) => Buffer): void {
    this.#sockets.add(from)
    from.setNoDelay(true)
    from.on('data', (bytes) => this.#later(() => to.write(through(bytes))))
    from.on('error', () => to.destroy())
    from.on('close', () => {
      this.#sockets.delete(from)
      this.#clients.delete(from)
      to.destroy()
    })
    if (this.#stalled) from.pause()
  }

  /** What of this still passes before the cut; between the last byte and the cut nothing does. */
  #upTo(bytes: Buffer): Buffer {
    this.#lookForTear(bytes)
    const passing = bytes.subarray(0, this.#cutAfter)
    this.#cutAfter -= passing.length
    if (this.#cutAfter === 0) setImmediate(() => this.#cutNow())
    return passing
  }

  #lookForTear(bytes: Buffer): void {
    const at = this.#tear ? bytes.indexOf(this.#tear.beginning) : -1
    if (!this.#tear || at < 0) return
    this.#cutAfter = at + this.#tear.beginning.length + this.#tear.bytes
    this.#onCut = this.#tear.done
    this.#tear = undefined
  }

  #withAddition(bytes: Buffer): Buffer {
    if (!this.#addition || !bytes.includes(this.#addition.marker)) return bytes
    const both = Buffer.concat([bytes, this.#addition.bytes])
    this.#addition = undefined
    return both
  }

  /** The bytes before the cut still arrive. */
  #cutNow(): void {
    this.#cutAfter = Number.POSITIVE_INFINITY
    this.cut()
    this.#onCut?.()
    this.#onCut = undefined
  }

  #later(work: () => void): void {
    if (this.#delayMs === 0) work()
    else setTimeout(work, this.#delayMs)
  }
}
