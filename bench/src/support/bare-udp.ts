import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const ECHO = fileURLToPath(new URL('./udp-echo.js', import.meta.url))
/** What a NOTIFY weighs. */
const BYTES = 473

/** The bare limit: a process of Node that answers datagrams of a NOTIFY's size, and does nothing else. */
export class BareUdp {
  readonly name = 'bare UDP'
  readonly pid: number
  readonly #child: ChildProcess
  readonly #socket: Socket
  readonly #port: number
  readonly #waiting = new Map<number, () => void>()
  #last = 0

  private constructor(child: ChildProcess, socket: Socket, port: number) {
    this.pid = child.pid ?? 0
    this.#child = child
    this.#socket = socket
    this.#port = port
    socket.on('message', (bytes) => {
      const number = bytes.readUInt32BE()
      this.#waiting.get(number)?.()
      this.#waiting.delete(number)
    })
  }

  static async start(): Promise<BareUdp> {
    const child = spawn(process.execPath, [ECHO], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    return new BareUdp(child, socket, port)
  }

  /** A datagram there and back. */
  exchange(): Promise<void> {
    const bytes = Buffer.alloc(BYTES)
    const number = ++this.#last
    bytes.writeUInt32BE(number)
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve)
      this.#socket.send(bytes, this.#port, '127.0.0.1')
    })
  }

  stop(): void {
    this.#child.kill()
    this.#socket.close()
  }
}
