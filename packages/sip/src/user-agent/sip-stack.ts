import { isIP } from 'node:net'
import { type Clock, systemClock } from '../clock.js'
import { listItems, topVia } from '../message/fields.js'
import { type SipRequest, serialize } from '../message/message.js'
import { type ParseResult, parseDatagram } from '../message/parser.js'
import type { Outcome } from '../transaction/client-transaction.js'
import { Clients } from '../transaction/clients.js'
import { serverKey } from '../transaction/matching.js'
import { ServerTransaction } from '../transaction/server-transaction.js'
import { RFC3261_TIMINGS, type Timings } from '../transaction/timings.js'
import { TargetResolver } from '../transport/target-resolver.js'
import { type RemoteAddress, type Transport, TransportError } from '../transport/transport.js'
import { type Ports, TransportSet } from '../transport/transport-set.js'
import { frugalAnswer } from './frugal.js'
import { createResponse, type HeaderLines, shortTag } from './responses.js'
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
  /** The first is the one named where no peer is in question. */
  readonly transports: readonly [Transport, ...Transport[]]
  readonly handlers: Readonly<Record<string, RequestHandler>>
  /** Extensions a request may require of us (RFC 3261 8.2.2.3). */
  readonly supported?: readonly string[]
  /** Told of handlers that failed; the peer gets a 500. */
  readonly onError: (error: unknown) => void
  /** Told of connections that are gone, and to whom they led, so that what hangs on them can end. */
  readonly onFlowClosed?: (flow: string, peer: RemoteAddress) => void
  /** Host peers are told to come back to, where it is not the bound one. */
  readonly advertisedHost?: string
  /** Looks up peers that are given by name; absent: by the system's name servers. */
  readonly resolver?: TargetResolver
  readonly clock?: Clock
  readonly timings?: Timings
}

/** Requests remembered at a time; over it new ones are dropped, and come again. */
const MAX_TRANSACTIONS = 200_000

/** Parses, matches transactions, screens requests and hands them to their method's handler (RFC 3261 17, 8.2). */
export class SipStack {
  readonly #options: SipStackOptions
  readonly #transports: TransportSet
  readonly #clock: Clock
  readonly #timings: Timings
  readonly #clients: Clients
  readonly #resolver: TargetResolver
  readonly #servers = new Map<string, ServerTransaction>()
  readonly #allowed: readonly string[]
  #retired = false

  constructor(options: SipStackOptions) {
    this.#options = options
    this.#transports = new TransportSet(options.transports, options.advertisedHost)
    this.#clock = options.clock ?? systemClock
    this.#timings = options.timings ?? RFC3261_TIMINGS
    this.#clients = new Clients(this.#transports, this.#clock, this.#timings)
    this.#resolver = options.resolver ?? new TargetResolver()
    this.#allowed = [...Object.keys(options.handlers), 'OPTIONS']
  }

