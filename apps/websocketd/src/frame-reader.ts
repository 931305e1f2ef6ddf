import type { RawData, WebSocket } from 'ws'

/** A frame of a client: its text, or that it was binary. */
export type ClientFrame = { readonly text: string | undefined }

/** Frames that may wait; then the socket is not read until they were taken. */
const MOST_WAITING = 32

/** The frames of one socket, taken one after the other: an answer is never overtaken by the next command's. */
export class FrameReader {
  readonly #socket: WebSocket
  readonly #waiting: ClientFrame[] = []
  #taker: ((frame: ClientFrame | undefined) => void) | undefined
  #closed = false

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data, isBinary) => this.#add(data, isBinary))
    socket.on('close', () => this.end())
  }

  /** The next frame; undefined when there will be none. */
  next(): Promise<ClientFrame | undefined> {
    const frame = this.#waiting.shift()
    if (frame && this.#waiting.length === MOST_WAITING - 1) this.#socket.resume()
    if (frame || this.#closed) return Promise.resolve(frame)
    return new Promise((resolve) => {
      this.#taker = resolve
    })
  }

  /** Takes no more frames; the close of the other side can still be read. */
  end(): void {
    this.#closed = true
    this.#waiting.length = 0
    this.#socket.resume()
    this.#taker?.(undefined)
  }

  #add(data: RawData, isBinary: boolean): void {
    if (this.#closed) return
    const frame = { text: isBinary ? undefined : data.toString() }
    const taker = this.#taker
    this.#taker = undefined
    if (taker) return taker(frame)
    this.#waiting.push(frame)
    if (this.#waiting.length >= MOST_WAITING) this.#socket.pause()
  }
}
