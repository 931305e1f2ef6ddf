import { createSocket, type Socket } from 'node:dgram'
import { answerTo, challengeOf, credentials, headerOf, type LeanChallenge } from '@lamplighter/testing'

/** Where a server is. */
export type SipServerAddress = { readonly host: string; readonly port: number }

type Waiting = {
  readonly bytes: Buffer
  sentAt: number
  readonly firstAt: number
  readonly answered: (text: string) => void
}

/** One phone of a swarm: a dialog and what its lamp shows. */
export type SwarmPhone = {
  readonly name: string
  /** Whose state it asks for: its own name, or somebody else's. */
  readonly resource: string
  callId: string
  toTag: string
  target: string
  cseq: number
  /** New messages of the newest NOTIFY with a body. */
  shown: number | undefined
  notified: ((text: string) => void) | undefined
  /** A challenge it was given before: its next request brings the answer along, as phones that keep a nonce do. */
  challenge: LeanChallenge | undefined
  uses: number
}

const RESEND_MS = 500
const GIVE_UP_MS = 20_000
const BUFFER_BYTES = 8 * 1024 * 1024

/** Many phones on one UDP socket: they subscribe, answer every NOTIFY and remember what it showed. */
export class PhoneSwarm {
  readonly #server: SipServerAddress
  readonly #password: string
  readonly #socket: Socket
  readonly #own: string
  readonly #waiting = new Map<string, Waiting>()
  readonly #phones = new Map<string, SwarmPhone>()
  readonly #resending: NodeJS.Timeout
  #runs = 0
  /** Told of every NOTIFY. */
  onNotify: (phone: SwarmPhone) => void = () => {}
  /** Requests that were sent again because no answer came. */
  resent = 0

  private constructor(server: SipServerAddress, password: string, socket: Socket) {
    this.#server = server
    this.#password = password
    this.#socket = socket
    this.#own = `127.0.0.1:${socket.address().port}`
    socket.on('message', (bytes) => this.#receive(bytes.toString('latin1')))
    this.#resending = setInterval(() => this.#resend(), RESEND_MS / 2)
  }

  static async open(server: SipServerAddress, password: string): Promise<PhoneSwarm> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    // Connected, the system neither looks up where to nor finds the way for each datagram.
    await new Promise<void>((resolve) => socket.connect(server.port, server.host, resolve))
    socket.setRecvBufferSize(BUFFER_BYTES)
    return new PhoneSwarm(server, password, socket)
  }

  /** A phone that is not subscribed yet. */
  phone(name: string, resource = name): SwarmPhone {
    return {
      name,
      resource,
      callId: '',
      toTag: '',
      target: '',
      cseq: 0,
      shown: undefined,
      notified: undefined,
      challenge: undefined,
      uses: 0,
    }
  }

  /** Asks for a challenge, and leaves it at that. */
  async learnChallenge(phone: SwarmPhone): Promise<void> {
    this.#begin(phone)
    phone.challenge = challengeOf(await this.#send(phone, 600, undefined))
    phone.uses = 0
  }

  /** Subscribes, in a new dialog: done when it was accepted and the first NOTIFY answered. @throws when refused */
  async subscribe(phone: SwarmPhone): Promise<void> {
    this.#begin(phone)
    const first = this.#nextNotify(phone)
    const accepted = await this.#authenticated(phone, 600)
    phone.toTag = /tag=([^;]*)/.exec(headerOf(accepted, 'To') ?? '')?.[1] ?? ''
    phone.target = /<([^>]*)>/.exec(headerOf(accepted, 'Contact') ?? '')?.[1] ?? phone.target
    await first
  }

  /** Ends the subscription: done when the last NOTIFY was answered. @throws when refused */
  async unsubscribe(phone: SwarmPhone): Promise<void> {
    const last = this.#nextNotify(phone)
    await this.#authenticated(phone, 0)
    await last
    this.#phones.delete(phone.callId)
  }

  close(): void {
    clearInterval(this.#resending)
    this.#socket.close()
  }

  #begin(phone: SwarmPhone): void {
    this.#runs++
    this.#phones.delete(phone.callId)
    phone.callId = `${this.#runs}-${process.pid}@bench`
    phone.toTag = ''
    phone.target = `sip:${phone.resource}@${this.#server.host}:${this.#server.port}`
    this.#phones.set(phone.callId, phone)
  }

  #nextNotify(phone: SwarmPhone): Promise<string> {
    return new Promise((resolve) => {
      phone.notified = resolve
    })
  }

