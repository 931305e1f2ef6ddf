import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { SipServerAddress } from './phone-swarm.js'

const SERVER = fileURLToPath(new URL('./sip-server.js', import.meta.url))
/** As it is started in the Dockerfile, and options of its own for whoever looks where the time goes, e.g. `--cpu-prof`. */
const OPTIONS = ['--expose-gc', '--max-semi-space-size=64', ...(process.env['BENCH_WORKER_OPTIONS']?.split(' ') ?? [])]

/** Our SIP worker in a process of its own, and the way to change counts there. */
export class SipWorker {
  readonly name = 'ours'
  readonly address: SipServerAddress
  readonly pid: number
  readonly #child: ChildProcess
  readonly #socket: Socket
  readonly #control: number
  #changes: string[] = []

  private constructor(child: ChildProcess, socket: Socket, port: number, control: number) {
    this.address = { host: '127.0.0.1', port }
    this.pid = child.pid ?? 0
    this.#child = child
    this.#socket = socket
    this.#control = control
  }

  static async start(installation: { url: string; secret: string; originUuid: string }, port = 0): Promise<SipWorker> {
    const { url, secret, originUuid } = installation
    const child = spawn(process.execPath, [...OPTIONS, SERVER, url, secret, originUuid, String(port)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const [ready] = (await once(child, 'message')) as [{ port: number; control: number }]
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    return new SipWorker(child, socket, ready.port, ready.control)
  }

  /** Gives a mailbox this many new messages, soon: what is asked for in one turn travels together. */
  change(mailbox: number, count: number): void {
    if (this.#changes.length === 0) setImmediate(() => this.#send())
    this.#changes.push(`${mailbox}:${count}`)
  }

  /** Resident memory in bytes, once what is not needed was given back. */
  async weight(): Promise<number> {
    this.#child.send('weight')
    const [{ weight }] = (await once(this.#child, 'message')) as [{ weight: number }]
    return weight
  }

  /** Ends it. */
  stop(): Promise<void> {
    return this.#end(() => this.#child.disconnect())
  }

  /** Ends it as a power cut would. */
  kill(): Promise<void> {
    return this.#end(() => this.#child.kill('SIGKILL'))
  }

  async #end(how: () => void): Promise<void> {
    this.#socket.close()
    const ended = once(this.#child, 'exit')
    how()
    await ended
  }

  #send(): void {
    const datagram = this.#changes.join(',')
    this.#changes = []
    this.#socket.send(datagram, this.#control, '127.0.0.1')
  }
}
