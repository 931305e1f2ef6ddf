import {
  createDialog,
  type Dialog,
  dialogRequest,
  type IncomingRequest,
  newTag,
  nextHop,
  SipStack,
  StreamTransport,
  UdpTransport,
} from '@lamplighter/sip'

/** A SUBSCRIBE as it came. */
export type Asked = { readonly callId: string; readonly uri: string; readonly expires: string }

/** A SIP server that answers SUBSCRIBE and sends NOTIFY as a test tells it. */
export class RawNotifier {
  readonly asked: Asked[] = []
  /** How the next SUBSCRIBEs are answered. */
  status = 200
  /** Sent right after each accepted SUBSCRIBE; undefined: nothing. */
  body: string | undefined = 'Messages-Waiting: no\r\nVoice-Message: 0/0 (0/0)\r\n'
  readonly #stack: SipStack
  #dialog: Dialog | undefined
  #cseq = 0

  /** @param tcpPort where it was before, for one that comes back */
  constructor(tcpPort = 0) {
    this.#stack = new SipStack({
      transports: [
        new UdpTransport({ host: '127.0.0.1', port: 0 }),
        new StreamTransport({ host: '127.0.0.1', port: tcpPort }),
      ],
      handlers: { SUBSCRIBE: (incoming) => this.#subscribe(incoming) },
      onError: () => {},
    })
  }

  start(): Promise<void> {
    return this.#stack.start()
  }

  stop(): Promise<void> {
    return this.#stack.stop()
  }

  get target(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.#stack.ports.UDP ?? 0 }
  }

  /** The same over TCP: a server that is gone does not answer at once, instead of after 32 seconds. */
  get tcpTarget(): { host: string; port: number; transport: string } {
    return { host: '127.0.0.1', port: this.#stack.ports.TCP ?? 0, transport: 'TCP' }
  }

  /** Sends a NOTIFY in the last dialog; gives the status of its answer. */
  async notify(state: string, body: string | undefined, cseq?: number): Promise<number> {
    if (!this.#dialog) throw new Error('nobody subscribed')
    this.#cseq = cseq ?? this.#cseq + 1
    const request = dialogRequest(this.#dialog, 'NOTIFY', this.#cseq)
    request.headers.add('Event', 'message-summary')
    request.headers.add('Subscription-State', state)
    request.headers.add('Contact', this.#stack.contact('raw', this.#dialog.flow))
    if (body !== undefined) request.headers.add('Content-Type', 'application/simple-message-summary')
    const outcome = await this.#stack.request({ ...request, body: Buffer.from(body ?? '') }, nextHop(this.#dialog))
    return outcome.type === 'failed' ? 408 : outcome.response.status
  }

  #subscribe({ request, from, respond }: IncomingRequest): void {
    const { headers, uri } = request
    const expires = headers.get('expires') ?? ''
    this.asked.push({ callId: headers.get('call-id') ?? '', uri, expires })
    if (this.status >= 300) return respond(this.status)
    const known = this.#dialog?.callId === headers.get('call-id') ? this.#dialog : undefined
    const dialog = known ?? createDialog(request, newTag(), undefined, from)
    if (typeof dialog === 'string') return respond(400)
    this.#dialog = dialog
    const contact = this.#stack.contact('raw', from)
    respond(
      200,
      [
        ['Contact', contact],
        ['Expires', expires],
      ],
      dialog.localTag,
    )
    const state = expires === '0' ? 'terminated;reason=timeout' : `active;expires=${expires}`
    if (this.body !== undefined) void this.notify(state, this.body)
  }
}
