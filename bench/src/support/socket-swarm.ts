import { connect, type Socket } from 'node:net'

/** Frames of a client need a mask; a mask of zeros leaves the text as it is. */
function clientFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}

const SUBSCRIBE = clientFrame('{"op":"subscribe","data":{"event_name":"*"}}')
const START = clientFrame('{"op":"start"}')
/** Begins the answer to `start`, the last thing before events. */
const STARTED = '"op":"start"'

/** Many WebSocket clients that only count what they get: their cost must not be what is measured. */
export class SocketSwarm {
  readonly #sockets: Socket[] = []
  #bytes = 0
  #awaited = Number.POSITIVE_INFINITY
  #arrived: () => void = () => {}
  /** Moments at which bytes came, while they are asked for. */
  #moments: number[] | undefined

  /** Opens this many sockets, some at a time, each subscribed and started. */
  async open(url: string, tokens: readonly string[], atOnce: number): Promise<void> {
    const waiting = [...tokens]
    const worker = async () => {
      for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) await this.#open(url, token)
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
  }

  /** Opens this many sockets that get everything at once, some at a time. */
  async openListeners(url: string, count: number, atOnce: number): Promise<void> {
    let left = count
    const worker = async () => {
      while (left-- > 0) await this.#listen(url)
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
  }

  /** Resolves when all sockets together got this many bytes from now on. */
  expect(bytes: number): Promise<void> {
    this.#bytes = 0
    this.#awaited = bytes
    return new Promise((resolve) => {
      this.#arrived = resolve
    })
  }

  /** As {@link expect}, with the moment of each arrival: sent one at a time, each event comes to each socket in one piece. */
  async moments(bytes: number): Promise<readonly number[]> {
    const moments: number[] = []
    this.#moments = moments
    await this.expect(bytes)
    this.#moments = undefined
    return moments
  }

  /** Makes some of the sockets read nothing more. @returns how many */
  stall(share: number): number {
    const some = this.#sockets.slice(0, Math.ceil(this.#sockets.length * share))
    for (const socket of some) socket.pause()
    return some.length
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #connect(url: string, header = ''): Socket {
    const { hostname, port, pathname, search } = new URL(url)
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    this.#sockets.push(socket)
    socket.write(
      `GET ${pathname}${search} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${header}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    return socket
  }

  #listen(url: string): Promise<void> {
    const socket = this.#connect(url)
    return new Promise((resolve, reject) => {
      let head = ''
      const greet = (chunk: Buffer) => {
        head += chunk.toString('latin1')
        if (!head.includes('\r\n\r\n')) return
        if (!head.startsWith('HTTP/1.1 101')) return reject(new Error(head.slice(0, 200)))
        socket.off('data', greet)
        socket.on('data', ({ length }) => this.#count(length))
        resolve()
      }
      socket.on('data', greet)
      socket.on('error', reject)
    })
  }

  #open(url: string, token: string): Promise<void> {
    const socket = this.#connect(`${url}/api/websocketd/?version=2`, `X-Auth-Token: ${token}\r\n`)
    return new Promise((resolve, reject) => {
      let greeting = ''
      const greet = (chunk: Buffer) => {
        const before = greeting.includes('"op":"init"')
        greeting += chunk.toString('latin1')
        if (!before && greeting.includes('"op":"init"')) socket.write(Buffer.concat([SUBSCRIBE, START]))
        if (!greeting.includes(STARTED)) return
        socket.off('data', greet)
        socket.on('data', ({ length }) => this.#count(length))
        resolve()
      }
      socket.on('data', greet)
      socket.on('error', reject)
      socket.on('close', () => reject(new Error(`closed: ${greeting.slice(-200)}`)))
    })
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    this.#moments?.push(performance.now())
    if (this.#bytes < this.#awaited) return
    this.#awaited = Number.POSITIVE_INFINITY
    this.#arrived()
  }
}
