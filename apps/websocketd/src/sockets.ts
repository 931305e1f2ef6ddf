import { sleep } from '@lamplighter/runtime'
import type { RawData, WebSocket } from 'ws'
import { FrameReader } from './frame-reader.js'

/** How long a stop waits for clients to answer a close. */
const FAREWELL_MS = 500

/**
 * The open sockets. All have the same listeners, which find the socket's reader here: closures of its own would weigh
 * as much as everything else a session keeps.
 */
export class Sockets {
  readonly #readers = new Map<WebSocket, FrameReader>()
  readonly #onMessage: (this: WebSocket, data: RawData, isBinary: boolean) => void
  readonly #onPong: (this: WebSocket) => void
  readonly #onClose: (this: WebSocket) => void

  constructor() {
    const readers = this.#readers
    this.#onMessage = function (data, isBinary) {
      readers.get(this)?.add(data, isBinary)
    }
    this.#onPong = function () {
      readers.get(this)?.heard()
    }
    this.#onClose = function () {
      readers.get(this)?.left()
      readers.delete(this)
    }
  }

  /** Begins to read a socket. */
  open(socket: WebSocket): FrameReader {
    const reader = new FrameReader(socket)
    this.#readers.set(socket, reader)
    socket.on('message', this.#onMessage).on('pong', this.#onPong).on('close', this.#onClose)
    return reader
  }

  /** Waits for those that were closed: clients may answer that, and those who do not are left. */
  async farewell(): Promise<void> {
    const until = Date.now() + FAREWELL_MS
    while (this.#readers.size > 0 && Date.now() < until) await sleep(10)
    for (const socket of this.#readers.keys()) socket.terminate()
  }
}
