import { hash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { waitFor } from '@lamplighter/testing'
import WebSocket from 'ws'

/** Where a client connects to and as whom. */
export type Seat = {
  readonly url: string
  readonly token: string
  /** Whose events it may see: all of the tenant, or those of one user and of everyone. */
  readonly tenant: string
  readonly user: string | undefined
}

/** Events every client of the program subscribes to. */
export const NAMES = ['user', 'global'].flatMap((kind) =>
  ['created', 'updated', 'deleted'].map((what) => `${kind}_voicemail_message_${what}`),
)

const RECONNECT_AFTER_MS = 200

/** A client that connects again whenever its socket ended. */
export abstract class GatewayClient {
  readonly seat: Seat
  /** The code of every close. */
  readonly closes: number[] = []
  protected socket: WebSocket | undefined
  #leaving = false
  #kept: Promise<void> | undefined

  constructor(seat: Seat) {
    this.seat = seat
  }

  /** Connects; resolves when it is live for the first time. */
  async join(): Promise<void> {
    this.#kept = this.#keep()
    await waitFor(() => this.live, { what: 'a client to be live', timeoutMs: 30_000 })
  }

  async leave(): Promise<void> {
    this.#leaving = true
    this.socket?.terminate()
    await this.#kept
  }

  /** Whether its socket is open and was started. */
  abstract get live(): boolean
  /** The query of the next opening. */
  protected abstract query(): string
  protected abstract opened(): void
  protected abstract take(frame: string): void
  /** What is to be done between two sockets. */
  protected async between(): Promise<void> {}

  protected command(op: string, data?: object): void {
    this.socket?.send(JSON.stringify({ op, data }))
  }

  protected subscribeAndStart(): void {
    for (const event_name of NAMES) this.command('subscribe', { event_name })
    this.command('start')
  }

  async #keep(): Promise<void> {
    while (!this.#leaving) {
      const code = await this.#connect()
      if (this.#leaving) return
      this.closes.push(code)
      await delay(RECONNECT_AFTER_MS)
      await this.between()
    }
  }

  #connect(): Promise<number> {
    const url = `${this.seat.url.replace('http', 'ws')}/api/websocketd/?${this.query()}`
    const socket = new WebSocket(url, { headers: { 'x-auth-token': this.seat.token } })
    this.socket = socket
    this.opened()
    socket.on('message', (frame) => this.take(frame.toString()))
    // Told at the close.
    socket.on('error', () => {})
    return new Promise((resolve) => socket.on('close', resolve))
  }
}

/** One socket of a client that cannot say where it was. */
export type Stay = {
  /** When the gateway had answered `start`, in milliseconds; undefined when it never did. */
  startedAt: number | undefined
  /** MD5 of each event's body, in the order of their coming. */
  readonly bodies: string[]
}

/** A client of protocol 1 or 2: each of its sockets is a stay of its own. */
export class PlainClient extends GatewayClient {
  readonly stays: Stay[] = []
  readonly version: 1 | 2

  constructor(version: 1 | 2, seat: Seat) {
    super(seat)
    this.version = version
  }

  get live(): boolean {
    return this.#stay?.startedAt !== undefined && this.socket?.readyState === WebSocket.OPEN
  }

  get #stay(): Stay | undefined {
    return this.stays.at(-1)
  }

  protected query(): string {
    return `version=${this.version}`
  }

  protected opened(): void {
    this.stays.push({ startedAt: undefined, bodies: [] })
  }

  protected take(frame: string): void {
    const stay = this.#stay
    if (stay?.startedAt !== undefined) {
      const body = this.version === 1 ? frame : frame.slice('{"op":"event","code":0,"data":'.length, -1)
      stay.bodies.push(hash('md5', body))
    } else if (frame.startsWith('{"op":"init"')) this.subscribeAndStart()
    else if (stay && frame.startsWith('{"op":"start"')) stay.startedAt = Date.now()
  }
}