  async #authenticated(phone: SwarmPhone, expiresSec: number): Promise<string> {
    const first = await this.#send(phone, expiresSec, phone.challenge)
    if (isSuccess(first)) return first
    const challenge = challengeOf(first)
    if (!challenge) throw new Error(first.split('\r\n')[0])
    phone.uses = 0
    const second = await this.#send(phone, expiresSec, challenge)
    if (!isSuccess(second)) throw new Error(second.split('\r\n')[0])
    return second
  }

  #send(phone: SwarmPhone, expiresSec: number, challenge: LeanChallenge | undefined): Promise<string> {
    phone.cseq++
    const { name, resource, callId, target: uri, cseq, toTag } = phone
    const { host, port } = this.#server
    const own = this.#own
    if (challenge) phone.uses++
    const proof = challenge
      ? credentials(challenge, { name, password: this.#password, method: 'SUBSCRIBE', uri, count: phone.uses })
      : ''
    const bytes = Buffer.from(
      `SUBSCRIBE ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${own};rport;branch=z9hG4bK${callId}${cseq}\r\nMax-Forwards: 70\r\n` +
        `From: <sip:${name}@${host}:${port}>;tag=f${callId}\r\nTo: <sip:${resource}@${host}:${port}>${toTag === '' ? '' : `;tag=${toTag}`}\r\n` +
        `Call-ID: ${callId}\r\nCSeq: ${cseq} SUBSCRIBE\r\nContact: <sip:${name}@${own}>\r\n${proof}Event: message-summary\r\n` +
        `Accept: application/simple-message-summary\r\nUser-Agent: a phone of a swarm, as long as those of real phones\r\nAllow: NOTIFY, OPTIONS\r\n` +
        `Expires: ${expiresSec}\r\nContent-Length: 0\r\n\r\n`,
      'latin1',
    )
    const now = performance.now()
    return new Promise((answered) => {
      this.#waiting.set(`${callId} ${cseq}`, { bytes, sentAt: now, firstAt: now, answered })
      this.#socket.send(bytes)
    })
  }

  #receive(text: string): void {
    const callId = headerOf(text, 'Call-ID') ?? ''
    if (text.startsWith('SIP/2.0')) {
      if (text.charCodeAt(8) === 49) return
      const key = `${callId} ${Number.parseInt(headerOf(text, 'CSeq') ?? '', 10)}`
      const waiting = this.#waiting.get(key)
      this.#waiting.delete(key)
      waiting?.answered(text)
      return
    }
    this.#socket.send(answerTo(text))
    const phone = this.#phones.get(callId)
    if (!phone) return
    const shown = /Voice-Message: *(\d+)\//.exec(text)?.[1]
    if (shown !== undefined) phone.shown = Number(shown)
    const { notified } = phone
    phone.notified = undefined
    notified?.(text)
    this.onNotify(phone)
  }

  #resend(): void {
    const now = performance.now()
    for (const [key, waiting] of this.#waiting) {
      if (now - waiting.sentAt < RESEND_MS) continue
      if (now - waiting.firstAt > GIVE_UP_MS) {
        this.#waiting.delete(key)
        waiting.answered('SIP/2.0 408 no answer\r\n')
        continue
      }
      waiting.sentAt = now
      this.resent++
      this.#socket.send(waiting.bytes)
    }
  }
}

function isSuccess(response: string): boolean {
  return response.charCodeAt(8) === 50
}
