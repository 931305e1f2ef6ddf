import { randomBytes } from 'node:crypto'
import { type Clock, systemClock } from '../clock.js'
import { listItems, parseVia } from '../message/fields.js'
import { Headers } from '../message/headers.js'
import { type SipRequest, type SipResponse, serialize } from '../message/message.js'
import { parseDatagram } from '../message/parser.js'
import { ClientTransaction, type Outcome } from '../transaction/client-transaction.js'
import { clientKey, MAGIC_COOKIE, serverKey } from '../transaction/matching.js'
import { ServerTransaction } from '../transaction/server-transaction.js'
import { RFC3261_TIMINGS, type Timings } from '../transaction/timings.js'
import type { RemoteAddress, Transport } from '../transport/transport.js'
import { createResponse, type HeaderLines, newTag } from './responses.js'
import { screen } from './screening.js'

/** A request to answer. Repeats of it are answered by the stack. */
export type IncomingRequest = {
  readonly request: SipRequest
  readonly from: RemoteAddress
  /** Sends the final answer; only the first counts. */
  respond(status: number, lines?: HeaderLines, toTag?: string): void
  /** Leaves it unanswered, as if it had never come. */
  ignore(): void
}

/** Answers requests of one method. */
export type RequestHandler = (incoming: IncomingRequest) => Promise<void> | void

/** What a stack is made of. */
export type SipStackOptions = {
  readonly transport: Transport
  readonly handlers: Readonly<Record<string, RequestHandler>>
  /** Told of handlers that failed; the peer gets a 500. */
  readonly onError: (error: unknown) => void
  /** Host peers are told to come back to, where it is not the bound one. */
  readonly advertisedHost?: string
  readonly clock?: Clock
  readonly timings?: Timings
}

/** Requests remembered at a time; over it new ones are dropped, and come again. */
const MAX_TRANSACTIONS = 200_000

/** Parses, matches transactions, screens requests and hands them to their method's handler (RFC 3261 17, 8.2). */
export class SipStack {
  readonly #options: SipStackOptions
  readonly #clock: Clock
  readonly #timings: Timings
  readonly #clients = new Map<string, ClientTransaction>()
  readonly #servers = new Map<string, ServerTransaction>()
  readonly #allowed: readonly string[]

  constructor(options: SipStackOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#timings = options.timings ?? RFC3261_TIMINGS
    this.#allowed = [...Object.keys(options.handlers), 'OPTIONS']
  }

  /** Opens the transport. @throws the system's error when the address is taken */
  async start(): Promise<void> {
    await this.#options.transport.start({
      onMessage: (bytes, from) => this.#receive(bytes, from),
      onUnreachable: (_address, error) => this.#options.onError(error),
    })
  }

  /** Forgets every transaction and closes the transport. */
  async stop(): Promise<void> {
    for (const transaction of [...this.#clients.values(), ...this.#servers.values()]) transaction.cancel()
    this.#clients.clear()
    this.#servers.clear()
    await this.#options.transport.stop()
  }

  /** `host:port` peers reach us at. */
  get address(): string {
    const { host, port } = this.#options.transport.local
    return `${this.#options.advertisedHost ?? host}:${port}`
  }

  /** The port it is bound to. */
  get port(): number {
    return this.#options.transport.local.port
  }

  /** Sends a request, with retransmissions, and tells how it ended. The Via is added here. */
  request(request: SipRequest, to: RemoteAddress): Promise<Outcome> {
    const branch = `${MAGIC_COOKIE}${randomBytes(12).toString('hex')}`
    const headers = new Headers([{ name: 'Via', value: this.#via(branch) }, ...request.headers.list])
    const bytes = serialize({ ...request, headers })
    const key = `${branch}|${request.method}`
    return new Promise((resolve) => {
      const transaction = new ClientTransaction({
        clock: this.#clock,
        link: this.#link(),
        send: () => this.#options.transport.send(bytes, to),
        onOutcome: resolve,
        onTerminated: () => this.#clients.delete(key),
      })
      this.#clients.set(key, transaction)
    })
  }

  #via(branch: string): string {
    return `SIP/2.0/${this.#options.transport.name} ${this.address};branch=${branch};rport`
  }

  #link() {
    return { reliable: this.#options.transport.reliable, timings: this.#timings }
  }

  #receive(bytes: Buffer, from: RemoteAddress): void {
    const result = parseDatagram(bytes)
    if (result.ok && result.message.kind === 'response') return this.#receiveResponse(result.message)
    if (result.ok && result.message.kind === 'request')
      return this.#receiveRequest(stampVia(result.message, from), from)
    if (!result.ok && result.partial?.kind === 'request') {
      this.#answerUnreadable(stampVia(result.partial, from), result.problem === 'version' ? 505 : 400, from)
    }
  }

  /** A message that could not be read whole is answered once and forgotten, if it tells where to. */
  #answerUnreadable(request: SipRequest, status: number, from: RemoteAddress): void {
    if (request.method === 'ACK' || !request.headers.get('via')) return
    try {
      this.#options.transport.send(serialize(createResponse(request, status)), from)
    } catch (error) {
      this.#options.onError(error)
    }
  }

  #receiveResponse(response: SipResponse): void {
    const key = clientKey(response)
    if (key !== undefined) this.#clients.get(key)?.receive(response)
  }

  #receiveRequest(request: SipRequest, from: RemoteAddress): void {
    if (request.method === 'ACK') return
    const key = serverKey(request)
    if (key === undefined) return this.#answerUnreadable(request, 400, from)
    const known = this.#servers.get(key)
    if (known) return known.retransmitted()
    if (this.#servers.size >= MAX_TRANSACTIONS) return
    const transaction = new ServerTransaction({
      clock: this.#clock,
      link: this.#link(),
      send: (bytes) => this.#options.transport.send(bytes, from),
      onTerminated: () => this.#servers.delete(key),
    })
    this.#servers.set(key, transaction)
    this.#dispatch(request, from, transaction, () => this.#servers.delete(key))
  }

  #dispatch(request: SipRequest, from: RemoteAddress, transaction: ServerTransaction, forget: () => void): void {
    const respond = (status: number, lines: HeaderLines = [], toTag = newTag()) =>
      transaction.answer(serialize(createResponse(request, status, lines, toTag)))
    const refusal = screen(request, this.#allowed)
    if (refusal) return respond(refusal.status, refusal.lines)
    const handler = this.#options.handlers[request.method]
    if (!handler) return respond(200, [['Allow', this.#allowed.join(', ')]])
    const failed = (error: unknown) => {
      this.#options.onError(error)
      respond(500)
    }
    try {
      Promise.resolve(handler({ request, from, respond, ignore: forget })).catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}

/** Notes where a request really came from, so that the answer finds back through NAT (RFC 3261 18.2.1, RFC 3581). */
function stampVia(request: SipRequest, from: RemoteAddress): SipRequest {
  const line = request.headers.get('via')
  const first = listItems(request.headers, 'via')[0]
  if (line === undefined || first === undefined) return request
  const via = parseVia(first)
  if (!via) return request
  const bare = first.replace(/;\s*rport(?:\s*=[^;]*)?(?=;|$)/i, '').replace(/;\s*received\s*=[^;]*/i, '')
  const rport = via.params.has('rport') ? `;rport=${from.port}` : ''
  request.headers.replaceFirst(
    'via',
    line.replace(first, () => `${bare};received=${from.host}${rport}`),
  )
  return request
}
