import type { RawData, WebSocket } from 'ws'

/** A frame of a client: its text, or that it was binary. */
export type ClientFrame = { readonly text: string | undefined }

/** Who is told what comes from a socket. */
export type FrameTaker = {
  /** Deals with a frame; the next comes when it is done. It must not fail. */
  take(frame: ClientFrame): Promise<void>
  /** The other side is still there. */
  heard(): void
  /** The socket is closed. */
  left(): void
}

/** Frames that may wait; then the socket is not read until they were taken. */
const MOST_WAITING = 32

/**
 * The frames of one socket, taken one after the other: an answer is never overtaken by the next command's. While none
 * comes nothing waits for one, no promise and no suspended function: most sockets say nothing most of the time.
 */
export class FrameReader {
  readonly #socket: WebSocket
  #waiting: ClientFrame[] | undefined
  #taker: FrameTaker | undefined
  #first: ((frame: ClientFrame | undefined) => void) | undefined
  #busy = false
  #closed = false

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  /** The first frame, for who must see it before the socket is served; undefined when there will be none. */
  first(): Promise<ClientFrame | undefined> {
    const frame = this.#shift()
    if (frame || this.#closed) return Promise.resolve(frame)
    return new Promise((resolve) => {
      this.#first = resolve
    })
  }

  /** Hands every frame from now on to the taker, who is told at once where the socket is closed already. */
  serve(taker: FrameTaker): void {
    this.#taker = taker
    if (this.#closed) taker.left()
    else void this.#drain()
  }

  /** Takes no more frames; the close of the other side can still be read. */
  end(): void {
    this.#closed = true
    this.#waiting = undefined
    this.#socket.resume()
    this.#first?.(undefined)
  }

  /** A frame came. */
  add(data: RawData, isBinary: boolean): void {
    if (this.#closed) return
    const frame = { text: isBinary ? undefined : data.toString() }
    const first = this.#first
    this.#first = undefined
    if (first) return first(frame)
    this.#waiting ??= []
    this.#waiting.push(frame)
    if (this.#waiting.length >= MOST_WAITING) this.#socket.pause()
    if (this.#taker && !this.#busy) void this.#drain()
  }

  /** A pong came. */
  heard(): void {
    this.#taker?.heard()
  }

  /** The socket closed. */
  left(): void {
    this.end()
    this.#taker?.left()
  }

  async #drain(): Promise<void> {
    this.#busy = true
    for (let frame = this.#shift(); frame; frame = this.#shift()) await this.#taker?.take(frame)
    this.#busy = false
  }

  #shift(): ClientFrame | undefined {
    const frame = this.#waiting?.shift()
    if (this.#waiting?.length === MOST_WAITING - 1) this.#socket.resume()
    if (this.#waiting?.length === 0) this.#waiting = undefined
    return frame
  }
}
