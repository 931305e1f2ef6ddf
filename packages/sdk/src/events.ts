import WebSocket from 'ws'

/** An event as protocol 2 of the gateway delivers it. */
export type ReceivedEvent = { readonly name: string; readonly data: Record<string, unknown> }

/** How to listen. */
export type EventClientOptions = {
  /** The gateway: `ws://host/api/websocketd/`. */
  readonly url: string
  /** The token of each connection: asked for again when it reconnects. */
  readonly token: () => string
  /** Names of events; default all that the token may see. */
  readonly events?: readonly string[]
  readonly onEvent: (event: ReceivedEvent) => void
  /** Events between these two may be missed: read again what they are about when it is back. */
  readonly onInterrupted?: () => void
  readonly onResumed?: () => void
}

/** The gateway ended the connection and coming back would not help. */
export class EventsRefusedError extends Error {
  override readonly name = 'EventsRefusedError'
  readonly code: number

  constructor(code: number, reason: string) {
    super(`the gateway refused: ${code} ${reason}`)
    this.code = code
  }
}

/** Closings that would come again at once: no version, no token, a bad one, an expired one, a broken protocol. */
const FINAL_CODES: ReadonlySet<number> = new Set([1011, 4001, 4002, 4003, 4004])
const FIRST_DELAY_MS = 500
const MAX_DELAY_MS = 30_000
/** The gateway pings; a connection this quiet is dead. */
const QUIET_MS = 100_000

/**
 * Listens to events and comes back after every interruption. `connecting` until the gateway says `start`; `open`;
 * `waiting` before it tries again; `closed` by us, or because the gateway refuses for good.
 */
export class EventClient {
  /** Resolves when it is over: undefined when we closed it, else why the gateway refused. */
  readonly closed: Promise<EventsRefusedError | undefined>
  readonly #options: EventClientOptions
  #finish: (why: EventsRefusedError | undefined) => void = () => {}
  #socket: WebSocket | undefined
  #retry: NodeJS.Timeout | undefined
  #quiet: NodeJS.Timeout | undefined
  #attempt = 0
  #over = false

  private constructor(options: EventClientOptions) {
    this.#options = options
    this.closed = new Promise((resolve) => {
      this.#finish = resolve
    })
  }

  /** Connects; resolves once events flow. @throws EventsRefusedError, or whatever stands in the way of the first connection */
  static async open(options: EventClientOptions): Promise<EventClient> {
    const client = new EventClient(options)
    await client.#connect()
    return client
  }

  /** Leaves for good. */
  close(): void {
    this.#end(undefined)
    this.#socket?.close()
  }

  /** Resolves when the connection is open; rejects when it ends before. */
  #connect(): Promise<void> {
    const address = new URL(this.#options.url)
    address.searchParams.set('version', '2')
    // In a header, where it reaches no access log.
    const socket = new WebSocket(address, { headers: { 'x-auth-token': this.#options.token() } })
    this.#socket = socket
    return new Promise((resolve, reject) => {
      let started = false
      socket.on('error', reject)
      socket.on('ping', () => this.#heard(socket))
      socket.on('message', (data) => {
        this.#heard(socket)
        started = this.#receive(socket, data.toString()) || started
        if (started) resolve()
      })
      socket.once('close', (code, reason) => {
        clearTimeout(this.#quiet)
        const refusal = new EventsRefusedError(code, reason.toString())
        reject(refusal)
        if (started) this.#lost(refusal)
      })
    })
  }

  /** True for the frame that says that events flow. */
  #receive(socket: WebSocket, text: string): boolean {
    const { op, data } = JSON.parse(text) as { op: string; data: unknown }
    if (op === 'init') {
      for (const name of this.#options.events ?? ['*']) send(socket, 'subscribe', { event_name: name })
      send(socket, 'start')
    }
    if (op === 'event') this.#options.onEvent(data as ReceivedEvent)
    if (op === 'start') this.#attempt = 0
    return op === 'start'
  }

  #heard(socket: WebSocket): void {
    clearTimeout(this.#quiet)
    this.#quiet = setTimeout(() => socket.terminate(), QUIET_MS).unref()
  }

  #lost(refusal: EventsRefusedError): void {
    if (this.#over) return
    if (FINAL_CODES.has(refusal.code)) return this.#end(refusal)
    this.#options.onInterrupted?.()
    this.#retryLater()
  }

  #retryLater(): void {
    const ceiling = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempt++)
    this.#retry = setTimeout(() => this.#reconnect(), ceiling * (0.5 + Math.random() / 2))
  }

  #reconnect(): void {
    this.#connect().then(
      () => this.#options.onResumed?.(),
      (error: unknown) => {
        if (this.#over) return
        if (error instanceof EventsRefusedError && FINAL_CODES.has(error.code)) this.#end(error)
        else this.#retryLater()
      },
    )
  }

  #end(why: EventsRefusedError | undefined): void {
    this.#over = true
    clearTimeout(this.#retry)
    clearTimeout(this.#quiet)
    this.#finish(why)
  }
}

function send(socket: WebSocket, op: string, data?: object): void {
  socket.send(JSON.stringify(data === undefined ? { op } : { op, data }))
}
