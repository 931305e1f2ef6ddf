import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { waitFor } from './wait-for.js'

/** What a Kamailio is to be. */
export type KamailioPlan = {
  /** Where it listens, and answers OPTIONS over TCP. */
  readonly port: number
  /** Its modules, without `.so`. */
  readonly modules: readonly string[]
  /** Lines of its configuration after the modules: their parameters and the routes. */
  readonly script: string | ((directory: string) => string)
  /** Lines before the modules, for what must stand there. */
  readonly preamble?: string
  /** Makes what it wants to find in its directory. */
  readonly furnish?: (directory: string) => Promise<void>
  /** Gets every whole line it says. */
  readonly onLine?: (line: string) => void
}

/** Header lines of a request that asks whether it is up. */
const PROBE = [
  'Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKprobe',
  'From: <sip:probe@127.0.0.1>;tag=1',
  'To: <sip:probe@127.0.0.1>',
  'Call-ID: probe',
  'CSeq: 1 OPTIONS',
  'Max-Forwards: 70',
  'Content-Length: 0',
]

/** A real Kamailio in a directory of its own: started, killed and started again at the same place. */
export class KamailioProcess {
  readonly #plan: KamailioPlan
  readonly #directory: string
  #process: ChildProcess | undefined

  private constructor(plan: KamailioPlan, directory: string) {
    this.#plan = plan
    this.#directory = directory
  }

  /** Starts one. @throws when it does not come up */
  static async start(plan: KamailioPlan): Promise<KamailioProcess> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-kamailio-'))
    await plan.furnish?.(directory)
    await writeFile(path.join(directory, 'kamailio.cfg'), configuration(plan, directory))
    const kamailio = new KamailioProcess(plan, directory)
    await kamailio.up()
    return kamailio
  }

  /** Starts it where it was. */
  async up(): Promise<void> {
    const directory = this.#directory
    const file = path.join(directory, 'kamailio.cfg')
    const args = ['-f', file, '-DD', '-E', '-w', directory, '-Y', directory, '-m', '64', '-M', '8']
    const child = spawn('kamailio', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#process = child
    let said = ''
    let rest = ''
    child.stderr?.on('data', (bytes: Buffer) => {
      said = (said + bytes.toString()).slice(-10_000)
      const lines = (rest + bytes.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.#plan.onLine?.(line)
    })
    await waitFor(() => (child.exitCode === null ? this.#answers() : Promise.reject(new Error(said))), {
      what: `Kamailio to come up; it said ${said}`,
      timeoutMs: 30_000,
    })
  }

  /** Ends it, as a power failure would: what it had in memory is gone. */
  async kill(): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }

  /** Ends it and removes its directory. */
  async stop(): Promise<void> {
    await this.kill()
    await rm(this.#directory, { recursive: true, force: true })
  }

  /** Whether it answers OPTIONS over TCP. */
  #answers(): Promise<boolean> {
    const { port } = this.#plan
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () =>
        socket.write([`OPTIONS sip:127.0.0.1:${port} SIP/2.0`, ...PROBE, '', ''].join('\r\n')),
      )
      socket.once('data', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
      socket.setTimeout(500, () => {
        socket.destroy()
        resolve(false)
      })
    })
  }
}

/** A Kamailio with a part to play: it comes, goes and ends with its process. */
export abstract class KamailioPeer {
  readonly #process: KamailioProcess

  protected constructor(process: KamailioProcess) {
    this.#process = process
  }

  /** Starts it where it was, with nothing in its memory. */
  up(): Promise<void> {
    return this.#process.up()
  }

  /** Ends it, as a power failure would. */
  kill(): Promise<void> {
    return this.#process.kill()
  }

  /** Ends it for good. */
  stop(): Promise<void> {
    return this.#process.stop()
  }
}

function configuration({ port, modules, script, preamble = '' }: KamailioPlan, directory: string): string {
  return `#!KAMAILIO
debug=0
log_stderror=yes
fork=yes
children=2
tcp_children=2
dns=no
rev_dns=no
auto_aliases=no
listen=udp:127.0.0.1:${port}
listen=tcp:127.0.0.1:${port}
${preamble}
${modules.map((name) => `loadmodule "${name}.so"`).join('\n')}
${typeof script === 'string' ? script : script(directory)}
`
}
