import { randomBytes } from 'node:crypto'
import type { Logger } from '@lamplighter/runtime'
import {
  answerChallenge,
  type Clock,
  cseqNumberOf,
  type Dialog,
  dialogRequest,
  eventOf,
  hasMessageSummary,
  type IncomingRequest,
  listItems,
  MESSAGE_SUMMARY,
  MESSAGE_SUMMARY_TYPE,
  newSubscriber,
  newTag,
  nextHop,
  parseNameAddress,
  parseSeconds,
  parseSubscriptionState,
  partyOf,
  type RemoteAddress,
  readHeardSummary,
  readTransportName,
  type SipRequest,
  type SipStack,
  type SubscriberEvent,
  type SubscriberSettings,
  type SubscriberState,
  stepSubscriber,
} from '@lamplighter/sip'
import type { HeardCounts, MwiSourceStatus, SourceTarget, SubscribedServer } from '@lamplighter/store'

/** What every subscription of ours needs of its surroundings. */
export type SourceContext = {
  stack(): SipStack
  readonly clock: Clock
  readonly random: () => number
  readonly log: Logger
  /** The password for the server; undefined when there is none. */
  secretOf(server: SubscribedServer): string | undefined
  /** Gives the mailbox what was heard. Rejects when it could not be written. */
  heard(server: SubscribedServer, heard: Pick<HeardCounts, 'counts' | 'staleAt'>): Promise<void>
  /** Writes down how it stands. */
  stands(server: SubscribedServer, status: MwiSourceStatus): void
}

/** Our side of the dialog, and what the server sent in it so far. */
type Asking = { dialog: Dialog; cseq: number; heardCSeq: number; challenge: string | undefined; proxy: boolean }

/** The server repeats its state at each refresh; this long after one was due the counts are old. */
const GRACE_SEC = 32

/** A subscription of ours at another server: drives {@link stepSubscriber}, keeps the dialog, answers challenges. */
export class SourceSubscription {
  readonly #server: SubscribedServer
  readonly #context: SourceContext
  readonly #settings: SubscriberSettings
  #state: SubscriberState
  #asking: Asking | undefined
  #cancel: () => void = () => {}
  #ended: () => void = () => {}
  #saved = ''
  #notifying: Promise<void> = Promise.resolve()

  constructor(server: SubscribedServer, context: SourceContext) {
    this.#server = server
    this.#context = context
    this.#settings = { hosts: server.targets.length, expirySec: server.expirySec }
    this.#state = newSubscriber(this.#settings)
  }

  /** Call-ID and our tag of the dialog under way. */
  get dialogKey(): string | undefined {
    const dialog = this.#asking?.dialog
    return dialog && `${dialog.callId} ${dialog.localTag}`
  }

  /** Begins after a while: many that begin together do not come at once. */
  start(delayMs: number): void {
    this.#wait(delayMs, () => this.#on({ type: 'start' }))
  }

