import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { unmapped } from './address.js'
import { StreamFramer } from './stream-framer.js'
import { type RemoteAddress, TransportError, type TransportListener, type TransportName } from './transport.js'

/** What one connection may take. */
export type ConnectionLimits = {
  /** From accepting it until its peer proved who it is (a REGISTER or SUBSCRIBE was granted). */
  readonly unprovenMs: number
  /** Without a byte in either direction; beyond the longest registration. */
  readonly idleMs: number
  /** From the first byte of a message to its last (slow senders, and Content-Lengths that promise too much). */
  readonly messageMs: number
  /** Bytes waiting for a peer that does not read. */
  readonly outgoingBytes: number
}

/** The usual limits; sip.md 1.8 closes a truncated message after ten seconds. */
export const CONNECTION_LIMITS: ConnectionLimits = {
  unprovenMs: 60_000,
  idleMs: 2 * 3600 * 1000 + 300_000,
  messageMs: 10_000,
  outgoingBytes: 256 * 1024,
}

/** The system asks a quiet peer whether it is there: it keeps NATs open and finds the dead. */
const TCP_KEEP_ALIVE_MS = 30_000
/** How long a peer may take to close after us. */
const LINGER_MS = 2000
const KEEP_ALIVE_ANSWER = Buffer.from('\r\n')

/** One open stream: cut into messages, answered keep-alives, bounded in time and bytes. */
export class Connection {
  /** Its id in {@link RemoteAddress.flow}. */
  readonly flow: string
  readonly #socket: Socket
  readonly #limits: ConnectionLimits
  readonly #listener: TransportListener
  readonly #framer = new StreamFramer()
  #from: RemoteAddress
  #unproven: NodeJS.Timeout | undefined
  #message: NodeJS.Timeout | undefined

  constructor(socket: Socket, peer: RemoteAddress, limits: ConnectionLimits, listener: TransportListener) {
    this.flow = `${peer.transport?.toLowerCase()}-${randomBytes(9).toString('base64url')}`
    this.#socket = socket
    this.#limits = limits
    this.#listener = listener
    this.#from = { ...peer, flow: this.flow }
    socket.setNoDelay(true)
    socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS)
    socket.setTimeout(limits.idleMs, () => socket.destroy())
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('close', () => this.#clearTimers())
    // The reason of a broken connection tells nobody anything; `close` follows.
    socket.on('error', () => {})
  }

  /** A peer that came to us must soon prove who it is. */
  expectProof(): void {
    this.#unproven = setTimeout(() => this.#socket.destroy(), this.#limits.unprovenMs).unref()
  }

  /** The peer proved who it is: from now on only idleness ends its connection. */
  proven(): void {
    clearTimeout(this.#unproven)
  }

  /** Sends, also while it is still being opened. @throws TransportError when the peer does not read */
  write(bytes: Buffer): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) throw new TransportError('the connection is closed')
    if (this.#socket.writableLength + bytes.length > this.#limits.outgoingBytes) {
      this.#socket.destroy()
      throw new TransportError('the peer does not read what it is sent')
    }
    this.#socket.write(bytes)
  }

  /** Closes after what is still to be written. */
  close(): void {
    this.#socket.end()
    const late = setTimeout(() => this.#socket.destroy(), LINGER_MS).unref()
    this.#socket.once('close', () => clearTimeout(late))
  }

  #take(chunk: Buffer): void {
    const frames = this.#framer.push(chunk)
    if (frames.length > 0 || !this.#framer.midMessage) this.#stopMessageTimer()
    for (const frame of frames) {
      if (frame.type === 'message') this.#listener.onMessage(frame.bytes, this.#from)
      else if (frame.type === 'keep_alive') this.#answerKeepAlive()
      else this.#break(frame.bytes)
    }
    if (this.#framer.midMessage) {
      this.#message ??= setTimeout(() => this.#socket.destroy(), this.#limits.messageMs).unref()
    }
  }

  #answerKeepAlive(): void {
    try {
      this.write(KEEP_ALIVE_ANSWER)
    } catch {
      // A peer that asks and does not read has just been closed.
    }
  }

  #break(bytes: Buffer): void {
    this.#listener.onUnreadable(bytes, this.#from)
    this.close()
  }

  #stopMessageTimer(): void {
    clearTimeout(this.#message)
    this.#message = undefined
  }

  #clearTimers(): void {
    clearTimeout(this.#unproven)
    this.#stopMessageTimer()
  }
}

/** Who is at the other end of an accepted socket; undefined when it left already. */
export function peerOf(socket: Socket, transport: TransportName): RemoteAddress | undefined {
  const { remoteAddress, remotePort } = socket
  if (remoteAddress === undefined || remotePort === undefined) return undefined
  return { host: unmapped(remoteAddress), port: remotePort, transport }
}
