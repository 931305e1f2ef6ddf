import type { Clock } from '../clock.js'
import { type SipRequest, type SipResponse, serialize } from '../message/message.js'
import { randomHex } from '../random-hex.js'
import type { RemoteAddress, Transport } from '../transport/transport.js'
import type { TransportSet } from '../transport/transport-set.js'
import { ClientTransaction, type Outcome } from './client-transaction.js'
import { clientKey, MAGIC_COOKIE } from './matching.js'
import type { Timings } from './timings.js'

/** What may leave by UDP where nothing is known of the path (RFC 3261 18.1.1), less what our Via takes. */
const MAX_DATAGRAM_BYTES = 1300 - 150

function sizeOf({ headers, body, uri }: SipRequest): number {
  let size = body.length + uri.length + 50
  for (const { name, value } of headers.list) size += name.length + value.length + 4
  return size
}

/** The requests of ours that are under way: found by their responses, and by the connection they went out on. */
export class Clients {
  readonly #transports: TransportSet
  readonly #clock: Clock
  readonly #timings: Timings
  readonly #byKey = new Map<string, ClientTransaction>()
  readonly #byFlow = new Map<string, Set<ClientTransaction>>()

  constructor(transports: TransportSet, clock: Clock, timings: Timings) {
    this.#transports = transports
    this.#clock = clock
    this.#timings = timings
  }

  /** Sends a request to one address, with retransmissions, and tells how it ended. The Via is added here. */
  request(request: SipRequest, to: RemoteAddress): Promise<Outcome> {
    const transport = this.#transports.find(to)
    if (!transport) return Promise.resolve({ type: 'failed', reason: 'transport' })
    const large = transport.name === 'UDP' && sizeOf(request) > MAX_DATAGRAM_BYTES
    return large ? this.#sendLarge(request, transport, to) : this.#send(request, transport, to)
  }

  /** Too large for one datagram: a peer that has no TCP gets it in pieces (RFC 3261 18.1.1). */
  async #sendLarge(request: SipRequest, transport: Transport, to: RemoteAddress): Promise<Outcome> {
    const stream = this.#transports.find({ ...to, transport: 'TCP' })
    if (!stream) return this.#send(request, transport, to)
    const outcome = await this.#send(request, stream, { ...to, transport: 'TCP' })
    const refused = outcome.type === 'failed' && outcome.reason === 'transport'
    return refused ? this.#send(request, transport, to) : outcome
  }

  #send(request: SipRequest, transport: Transport, to: RemoteAddress): Promise<Outcome> {
    const branch = `${MAGIC_COOKIE}${randomHex(16)}`
    const via = `SIP/2.0/${transport.name} ${this.#transports.addressOf(transport)};branch=${branch};rport`
    const bytes = serialize(request, via)
    return new Promise((resolve) => this.#begin(`${branch}|${request.method}`, transport, bytes, to, resolve))
  }

  /** Hands a response to the request it belongs to. */
  receive(response: SipResponse): void {
    const key = clientKey(response)
    if (key !== undefined) this.#byKey.get(key)?.receive(response)
  }

  /** A connection is gone: nothing sent on it will be answered (RFC 3261 17.1.4). */
  flowClosed(flow: string): void {
    for (const transaction of [...(this.#byFlow.get(flow) ?? [])]) transaction.transportFailed()
  }

  /** Forgets every request, silently. */
  stop(): void {
    for (const transaction of this.#byKey.values()) transaction.cancel()
    this.#byKey.clear()
    this.#byFlow.clear()
  }

  #begin(key: string, transport: Transport, bytes: Buffer, to: RemoteAddress, resolve: (outcome: Outcome) => void) {
    let flow: string | undefined
    let failed = false
    const transaction = new ClientTransaction({
      clock: this.#clock,
      link: { reliable: transport.reliable, timings: this.#timings },
      send: () => {
        try {
          flow = transport.send(bytes, to)
        } catch {
          failed = true
        }
      },
      onOutcome: resolve,
      onTerminated: () => this.#forget(key, flow, transaction),
    })
    this.#byKey.set(key, transaction)
    if (flow !== undefined) this.#remember(flow, transaction)
    // Only now: the transaction begins by sending, before there is a transaction to fail.
    if (failed) transaction.transportFailed()
  }

  #remember(flow: string, transaction: ClientTransaction): void {
    const own = this.#byFlow.get(flow) ?? new Set()
    this.#byFlow.set(flow, own.add(transaction))
  }

  #forget(key: string, flow: string | undefined, transaction: ClientTransaction): void {
    this.#byKey.delete(key)
    if (flow === undefined) return
    const own = this.#byFlow.get(flow)
    own?.delete(transaction)
    if (own?.size === 0) this.#byFlow.delete(flow)
  }
}