  /** Takes the subscription back; resolves when the server answered or did not. */
  stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve
    })
    this.#on({ type: 'stop' })
    return ended
  }

  /** Forgets it without a word: another worker subscribes anew. */
  drop(): void {
    this.#cancel()
    this.#asking = undefined
    this.#state = { ...this.#state, phase: 'ended' }
  }

  /** A NOTIFY of the dialog. It is answered when what it says is written; else it comes again. */
  notified(incoming: IncomingRequest): Promise<void> {
    // One that says nothing new must not overtake one whose counts are still being written.
    const take = () => this.#take(incoming)
    this.#notifying = this.#notifying.then(take, take)
    return this.#notifying
  }

  async #take({ request, respond, ignore }: IncomingRequest): Promise<void> {
    const { headers } = request
    const asking = this.#asking
    const tag = partyOf(headers, 'from')?.params.get('tag')
    if (!asking || !tag || (asking.dialog.remoteTag !== '' && asking.dialog.remoteTag !== tag)) return respond(481)
    const cseq = cseqNumberOf(headers)
    if (cseq <= asking.heardCSeq) return respond(500)
    const state = parseSubscriptionState(headers.get('subscription-state'))
    if (eventOf(headers)?.name !== MESSAGE_SUMMARY || !state) return respond(400)
    asking.heardCSeq = cseq
    asking.dialog = { ...asking.dialog, remoteTag: tag }
    const summary = hasMessageSummary(headers) ? readHeardSummary(request.body.toString('utf8')) : undefined
    const staleAt = new Date(Date.now() + ((state.expiresSec ?? this.#server.expirySec) + GRACE_SEC) * 1000)
    try {
      if (summary) await this.#context.heard(this.#server, { counts: summary.counts, staleAt })
    } catch (err) {
      this.#context.log.warn({ err, source: this.#server.uuid }, 'what a server said could not be written')
      asking.heardCSeq = Math.min(asking.heardCSeq, cseq - 1)
      return ignore()
    }
    respond(200)
    if (asking === this.#asking) this.#on({ type: 'notified', ...state })
  }

  #on(event: SubscriberEvent): void {
    const { clock, random } = this.#context
    const { state, actions } = stepSubscriber(this.#state, event, clock.now(), this.#settings, random())
    this.#state = state
    // Whatever is to be done now takes the place of what was waited for.
    if (actions.length > 0 || state.phase === 'stopped' || state.phase === 'ended') this.#cancel()
    for (const action of actions) {
      if (action.type === 'wait') this.#wait(action.ms, () => this.#on({ type: 'due' }))
      else void this.#subscribe(action)
    }
    this.#report()
    if (state.phase === 'ended') this.#ended()
  }

  #wait(ms: number, callback: () => void): void {
    this.#cancel()
    this.#cancel = this.#context.clock.after(ms, callback)
  }

  #report(): void {
    const { phase, live, lastStatus, lastReason, host } = this.#state
    const leftMs = live && live.expiresAtMs - this.#context.clock.now()
    const target = this.#server.targets[host]
    const known = [phase, lastStatus, lastReason, host, live?.expiresAtMs].join(' ')
    if (known === this.#saved || phase === 'ended' || phase === 'ending') return
    this.#saved = known
    this.#context.stands(this.#server, {
      state: phase,
      lastStatus: lastStatus ?? null,
      lastReason: lastReason?.slice(0, 200) ?? null,
      expiresAt: leftMs === undefined ? null : new Date(Date.now() + leftMs),
      target: target ? textOf(target) : null,
    })
  }

  async #subscribe(action: {
    host: number
    expirySec: number
    dialog: 'new' | 'same'
    authorize: boolean
  }): Promise<void> {
    const target = this.#server.targets[action.host]
    if (!target) return
    const fresh = action.dialog === 'new' && !action.authorize
    const asking = fresh || !this.#asking ? newAsking(this.#server, target) : this.#asking
    this.#asking = asking
    asking.cseq++
    const request = this.#request(asking, action.expirySec, action.authorize)
    const to = asking.dialog.remoteTag === '' ? asking.dialog.flow : nextHop(asking.dialog)
    const outcome = await this.#context.stack().request(request, to)
    if (asking !== this.#asking) return
    if (outcome.type === 'failed') return this.#on({ type: 'unanswered' })
    const { status, headers } = outcome.response
    const proxy = status === 407
    const challenge =
      status === 401 || proxy ? headers.get(proxy ? 'proxy-authenticate' : 'www-authenticate') : undefined
    if (challenge !== undefined && this.#authorization(challenge, request) !== undefined) {
      Object.assign(asking, { challenge, proxy })
      return this.#on({ type: 'challenged' })
    }
    if (status < 300) accept(asking, headers)
    this.#on({
      type: 'answered',
      status,
      expiresSec: parseSeconds(headers.get('expires')),
      retryAfterSec: parseSeconds(headers.get('retry-after')?.split(/[;( ]/)[0]),
      minExpiresSec: parseSeconds(headers.get('min-expires')),
    })
  }

  #request({ dialog, cseq, challenge, proxy }: Asking, expirySec: number, authorize: boolean): SipRequest {
    const request = dialogRequest(dialog, 'SUBSCRIBE', cseq)
    const { headers } = request
    headers.add('Contact', this.#context.stack().contact(this.#server.uuid, dialog.flow))
    headers.add('Event', MESSAGE_SUMMARY)
    headers.add('Accept', MESSAGE_SUMMARY_TYPE)
    headers.add('Expires', String(expirySec))
    const authorization = authorize && challenge ? this.#authorization(challenge, request) : undefined
    if (authorization) headers.add(proxy ? 'Proxy-Authorization' : 'Authorization', authorization)
    return request
  }

  #authorization(challenge: string, { method, uri }: SipRequest): string | undefined {
    const { authUsername, username } = this.#server
    const password = this.#context.secretOf(this.#server)
    const name = authUsername ?? username
    return name === null || password === undefined
      ? undefined
      : answerChallenge(challenge, { username: name, password }, method, uri)
  }
}

/** A dialog that is only begun: its remote tag is still to come. */
function newAsking({ username, remoteMailbox }: SubscribedServer, target: SourceTarget): Asking {
  const place = textOf(target)
  const user = remoteMailbox.split('@')[0] ?? remoteMailbox
  const uri = remoteMailbox.includes('@')
    ? `sip:${remoteMailbox.replaceAll('@', '%40')}@${place}`
    : `sip:${user}@${place}`
  const dialog: Dialog = {
    callId: randomBytes(16).toString('hex'),
    localTag: newTag(),
    remoteTag: '',
    localAddress: `<sip:${username ?? user}@${target.host}>`,
    remoteAddress: `<${uri}>`,
    remoteTarget: uri,
    routeSet: [],
    eventId: null,
    flow: addressOf(target),
  }
  return { dialog, cseq: 0, heardCSeq: 0, challenge: undefined, proxy: false }
}

/** The server's side of the dialog, as its 2xx tells it; as a UAC we take the route set backwards (RFC 3261 12.1.2). */
function accept(asking: Asking, headers: SipRequest['headers']): void {
  const to = headers.get('to') ?? ''
  const contact = parseNameAddress(headers.get('contact') ?? '')
  const remoteTag = parseNameAddress(to)?.params.get('tag') ?? asking.dialog.remoteTag
  const first = asking.dialog.remoteAddress.includes(';tag=') === false
  asking.dialog = {
    ...asking.dialog,
    remoteTag,
    remoteAddress: to,
    remoteTarget: contact?.uri && !contact.uri.hasHeaders ? contact.uriText : asking.dialog.remoteTarget,
    routeSet: first ? [...listItems(headers, 'record-route')].reverse() : asking.dialog.routeSet,
  }
}

function textOf({ host, port }: SourceTarget): string {
  return port === null ? host : `${host}:${port}`
}

function addressOf({ host, port, transport }: SourceTarget): RemoteAddress {
  const name = readTransportName(transport ?? undefined)
  return { host: host.replace(/^\[|\]$/g, ''), port: port ?? 0, ...(name && { transport: name }) }
}
