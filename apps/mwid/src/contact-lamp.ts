import type { LampReason } from '@lamplighter/domain'
import {
  type Clock,
  doubtUnsolicited,
  isTold,
  newestUnsolicited,
  newUnsolicited,
  nextHop,
  parseSeconds,
  type RemoteAddress,
  type SipRequest,
  type SipStack,
  stepUnsolicited,
  type UnsolicitedEvent,
  type UnsolicitedState,
  unsolicitedNotify,
} from '@lamplighter/sip'
import type { RememberedContact, StoredContact, WatchedMailbox } from '@lamplighter/store'
import { type LampContent, laneOf } from './lamp-content.js'
import type { LampMetrics } from './lamp-metrics.js'
import type { LampTrace, OpenDecision } from './lamp-trace.js'
import { type NotifyPacer, PacedNotify } from './notify-pacer.js'

type Tag = readonly WatchedMailbox[]

/** What a contact needs of the worker. */
export type ContactContext = {
  readonly stack: () => Pick<SipStack, 'request' | 'contact' | 'address'>
  readonly clock: Clock
  /** Wall clock, milliseconds: what is remembered outlives the process. */
  readonly wallMs: () => number
  /** Who tells a contact: the URI of its From, and the Call-ID where it wants a certain one. */
  readonly sender: (contact: StoredContact) => { readonly from: string; readonly callId?: string }
  readonly pacer: NotifyPacer
  /** Whose it is, as far as that is known. */
  readonly tenantOf: (contact: StoredContact) => string
  readonly trace: Pick<LampTrace, 'decide' | 'settle'>
  readonly metrics: Pick<LampMetrics, 'notified'>
  readonly remember: (contact: RememberedContact) => void
  /** How it stands may have changed. */
  readonly onMoved: (lamp: ContactLamp) => void
  /** It may have taken an older state after what its subscription told it. */
  readonly onOvertaken: (lamp: ContactLamp) => void
  /** It is over. */
  readonly onExpired: (lamp: ContactLamp) => void
}

/** How a contact stands to what it should show; `quiet`: there is nothing to show it here. */
export type Standing = Exclude<LampReason, 'no_contact' | 'no_subscription' | 'switched_off'> | 'quiet'

const STANDING_OF_TROUBLE = {
  unreachable: 'unreachable',
  retrying: 'retrying',
  declined: 'peer_refused',
  refused: 'peer_refused',
} as const

/** One registered contact that is told by unsolicited NOTIFY: drives its machine, owns its timers. */
export class ContactLamp {
  readonly #context: ContactContext
  #contact: StoredContact
  #from: RemoteAddress
  #state: UnsolicitedState<Tag>
  readonly #outgoing: PacedNotify
  #cancelWait: (() => void) | undefined
  #cancelExpiry: (() => void) | undefined
  #leaving = false
  #over = false

  constructor(contact: StoredContact, from: RemoteAddress, context: ContactContext) {
    const { acknowledgedBody, refusedUntil } = contact
    const acknowledged = acknowledgedBody === null ? undefined : { body: acknowledgedBody, tag: [] }
    this.#contact = contact
    this.#from = from
    this.#context = context
    this.#state = newUnsolicited<Tag>(acknowledged, refusedUntil?.getTime())
    this.#outgoing = new PacedNotify(context.pacer, () => this.#send())
    this.#watchExpiry()
  }

  /** It may have been told other than its row says: it is told whatever that is. */
  doubt(): void {
    this.#state = doubtUnsolicited(this.#state)
  }

  /** Its row, but for what its answers changed since. */
  get contact(): StoredContact {
    return this.#contact
  }

  /** Where its REGISTER came from, and by which connection. */
  get from(): RemoteAddress {
    return this.#from
  }

