import { randomBytes } from 'node:crypto'
import {
  answerChallenge,
  Headers,
  type IncomingRequest,
  type RemoteAddress,
  type SipRequest,
  SipStack,
  StreamTransport,
  TlsCredentials,
  type TlsSettings,
  type Transport,
  UdpTransport,
} from '@lamplighter/sip'
import { waitFor } from '@lamplighter/testing'

type Answer = { readonly status: number; readonly headers: Headers }

/** A NOTIFY as it came. */
export type Notified = {
  readonly cseq: number
  readonly state: string
  readonly body: string
  readonly uri: string
  readonly event: string
  readonly headers: Headers
}

function transportOf(name: 'UDP' | 'TCP' | 'TLS' | Transport, tls: TlsSettings | undefined): Transport {
  if (typeof name === 'object') return name
  const at = { host: '127.0.0.1', port: 0 }
  return name === 'UDP'
    ? new UdpTransport(at)
    : new StreamTransport({ ...at, ...(name === 'TLS' && tls && { tls: new TlsCredentials(tls) }) })
}

/** A SIP client that does what a test tells it, right or wrong, and answers NOTIFYs as it is told. */
export class RawPhone {
  readonly notified: Notified[] = []
  /** How the next NOTIFYs are answered; `silence` not at all. */
  answer: number | 'silence' = 200
  /** Lines that go with such an answer. */
  answerLines: readonly (readonly [string, string])[] = []
  /** How long it thinks before it answers one. */
  answerAfterMs = 0
  readonly callId = randomBytes(6).toString('hex')
  /** Another one is another start of the phone. */
  registerCallId = randomBytes(6).toString('hex')
  readonly tag = randomBytes(4).toString('hex')
  to: string
  target: string
  cseq = 0
  readonly #stack: SipStack
  readonly #server: RemoteAddress
  readonly #login: { username: string; password: string }

  /**
   * @param transport one it listens by, or one that is there already
   * @param tls given with TLS: whom it believes
   */
  constructor(
    login: { username: string; password: string },
    port: number,
    transport: 'UDP' | 'TCP' | 'TLS' | Transport = 'UDP',
    tls?: TlsSettings,
  ) {
    this.#login = login
    const name = typeof transport === 'object' ? transport.name : transport
    this.#server = { host: '127.0.0.1', port, transport: name }
    const suffix = name === 'UDP' ? '' : `;transport=${name.toLowerCase()}`
    this.target = `sip:${login.username}@127.0.0.1:${port}${suffix}`
    this.to = `<${this.target}>`
    this.#stack = new SipStack({
      transports: [transportOf(transport, tls)],
      supported: ['eventlist'],
      handlers: { NOTIFY: (incoming) => this.#onNotify(incoming) },
      onError: () => {},
    })
  }

  start(): Promise<void> {
    return this.#stack.start()
  }

  stop(): Promise<void> {
    return this.#stack.stop()
  }

  get address(): string {
    return this.#stack.address
  }

  /** Sends one request. Lines given here replace the usual ones; null leaves one out. */
  async send(method: string, lines: Record<string, string | null> = {}, uri = this.target, body = ''): Promise<Answer> {
    this.cseq++
    const usual: Record<string, string | null> = {
      'Max-Forwards': '70',
      From: `<sip:${this.#login.username}@127.0.0.1>;tag=${this.tag}`,
      To: this.to,
      'Call-ID': this.callId,
      CSeq: `${this.cseq} ${method}`,
      Contact: `<sip:${this.#login.username}@${this.address}>`,
      Event: 'message-summary',
      Expires: '600',
      // As wordy as real phones: nobody unproven gets more bytes than he sent.
      'User-Agent': 'Raw phone of the tests',
      Supported: 'replaces, outbound, gruu, path',
      ...lines,
    }
    const headers = new Headers()
    for (const [name, value] of Object.entries(usual)) if (value !== null) headers.add(name, value)
    const request: SipRequest = { kind: 'request', method, uri, headers, body: Buffer.from(body) }
    const outcome = await this.#stack.request(request, this.#server)
    return outcome.type === 'failed' ? { status: 408, headers: new Headers() } : outcome.response
  }

  /** Sends a request and answers its challenge. */
  async authenticated(
    method: string,
    lines: Record<string, string | null> = {},
    uri = this.target,
    body = '',
  ): Promise<Answer> {
    const first = await this.send(method, lines, uri, body)
    if (first.status !== 401) return first
    const authorization = answerChallenge(first.headers.get('www-authenticate') ?? '', this.#login, method, uri)
    return this.send(method, { ...lines, Authorization: authorization ?? '' }, uri, body)
  }

  /** Subscribes and keeps the dialog. */
  async subscribe(lines: Record<string, string | null> = {}, uri?: string): Promise<Answer> {
    const answer = await this.authenticated('SUBSCRIBE', lines, uri)
    if (answer.status !== 200) return answer
    this.to = answer.headers.get('to') ?? this.to
    this.target = /<([^>]*)>/.exec(answer.headers.get('contact') ?? '')?.[1] ?? this.target
    return answer
  }

  /** Registers its contact. Lines given here replace the usual ones; null leaves one out. */
  register(lines: Record<string, string | null> = {}): Promise<Answer> {
    const { username } = this.#login
    const own = `<sip:${username}@127.0.0.1:${this.#server.port}>`
    return this.authenticated(
      'REGISTER',
      {
        Event: null,
        Expires: '3600',
        From: `${own};tag=${this.tag}`,
        To: own,
        'Call-ID': this.registerCallId,
        ...lines,
      },
      `sip:127.0.0.1:${this.#server.port}`,
    )
  }

  /** The next NOTIFY after `from` that fits. */
  next(from: number, fits: (one: Notified) => boolean, what: string): Promise<Notified> {
    return waitFor(() => this.notified.slice(from).find(fits), {
      what: `${what}; had ${JSON.stringify(this.notified.map(({ state, body }) => [state, body]))}`,
    })
  }

  #onNotify({ request, respond, ignore }: IncomingRequest): void {
    const { headers, body, uri } = request
    const cseq = Number(headers.get('cseq')?.split(' ')[0])
    this.notified.push({
      cseq,
      state: headers.get('subscription-state') ?? '',
      body: body.toString(),
      uri,
      event: headers.get('event') ?? '',
      headers,
    })
    const { answer } = this
    if (answer === 'silence') ignore()
    else setTimeout(() => respond(answer, this.answerLines), this.answerAfterMs)
  }
}
