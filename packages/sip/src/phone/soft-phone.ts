import { randomBytes } from 'node:crypto'
import { answerChallenge } from '../digest/client.js'
import {
  MESSAGE_SUMMARY,
  MESSAGE_SUMMARY_TYPE,
  type ReceivedSummary,
  readMessageSummary,
} from '../event-packages/message-summary.js'
import { parseNameAddress, parseSeconds } from '../message/fields.js'
import { Headers } from '../message/headers.js'
import type { SipRequest, SipResponse } from '../message/message.js'
import type { RemoteAddress } from '../transport/transport.js'
import { UdpTransport } from '../transport/udp.js'
import { type IncomingRequest, SipStack } from '../user-agent/sip-stack.js'

/** An account at a server. */
export type PhoneAccount = { readonly username: string; readonly password: string; readonly server: RemoteAddress }

/** What the phone's lamp shows after a NOTIFY, and the body that said so. */
export type LampReport = ReceivedSummary & { readonly body: string; readonly subscriptionState: string }

/** What the phone tells. */
export type PhoneListener = {
  onLamp(report: LampReport): void
  /** The server ended the subscription. */
  onTerminated?(reason: string): void
}

/** The server answered something else than success. */
export class PhoneError extends Error {
  override readonly name = 'PhoneError'
  readonly status: number

  constructor(method: string, status: number) {
    super(`${method} was answered ${status}`)
    this.status = status
  }
}

type Subscription = { readonly callId: string; readonly localTag: string; remote: string; target: string; cseq: number }

/** A SIP phone that only has a lamp: a client of its own, on its own UDP socket. For the demonstration and for tests. */
export class SoftPhone {
  readonly #account: PhoneAccount
  readonly #listener: PhoneListener
  readonly #stack: SipStack
  readonly #aor: string
  #subscription: Subscription | undefined
  #refresh: NodeJS.Timeout | undefined
  #registerCSeq = 0
  readonly #registerCallId = randomBytes(8).toString('hex')

  constructor(account: PhoneAccount, listener: PhoneListener) {
    this.#account = account
    this.#listener = listener
    this.#aor = `sip:${account.username}@${hostText(account.server.host)}:${account.server.port}`
    this.#stack = new SipStack({
      transports: [new UdpTransport({ host: account.server.host.includes(':') ? '::1' : '127.0.0.1', port: 0 })],
      handlers: { NOTIFY: (incoming) => this.#notified(incoming) },
      onError: () => {},
    })
  }

  /** Opens the phone's socket. */
  start(): Promise<void> {
    return this.#stack.start()
  }

  /** Registers the phone. @throws PhoneError */
  async register(expiresSec = 3600): Promise<SipResponse> {
    const headers = (cseq: number) =>
      this.#headers('REGISTER', cseq, this.#registerCallId, newTag(), `<${this.#aor}>`, expiresSec)
    return this.#authenticated(
      'REGISTER',
      `sip:${hostText(this.#account.server.host)}:${this.#account.server.port}`,
      () => {
        this.#registerCSeq++
        return headers(this.#registerCSeq)
      },
    )
  }

  /** Subscribes to the lamp of `target`, by default the phone's own account, and keeps refreshing. @throws PhoneError */
  async subscribe(target: string = this.#account.username, expiresSec = 600): Promise<void> {
    const uri = `sip:${target}@${hostText(this.#account.server.host)}:${this.#account.server.port}`
    const subscription = {
      callId: randomBytes(8).toString('hex'),
      localTag: newTag(),
      remote: `<${uri}>`,
      target: uri,
      cseq: 0,
    }
    this.#subscription = subscription
    await this.#sendSubscribe(subscription, expiresSec)
  }

  /** Refreshes the subscription now. @throws PhoneError */
  async refresh(expiresSec = 600): Promise<void> {
    if (this.#subscription) await this.#sendSubscribe(this.#subscription, expiresSec)
  }

  /** Ends the subscription. @throws PhoneError */
  async unsubscribe(): Promise<void> {
    clearTimeout(this.#refresh)
    if (this.#subscription) await this.#sendSubscribe(this.#subscription, 0)
    clearTimeout(this.#refresh)
  }

  /** Switches the phone off without a word. */
  async stop(): Promise<void> {
    clearTimeout(this.#refresh)
    await this.#stack.stop()
  }

  async #sendSubscribe(subscription: Subscription, expiresSec: number): Promise<void> {
    const response = await this.#authenticated('SUBSCRIBE', subscription.target, () => {
      subscription.cseq++
      const { cseq, callId, localTag, remote } = subscription
      const headers = this.#headers('SUBSCRIBE', cseq, callId, localTag, remote, expiresSec)
      headers.add('Event', MESSAGE_SUMMARY)
      headers.add('Accept', MESSAGE_SUMMARY_TYPE)
      return headers
    })
    subscription.remote = response.headers.get('to') ?? subscription.remote
    subscription.target = parseNameAddress(response.headers.get('contact') ?? '')?.uriText ?? subscription.target
    const grantedSec = parseSeconds(response.headers.get('expires')) ?? expiresSec
    clearTimeout(this.#refresh)
    // Nine tenths, as real phones do (sip.md 3.2).
    if (grantedSec > 0)
      this.#refresh = setTimeout(() => void this.refresh(expiresSec).catch(() => {}), grantedSec * 900).unref()
  }

  /** Sends, and once more with credentials when asked for them. */
  async #authenticated(method: string, uri: string, headers: () => Headers): Promise<SipResponse> {
    const first = await this.#send(method, uri, headers())
    const challenge = first.status === 401 ? first.headers.get('www-authenticate') : undefined
    const { username, password } = this.#account
    const authorization = challenge && answerChallenge(challenge, { username, password }, method, uri)
    if (!authorization) return accepted(method, first)
    const again = headers()
    again.add('Authorization', authorization)
    return accepted(method, await this.#send(method, uri, again))
  }

  async #send(method: string, uri: string, headers: Headers): Promise<SipResponse> {
    const request: SipRequest = { kind: 'request', method, uri, headers, body: Buffer.alloc(0) }
    const outcome = await this.#stack.request(request, this.#account.server)
    if (outcome.type === 'failed') throw new PhoneError(method, 408)
    return outcome.response
  }

  #headers(method: string, cseq: number, callId: string, localTag: string, to: string, expiresSec: number): Headers {
    const headers = new Headers()
    headers.add('Max-Forwards', '70')
    headers.add('From', `<${this.#aor}>;tag=${localTag}`)
    headers.add('To', to)
    headers.add('Call-ID', callId)
    headers.add('CSeq', `${cseq} ${method}`)
    headers.add('Contact', `<sip:${this.#account.username}@${this.#stack.address}>`)
    headers.add('Expires', String(expiresSec))
    headers.add('User-Agent', 'lamplighter phone')
    return headers
  }

  #notified({ request, respond }: IncomingRequest): void {
    respond(200)
    const body = request.body.toString('utf8')
    const state = request.headers.get('subscription-state') ?? ''
    const summary = readMessageSummary(body)
    if (summary) this.#listener.onLamp({ ...summary, body, subscriptionState: state })
    if (/^terminated/i.test(state)) this.#listener.onTerminated?.(/reason=([\w-]+)/i.exec(state)?.[1] ?? '')
  }
}

function accepted(method: string, response: SipResponse): SipResponse {
  if (response.status >= 300) throw new PhoneError(method, response.status)
  return response
}

function newTag(): string {
  return randomBytes(6).toString('hex')
}

function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
