import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { freePort, freeUdpPort } from './free-port.js'
import { waitFor } from './wait-for.js'

/** What baresip said of its lamp: read from its own event, not from ours. */
export type BaresipLamp = { readonly lit: boolean; readonly new: number; readonly old: number }

/** The account it uses. */
export type BaresipAccount = {
  readonly server: string
  readonly username: string
  readonly password: string
  /** Absent: UDP. */
  readonly transport?: 'tcp' | 'tls'
  /** File with the authority it believes over TLS. */
  readonly caFile?: string
}

/** So often it is begun with other ports when somebody took one of them. */
const MAX_TRIES = 5

/** A real baresip, driven over its control socket. */
export class Baresip {
  /** Every lamp report since it started, in order. */
  readonly lamps: BaresipLamp[] = []
  /** Every event type it reported. */
  readonly events: string[] = []
  readonly #process: ChildProcess
  readonly #directory: string
  readonly #control: net.Socket
  #buffer = Buffer.alloc(0)

  private constructor(process: ChildProcess, directory: string, control: net.Socket) {
    this.#process = process
    this.#directory = directory
    this.#control = control
    control.on('data', (bytes) => this.#read(bytes))
  }

  /** Starts the phone, then gives it its account: with one from the start its MWI module may subscribe without end. */
  static async start(account: BaresipAccount): Promise<Baresip> {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const phone = await Baresip.#begin(account)
      if (!phone) continue
      phone.#command('uanew', addressOfRecord(account))
      return phone
    }
    throw new Error(`baresip ended ${MAX_TRIES} times before it took commands`)
  }

  /** Undefined when it ended by itself: it also listens by TCP, and on the next port by TLS, and somebody may have those. */
  static async #begin({ caFile }: BaresipAccount): Promise<Baresip | undefined> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-baresip-'))
    const [sipPort, controlPort] = [await freeUdpPort(), await freePort()]
    await writeFile(path.join(directory, 'config'), config(sipPort, controlPort, caFile))
    for (const file of ['accounts', 'contacts']) await writeFile(path.join(directory, file), '# none\n')
    const child = spawn('baresip', ['-4', '-f', directory, '-t', '600'], { stdio: 'ignore' })
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null
    const control = await waitFor(async () => (await connect(controlPort)) ?? hasEnded(), {
      what: 'baresip to listen for commands',
      timeoutMs: 25_000,
    })
    if (typeof control !== 'boolean') return new Baresip(child, directory, control)
    await rm(directory, { recursive: true, force: true })
    return undefined
  }

  /** The next report that fits, looking also at those already there from `from` on. */
  lampAfter(from: number, fits: (lamp: BaresipLamp) => boolean, what: string): Promise<BaresipLamp> {
    return waitFor(() => this.lamps.slice(from).find(fits), { what: `baresip: ${what}`, timeoutMs: 45_000 })
  }

  /** Ends the phone; it ignores friendlier signals when it loops. */
  async stop(): Promise<void> {
    this.#control.destroy()
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGKILL')
    await ended
    await rm(this.#directory, { recursive: true, force: true })
  }

  #command(command: string, params: string): void {
    const text = JSON.stringify({ command, params, token: 'test' })
    this.#control.write(`${Buffer.byteLength(text)}:${text},`)
  }

  /** Its messages are JSON in netstrings. */
  #read(bytes: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, bytes])
    for (;;) {
      const colon = this.#buffer.indexOf(':')
      const length = Number(this.#buffer.subarray(0, Math.max(colon, 0)).toString())
      if (colon < 0 || this.#buffer.length < colon + length + 2) return
      const text = this.#buffer.subarray(colon + 1, colon + 1 + length).toString()
      this.#buffer = this.#buffer.subarray(colon + length + 2)
      this.#report(JSON.parse(text) as { event?: boolean; type?: string; param?: string })
    }
  }

  #report({ event, type, param = '' }: { event?: boolean; type?: string; param?: string }): void {
    if (!event || type === undefined) return
    this.events.push(type)
    if (type !== 'MWI_NOTIFY') return
    const counts = /voice-message:\s*(\d+)\s*\/\s*(\d+)/i.exec(param)
    this.lamps.push({ lit: /messages-waiting:\s*yes/i.test(param), new: Number(counts?.[1]), old: Number(counts?.[2]) })
  }
}

/** Over TCP and TLS its SUBSCRIBE leaves by UDP unless an outbound proxy names the transport (sip.md 3.2). */
function addressOfRecord({ server, username, password, transport }: BaresipAccount): string {
  const suffix = transport === undefined ? '' : `;transport=${transport}`
  const outbound = transport === undefined ? '' : `;outbound="sip:${server}${suffix}"`
  return `<sip:${username}@${server}${suffix}>;auth_user=${username};auth_pass=${password};regint=120;mwi=yes${outbound}`
}

function connect(port: number): Promise<net.Socket | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(undefined))
  })
}

function config(sipPort: number, controlPort: number, caFile: string | undefined): string {
  return `poll_method epoll
sip_listen 127.0.0.1:${sipPort}
module_path /usr/lib/baresip/modules
module g711.so
module_app mwi.so
module_app account.so
module_app contact.so
module_app menu.so
module_app ctrl_tcp.so
module_tmp uuid.so
ctrl_tcp_listen 127.0.0.1:${controlPort}
audio_player none
audio_source none
audio_alert none
${caFile === undefined ? '' : `sip_cafile ${caFile}\n`}`
}