  /** Opens the transports. @throws the system's error when an address is taken */
  async start(): Promise<void> {
    await this.#transports.start({
      onMessage: (bytes, from) => this.#receive(parseDatagram(bytes), from, bytes.length),
      onUnreadable: (bytes, from) => this.#receive(unreadable(parseDatagram(bytes)), from, bytes.length),
      onFlowClosed: (flow, peer) => this.#flowClosed(flow, peer),
      onTrouble: (error) => this.#options.onError(error),
    })
  }

  /** Whether this connection is alive. */
  isOpen(flow: string): boolean {
    return this.#transports.isOpen(flow)
  }

  /**
   * Leaves the addresses to another process. These connections stay open for what is still to be said on them; requests
   * that come by them are not served any more.
   */
  async retire(keep: ReadonlySet<string>): Promise<void> {
    this.#retired = true
    await this.#transports.retire(keep)
  }

  /** Closes a connection after what is still to be written. */
  hangUp(flow: string): void {
    this.#transports.hangUp(flow)
  }

  /** Forgets every transaction and closes the transports. */
  async stop(): Promise<void> {
    this.#clients.stop()
    for (const transaction of this.#servers.values()) transaction.cancel()
    this.#servers.clear()
    await this.#transports.stop()
  }

  /** `host:port` peers reach us at, by the first transport. */
  get address(): string {
    return this.#transports.addressOf(this.#transports.first)
  }

  /** The ports it is bound to, by transport. */
  get ports(): Ports {
    return this.#transports.ports
  }

  /** The Contact under which the peer at this address finds us again: by the transport it is talked to. */
  contact(user: string, peer: RemoteAddress): string {
    const transport = this.#transports.find(peer) ?? this.#transports.first
    const param = transport.name === 'UDP' ? '' : `;transport=${transport.name.toLowerCase()}`
    return `<sip:${user}@${this.#transports.addressOf(transport)}${param}>`
  }

  /** Sends a request, with retransmissions, and tells how it ended. The Via is added here. */
  request(request: SipRequest, to: RemoteAddress): Promise<Outcome> {
    const open = to.flow !== undefined && this.#transports.find(to)?.isOpen(to.flow)
    return open || isIP(to.host) ? this.#clients.request(request, to) : this.#requestByName(request, to)
  }

  /** A server that is away, or says so, gives way to the next one of its name (RFC 3263 4.3). */
  async #requestByName(request: SipRequest, to: RemoteAddress): Promise<Outcome> {
    let outcome: Outcome = { type: 'failed', reason: 'transport' }
    for (const target of await this.#resolver.resolve(to, this.#transports.names)) {
      outcome = await this.#clients.request(request, target)
      if (outcome.type === 'response' && outcome.response.status !== 503) return outcome
    }
    return outcome
  }

  #flowClosed(flow: string, peer: RemoteAddress): void {
    this.#clients.flowClosed(flow)
    this.#options.onFlowClosed?.(flow, peer)
  }

  #receive(result: ParseResult, from: RemoteAddress, size: number): void {
    if (result.ok && result.message.kind === 'response') return this.#clients.receive(result.message)
    if (result.ok && result.message.kind === 'request') return this.#receiveRequest(result.message, from, size)
    if (!result.ok && result.partial?.kind === 'request') {
      this.#answerUnreadable(stampVia(result.partial, from), result.problem === 'version' ? 505 : 400, from, size)
    }
  }

  /** A message that could not be read whole is answered once and forgotten, if it tells where to. */
  #answerUnreadable(request: SipRequest, status: number, from: RemoteAddress, size: number): void {
    if (request.method === 'ACK' || !topVia(request.headers)) return
    const bytes = frugalAnswer(createResponse(request, status), size)
    if (bytes) this.#reply(bytes, from)
  }

  /** An answer goes back the way its request came; where that is closed nobody waits for it any more. */
  #reply(bytes: Buffer, to: RemoteAddress): void {
    const transport = this.#transports.find(to)
    if (!transport || (to.flow !== undefined && !transport.isOpen(to.flow))) return
    try {
      transport.send(bytes, to)
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
    }
  }

  #receiveRequest(request: SipRequest, from: RemoteAddress, size: number): void {
    if (request.method === 'ACK' || this.#retired) return
    const key = serverKey(request)
    if (key === undefined) return this.#answerUnreadable(stampVia(request, from), 400, from, size)
    const known = this.#servers.get(key)
    if (known) return known.retransmitted()
    if (this.#servers.size >= MAX_TRANSACTIONS) return
    const transaction = new ServerTransaction({
      clock: this.#clock,
      link: { reliable: this.#transports.find(from)?.reliable ?? false, timings: this.#timings },
      send: (bytes) => this.#reply(bytes, from),
      onTerminated: () => this.#servers.delete(key),
    })
    this.#servers.set(key, transaction)
    const forget = () => this.#servers.delete(key)
    this.#dispatch(stampVia(request, from), from, {
      transaction,
      forget,
      maxBytes: from.flow === undefined ? size : undefined,
    })
  }

  #dispatch(request: SipRequest, from: RemoteAddress, { transaction, forget, maxBytes }: Answering): void {
    const handler = this.#options.handlers[request.method]
    const respond = (status: number, lines: HeaderLines = [], toTag = shortTag()) => {
      const response = createResponse(request, status, lines, toTag)
      // Only handlers grant anything, and only to who proved who it is.
      const granted = status < 300 && handler !== undefined
      if (granted && from.flow !== undefined) this.#transports.find(from)?.proven?.(from.flow)
      const bytes = granted || maxBytes === undefined ? serialize(response) : frugalAnswer(response, maxBytes)
      if (bytes) transaction.answer(bytes)
      else forget()
    }
    const refusal = screen(request, this.#allowed, this.#options.supported)
    if (refusal) return respond(refusal.status, refusal.lines)
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

/** How one request is answered; `maxBytes` where anybody may have forged its sender. */
type Answering = {
  readonly transaction: ServerTransaction
  readonly forget: () => void
  readonly maxBytes: number | undefined
}

/** What stands before a break of a stream is at best the head of a message, whatever it looks like. */
function unreadable(result: ParseResult): ParseResult {
  return result.ok ? { ok: false, problem: 'content_length', position: 0, partial: result.message } : result
}

/** Notes where a request really came from, so that the answer finds back through NAT (RFC 3261 18.2.1, RFC 3581). */
function stampVia(request: SipRequest, from: RemoteAddress): SipRequest {
  const line = request.headers.get('via')
  const first = listItems(request.headers, 'via')[0]
  const via = topVia(request.headers)
  if (line === undefined || first === undefined || !via) return request
  const bare = first.replace(/;\s*rport(?:\s*=[^;]*)?(?=;|$)/i, '').replace(/;\s*received\s*=[^;]*/i, '')
  const rport = via.params.has('rport') ? `;rport=${from.port}` : ''
  request.headers.replaceVia(line.replace(first, () => `${bare};received=${from.host}${rport}`))
  return request
}
