import { createSocket, type Socket } from 'node:dgram'
import { headerOf } from '@lamplighter/testing'
import type { SipServerAddress } from './phone-swarm.js'

const RESEND_MS = 500

/** Tells the peer new counts by PUBLISH, keeping each mailbox's entity tag (RFC 3903). */
export class Publisher {
  readonly #server: SipServerAddress
  readonly #socket: Socket
  readonly #tags = new Map<string, string>()
  readonly #waiting = new Map<string, { bytes: Buffer; name: string; sentAt: number }>()
  readonly #resending: NodeJS.Timeout
  #sent = 0

  private constructor(server: SipServerAddress, socket: Socket) {
    this.#server = server
    this.#socket = socket
    socket.on('message', (bytes) => this.#receive(bytes.toString('latin1')))
    this.#resending = setInterval(() => this.#resend(), RESEND_MS)
  }

  static async open(server: SipServerAddress): Promise<Publisher> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    socket.setRecvBufferSize(8 * 1024 * 1024)
    return new Publisher(server, socket)
  }

  /** Gives a mailbox this many new messages. */
  change(name: string, count: number): void {
    this.#sent++
    const { host, port } = this.#server
    const body = `Messages-Waiting: ${count > 0 ? 'yes' : 'no'}\r\nMessage-Account: sip:${name}@${host}\r\nVoice-Message: ${count}/0 (0/0)\r\n`
    const tag = this.#tags.get(name)
    const id = `p${this.#sent}-${process.pid}`
    const bytes = Buffer.from(
      `PUBLISH sip:${name}@${host}:${port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${this.#socket.address().port};rport;branch=z9hG4bK${id}\r\n` +
        `Max-Forwards: 70\r\nFrom: <sip:vm@${host}>;tag=${id}\r\nTo: <sip:${name}@${host}:${port}>\r\nCall-ID: ${id}\r\nCSeq: 1 PUBLISH\r\n` +
        `Event: message-summary\r\nExpires: 3600\r\n${tag === undefined ? '' : `SIP-If-Match: ${tag}\r\n`}` +
        `Content-Type: application/simple-message-summary\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      'latin1',
    )
    this.#waiting.set(id, { bytes, name, sentAt: performance.now() })
    this.#socket.send(bytes, port, host)
  }

  close(): void {
    clearInterval(this.#resending)
    this.#socket.close()
  }

  #receive(text: string): void {
    const id = headerOf(text, 'Call-ID') ?? ''
    const waiting = this.#waiting.get(id)
    if (!waiting || text.charCodeAt(8) === 49) return
    this.#waiting.delete(id)
    const tag = headerOf(text, 'SIP-ETag')
    if (tag !== undefined) this.#tags.set(waiting.name, tag)
  }

  #resend(): void {
    const now = performance.now()
    for (const waiting of this.#waiting.values()) {
      if (now - waiting.sentAt < RESEND_MS) continue
      waiting.sentAt = now
      this.#socket.send(waiting.bytes, this.#server.port, this.#server.host)
    }
  }
}