  /** How it stands. */
  get standing(): Standing {
    const { wanted, solicited, trouble } = this.#state
    if (solicited || !wanted) return 'quiet'
    if (isTold(this.#state)) return 'acknowledged'
    return trouble ? STANDING_OF_TROUBLE[trouble] : 'pending'
  }

  /** Status of the last answer. */
  get lastStatus(): number | null {
    return this.#state.lastStatus ?? null
  }

  /** It registered again. */
  registered(contact: StoredContact, from: RemoteAddress, fresh: boolean): void {
    this.#contact = contact
    this.#from = from
    this.#watchExpiry()
    this.#step({ type: 'registered', fresh })
  }

  /** What it should show, whatever it acknowledged or refused where somebody wants that. */
  show(content: LampContent): void {
    const { attempt } = this.#state
    this.#step({ type: 'changed', content })
    if (content.tag.some(({ cause }) => cause?.kind === 'reassert')) this.#step({ type: 'reassert' })
    if (attempt === this.#state.attempt) this.#explainSilence(content)
  }

  /** There is nothing to show it any more: it goes dark once, if it may not be. */
  quieten(dark: LampContent): void {
    const last = this.#state.sent ?? this.#state.acknowledged
    this.#step({ type: 'changed', content: last && last.body !== dark.body ? dark : undefined })
  }

  /** Whether a subscription of its phone tells it. */
  setSolicited(solicited: boolean): void {
    if (solicited !== this.#state.solicited) this.#step({ type: 'solicited', solicited })
  }

  /** That subscription was acknowledged with this. */
  shown(content: LampContent): void {
    if (this.#state.solicited) this.#step({ type: 'shown', content })
  }

  /** Its connection is gone, but another way leads there. */
  flowClosed(): void {
    const { flow: _gone, ...from } = this.#from
    this.#from = from
  }

  /** Its device is gone: dark, if that need be said, and then nothing more. */
  leave(dark: LampContent): void {
    this.#leaving = true
    this.#state = { ...this.#state, solicited: false }
    this.quieten(dark)
  }

  /** Ends without a word. */
  drop(): void {
    this.#over = true
    this.#outgoing.cancel()
    this.#cancelWait?.()
    this.#cancelExpiry?.()
  }

  /** A change of which nothing is sent: it shows this already, or cannot or will not be told now. */
  #explainSilence({ tag }: LampContent): void {
    const { standing } = this
    if (standing === 'quiet' || standing === 'pending' || !tag.some(({ cause }) => cause?.kind === 'event')) return
    this.#context.trace.decide(tag, standing === 'acknowledged' ? 'skip' : 'hold', standing, this.lastStatus)
  }

  #watchExpiry(): void {
    this.#cancelExpiry?.()
    const ms = Math.max(0, this.#contact.expiresAt.getTime() - this.#context.wallMs())
    this.#cancelExpiry = this.#context.clock.after(ms, () => this.#context.onExpired(this))
  }

  #step(event: UnsolicitedEvent<Tag>): void {
    if (this.#over) return this.#afterTheEnd(event)
    const { state, actions } = stepUnsolicited(this.#state, event, this.#context.wallMs())
    const moved = state !== this.#state
    this.#state = state
    for (const action of actions) {
      if (action.type === 'notify')
        this.#outgoing.ask(this.#hop(), this.#context.tenantOf(this.#contact), laneOf(action.content.tag))
      else if (action.type === 'wait') this.#wait(action.ms)
      else if (action.type === 'overtaken') this.#context.onOvertaken(this)
      else this.#remember()
    }
    if (state.wanted && this.#outgoing.waits) this.#outgoing.hasten(laneOf(state.wanted.tag))
    if (moved) this.#context.onMoved(this)
    if (this.#leaving && !state.inFlight && (!state.wanted || state.trouble || isTold(state))) this.drop()
  }

  /** Its phone may be registered anew, been told since, and have taken this last. */
  #afterTheEnd(event: UnsolicitedEvent<Tag>): void {
    const taken = event.type === 'unanswered' || (event.type === 'answered' && event.status < 300)
    if (taken) this.#context.onOvertaken(this)
  }

  #wait(ms: number): void {
    this.#cancelWait?.()
    this.#cancelWait = this.#context.clock.after(ms, () => this.#step({ type: 'resume' }))
  }

  #remember(): void {
    const { acknowledged, trouble, heldUntilMs, lastStatus } = this.#state
    this.#context.remember({
      deviceId: this.#contact.deviceId,
      binding: this.#contact.binding,
      acknowledgedBody: acknowledged?.body ?? null,
      refusedUntil: trouble === 'refused' ? new Date(heldUntilMs) : null,
      lastStatus: lastStatus ?? null,
    })
  }

  /** Its turn has come. */
  #send(): void {
    this.#state = newestUnsolicited(this.#state, this.#context.wallMs())
    const { inFlight, attempt } = this.#state
    if (inFlight) void this.#notify(inFlight, attempt)
    else this.#context.onMoved(this)
  }

  async #notify(content: LampContent, attempt: number): Promise<void> {
    const hop = this.#hop()
    const decision = this.#context.trace.decide(content.tag, 'notify', 'pending')
    const outcome = await this.#context.stack().request(this.#request(content, hop), hop)
    if (outcome.type === 'failed') this.#step({ type: 'unanswered', attempt })
    else {
      const { status, headers } = outcome.response
      const retryAfterSec = parseSeconds(headers.get('retry-after')?.split(/[;( ]/)[0])
      this.#step({ type: 'answered', attempt, status, retryAfterSec })
    }
    this.#context.metrics.notified(outcome.type === 'failed' ? undefined : outcome.response.status)
    this.#settle(decision, outcome.type === 'failed' ? 408 : outcome.response.status)
  }

  #settle(decision: OpenDecision, status: number): void {
    const { trouble } = this.#state
    const reason = status < 300 ? 'acknowledged' : STANDING_OF_TROUBLE[trouble ?? 'unreachable']
    this.#context.trace.settle(decision, reason, status)
  }

  /** A flow that was asked for is the only way (RFC 5626 5.3); else the Path, the Contact, or where it came from. */
  #hop(): RemoteAddress {
    const { uri, path, regId } = this.#contact
    if (regId !== null && path.length === 0) return this.#from
    return nextHop({ remoteTarget: uri, routeSet: path, flow: this.#from })
  }

  #request({ body }: LampContent, hop: RemoteAddress): SipRequest {
    const { uri, path, addressOfRecord } = this.#contact
    const ownContact = this.#context.stack().contact('mwi', hop)
    const sender = this.#context.sender(this.#contact)
    return unsolicitedNotify({ ...sender, contact: uri, path, addressOfRecord, ownContact, body })
  }
}
