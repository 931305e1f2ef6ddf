import {
  computeHa1,
  DigestAuthenticator,
  type IncomingRequest,
  NonceFactory,
  SipStack,
  StreamTransport,
  UdpTransport,
} from '@lamplighter/sip'
import { waitFor } from '@lamplighter/testing'

/** A request as the peer got it. */
export type Told = {
  readonly method: string
  readonly uri: string
  readonly headers: IncomingRequest['request']['headers']
  readonly body: string
  readonly at: number
}

/** What it answers: a status, with lines maybe; nothing at all; or a challenge first. */
export type PeerAnswer =
  | number
  | 'silence'
  | { readonly status: number; readonly lines: readonly (readonly [string, string])[] }

/** A SIP server on a socket of its own, which answers as a test tells it: a PBX, gateway or presence server. */
export class SipPeer {
  readonly told: Told[] = []
  /** What requests but OPTIONS are answered; a function sees them. */
  answer: PeerAnswer | ((told: Told) => PeerAnswer) = 200
  pinged: PeerAnswer = 200
  /** Call-IDs of the OPTIONS that came. */
  readonly pings = new Set<string>()
  readonly #stack: SipStack
  readonly #transport: 'udp' | 'tcp'
  readonly #digest = new DigestAuthenticator(new NonceFactory(Buffer.alloc(32, 7)), 'peer')
  /** Set: requests need this login. */
  login: { username: string; password: string } | undefined

  constructor(transport: 'udp' | 'tcp' = 'udp') {
    this.#transport = transport
    this.#stack = this.#newStack()
  }

  /** A target of a gateway. */
  get target() {
    const { UDP, TCP } = this.#stack.ports
    return { host: '127.0.0.1', port: UDP ?? TCP ?? 0, transport: this.#transport }
  }

  start(): Promise<void> {
    return this.#stack.start()
  }

  stop(): Promise<void> {
    return this.#stack.stop()
  }

  /** Is not there until it has missed so many pings. */
  async away(misses: number): Promise<void> {
    this.pinged = 'silence'
    const from = this.pings.size
    await waitFor(() => this.pings.size > from + misses, { what: 'the pings it misses', timeoutMs: 60_000 })
    this.pinged = 200
  }

  /** The next request after `from` that fits. */
  next(from: number, fits: (one: Told) => boolean, what: string, timeoutMs = 15_000): Promise<Told> {
    const had = () => JSON.stringify(this.told.map(({ method, uri, body }) => [method, uri, body]))
    return waitFor(() => this.told.slice(from).find(fits), { what, timeoutMs }).catch((error) => {
      throw new Error(`${(error as Error).message}; had ${had()}`)
    })
  }

  #newStack(): SipStack {
    const bind = { host: '127.0.0.1', port: 0 }
    const transport = this.#transport === 'udp' ? new UdpTransport(bind) : new StreamTransport(bind)
    const serve = (incoming: IncomingRequest) => this.#serve(incoming)
    return new SipStack({
      transports: [transport],
      handlers: { NOTIFY: serve, PUBLISH: serve, OPTIONS: (incoming) => this.#ping(incoming) },
      onError: () => {},
    })
  }

  #ping(incoming: IncomingRequest): void {
    this.pings.add(incoming.request.headers.get('call-id') ?? '')
    give(incoming, this.pinged)
  }

  #serve(incoming: IncomingRequest): void {
    const { request } = incoming
    if (this.login && !this.#proves(incoming, this.login)) return
    const { method, uri, headers, body } = request
    const told = { method, uri, headers, body: body.toString(), at: performance.now() }
    this.told.push(told)
    give(incoming, typeof this.answer === 'function' ? this.answer(told) : this.answer)
  }

  #proves(
    { request, respond }: IncomingRequest,
    { username, password }: { username: string; password: string },
  ): boolean {
    const claimed = this.#digest.claimed(request)
    const account = { ha1: computeHa1('MD5', username, 'peer', password), algorithm: 'MD5' as const }
    if (claimed && this.#digest.verify(request, claimed, account) === 'right') return true
    respond(401, [['WWW-Authenticate', this.#digest.challenge('MD5', false)]])
    return false
  }
}

function give({ respond, ignore }: IncomingRequest, answer: PeerAnswer): void {
  if (answer === 'silence') ignore()
  else if (typeof answer === 'number') respond(answer)
  else respond(answer.status, answer.lines)
}
