import { randomBytes } from 'node:crypto'
import type { GatewayTarget } from '@lamplighter/domain'
import {
  answerChallenge,
  type Headers,
  parseNameAddress,
  parseSeconds,
  type RemoteAddress,
  type SipRequest,
  type SipStack,
} from '@lamplighter/sip'
import type { DeliveringGateway } from '@lamplighter/store'
import type { Answer } from './answer.js'
import { ariRequest, type PeerLogin } from './ari-client.js'
import {
  ariCounts,
  ariMailboxPath,
  type Envelope,
  type GatewayMessage,
  notifyRequest,
  optionsRequest,
  PUBLISH_EXPIRES_SEC,
  publishRequest,
  withCredentials,
} from './gateway-messages.js'

/** What one delivery says. */
export type Dispatch = {
  readonly gateway: DeliveringGateway
  readonly target: GatewayTarget
  readonly message: GatewayMessage
  /** What the peer keeps of us already, by its etag. */
  readonly etag: string | undefined
  /** It is shown no more after this: what is published is taken away, too. */
  readonly last: boolean
}

/** What a sender is made of. */
export type SenderDependencies = {
  readonly stack: () => SipStack
  /** What a phone dials from its envelope key. */
  readonly accessCode: string
  /** The login at a gateway; undefined when it has none, or none that can be read. */
  readonly login: (gateway: DeliveringGateway) => PeerLogin | undefined
}

/** Sends what a gateway is told, in its way, and answers its challenge once. It knows no retry. */
export class GatewaySender {
  readonly #parts: SenderDependencies
  readonly #stopping = new AbortController()

  constructor(parts: SenderDependencies) {
    this.#parts = parts
  }

  /** Ends what is under way over HTTP; SIP ends with its stack. */
  stop(): void {
    this.#stopping.abort()
  }

  /** Tells one lamp. */
  async send(dispatch: Dispatch): Promise<Answer> {
    const { gateway, target, message, last } = dispatch
    if (gateway.method === 'publish') return this.#publish(dispatch)
    if (gateway.method === 'notify') {
      return toAnswer(
        await this.#request(gateway, target, notifyRequest(gateway, target, message, this.#envelope(target))),
      )
    }
    const path = ariMailboxPath(gateway, target, message)
    const login = this.#parts.login(gateway)
    if (!last) return ariRequest(target, 'PUT', path + ariCounts(message), login, this.#stopping.signal)
    const answer = await ariRequest(target, 'DELETE', path, login, this.#stopping.signal)
    // Asterisk does not know it any more: that is what was wanted.
    return answer.type === 'answered' && answer.status === 404 ? { ...answer, status: 200 } : answer
  }

  /** Asks whether a target is there: any answer says so. */
  async ping(gateway: DeliveringGateway, target: GatewayTarget): Promise<boolean> {
    if (gateway.method === 'ari') {
      const path = `${gateway.ariPath}/asterisk/ping`
      return (
        (await ariRequest(target, 'GET', path, this.#parts.login(gateway), this.#stopping.signal)).type === 'answered'
      )
    }
    const request = optionsRequest(target, this.#envelope(target))
    return (await this.#parts.stack().request(request, toRemote(target))).type === 'response'
  }

  async #publish({ gateway, target, message, etag, last }: Dispatch): Promise<Answer> {
    const send = async (known: string | undefined, expiresSec = PUBLISH_EXPIRES_SEC) => {
      const state = { etag: known, expiresSec }
      return toAnswer(
        await this.#request(gateway, target, publishRequest(gateway, target, message, this.#envelope(target), state)),
      )
    }
    let answer = await send(etag)
    // It forgot what it kept of us (RFC 3903 4.1): told anew, as a first state.
    if (etag !== undefined && answer.type === 'answered' && answer.status === 412) answer = await send(undefined)
    if (!last || answer.type !== 'answered' || answer.status >= 300 || !answer.publication) return answer
    await send(answer.publication.etag, 0)
    return { ...answer, publication: undefined }
  }

  async #request(gateway: DeliveringGateway, target: GatewayTarget, request: SipRequest) {
    const to = toRemote(target)
    const first = await this.#parts.stack().request(request, to)
    if (first.type !== 'response') return first
    const { status, headers } = first.response
    const login = this.#parts.login(gateway)
    if ((status !== 401 && status !== 407) || !login) return first
    const [challenges, header] =
      status === 401
        ? ([headers.all('www-authenticate'), 'Authorization'] as const)
        : ([headers.all('proxy-authenticate'), 'Proxy-Authorization'] as const)
    for (const challenge of challenges) {
      const credentials = answerChallenge(challenge, login, request.method, request.uri)
      if (credentials !== undefined)
        return this.#parts.stack().request(withCredentials(request, header, credentials), to)
    }
    return first
  }

  #envelope(target: GatewayTarget): Envelope {
    const contact = this.#parts.stack().contact('voicemail', toRemote(target))
    const uri = parseNameAddress(contact)?.uri
    const service = uri ? `${uri.host}${uri.port === undefined ? '' : `:${uri.port}`}` : this.#parts.stack().address
    const [tag, callId] = [randomBytes(8).toString('hex'), randomBytes(16).toString('hex')]
    return { service, contact, account: `sip:${this.#parts.accessCode}@${service}`, tag, callId }
  }
}

const TRANSPORTS = { udp: 'UDP', tcp: 'TCP', tls: 'TLS' } as const

/** A target as the SIP layer addresses it. */
function toRemote({ host, port, transport, serverName, tlsVerify }: GatewayTarget): RemoteAddress {
  const name = serverName === null ? {} : { serverName }
  return { host, port, transport: TRANSPORTS[transport], ...name, ...(tlsVerify ? {} : { verify: false }) }
}

/** Whether a connection to this peer may have been one to the target, whose name may have led to several. */
export function ledTo(peer: RemoteAddress, target: GatewayTarget): boolean {
  const { host, port, transport } = toRemote(target)
  if (peer.transport !== transport) return false
  return peer.host === host ? peer.port === port : peer.serverName === host
}

function toAnswer(outcome: Awaited<ReturnType<SipStack['request']>>): Answer {
  if (outcome.type === 'failed') return { type: outcome.reason === 'timeout' ? 'silent' : 'broken' }
  const { status, headers } = outcome.response
  const retryAfterSec = parseSeconds(headers.get('retry-after')?.split(/[;( ]/)[0])
  return { type: 'answered', status, retryAfterSec, publication: publicationOf(headers) }
}

function publicationOf(headers: Headers) {
  const etag = headers.get('sip-etag')
  if (etag === undefined || !/^[A-Za-z0-9\-.!%*_+`'~]{1,256}$/.test(etag)) return undefined
  return { etag, expiresInSec: parseSeconds(headers.get('expires')) ?? PUBLISH_EXPIRES_SEC }
}
