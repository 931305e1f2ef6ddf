import type { LampReason } from '@lamplighter/domain'
import {
  type Dialog,
  EXPIRY_GRACE_MS,
  isBoundToFlow,
  type NotifierEvent,
  type NotifierState,
  newestNotify,
  newNotifier,
  nextHop,
  parseSeconds,
  parseUri,
  stepNotifier,
} from '@lamplighter/sip'
import type { DeviceForm, StoredSubscription, WatchedMailbox } from '@lamplighter/store'
import { type Asked, contentFor, isAcknowledged, type LampContent, laneOf } from './lamp-content.js'
import type { OpenDecision } from './lamp-trace.js'
import { PacedNotify } from './notify-pacer.js'
import { notifyRequest } from './notify-request.js'
import { NotifySequence } from './notify-sequence.js'
import { EVENT_PACKAGES, type EventPackageName } from './packages/index.js'
import { listFits } from './packages/list-package.js'
import type { SubscriptionContext } from './subscription-context.js'

type Tag = readonly WatchedMailbox[]

/** A last NOTIFY that is still to be sent. */
export type Parting = { readonly flow: string; readonly say: () => Promise<unknown> }

const END_REASONS: Readonly<Record<'unreachable' | 'refused' | 'ended', LampReason>> = {
  unreachable: 'unreachable',
  refused: 'peer_refused',
  ended: 'no_subscription',
}

/** Beginnings that all share: there are many subscriptions, and most of them rest. */
const NO_TURN = Promise.resolve()
const NOTHING: readonly never[] = []

/**
 * One live subscription: drives the notifier machine over its dialog. Its row holds what a restart needs; whatever else
 * it knows can be lost.
 */
export class Subscription {
  readonly #context: SubscriptionContext<Subscription>
  #row: StoredSubscription
  #form: DeviceForm
  #state: NotifierState<Tag>
  readonly #sequence: NotifySequence
  readonly #outgoing: PacedNotify
  #turn: Promise<unknown> = NO_TURN
  #darkThenGone = false
  #shown: Tag = NOTHING
  /** Of the NOTIFY that is under way. */
  #decision: OpenDecision = NOTHING
  #expiry: NodeJS.Timeout | undefined
  #wait: NodeJS.Timeout | undefined

  constructor(row: StoredSubscription, form: DeviceForm, context: SubscriptionContext<Subscription>) {
    this.#row = row
    this.#form = form
    this.#context = context
    this.#sequence = new NotifySequence(context.epoch, row.epoch)
    this.#state = newNotifier()
    this.#outgoing = new PacedNotify(context.pacer, () => this.#send())
  }

  /** Its row as it should be. */
  get row(): StoredSubscription {
    return this.#row
  }

  /** Taken over from another worker: what its device acknowledged need not be sent again, if the ledger is `sure` of it. */
  resume(watched: Tag, sure: boolean): void {
    const content = this.#content(watched)
    if (sure && isAcknowledged(content)) this.#state = newNotifier(content)
    this.watchExpiry()
  }

  /** Whether it is ending or has ended: a refresh comes too late. */
  get over(): boolean {
    return this.#state.phase !== 'active'
  }

  /** Whether its phone answered the last time, as far as it was asked. */
  get reachable(): boolean {
    return this.#state.silences === 0
  }

  /** Until it runs out. */
  get leftSec(): number {
    return Math.max(0, Math.round((this.#row.expiresAt.getTime() - Date.now()) / 1000))
  }

  /** Does this after what was asked before is done: requests in one dialog are served one after the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  /** While a refresh is being written the subscription does not run out. */
  async renewing<T>(write: () => Promise<T>): Promise<T> {
    clearTimeout(this.#expiry)
    try {
      return await write()
    } catch (error) {
      this.watchExpiry()
      throw error
    }
  }

  /** Its device wants to be told otherwise from the next NOTIFY on. */
  reform(form: DeviceForm): void {
    this.#form = form
  }

  /** Whether no other connection reaches its device: browsers cannot be called, nor can phones behind NAT. */
  get isBoundToFlow(): boolean {
    const { transport, dialog } = this.#row
    return transport === 'WS' || transport === 'WSS' || hasNoOtherWay(dialog as Dialog)
  }

  /** The mailboxes it shows, as they were read last. */
  get shown(): Tag {
    return this.#shown
  }

  /** Accepted or refreshed: the full state goes out, whatever was acknowledged. */
  subscribed(row: StoredSubscription, form: DeviceForm, watched: Tag): void {
    this.#row = row
    this.#form = form
    this.watchExpiry()
    const content = this.#content(watched)
    this.#record(content.tag)
    this.#step({ type: 'subscribed', content })
  }

  /** What the device watches changed. A mailbox it may watch no more goes dark, then its subscription ends. */
  changed(watched: Tag): void {
    const { mailboxId: target } = this.#row
    const content = this.#content(watched)
    this.#darkThenGone = target !== null && !watched.some((mailbox) => mailbox.mailboxId === target && mailbox.watched)
    this.#record(content.tag)
    const { each } = EVENT_PACKAGES[this.#row.eventPackage as EventPackageName]
    // It grew too long for its way: subscribing anew, which this reason asks for, the phone gets the sum.
    if (each && !listFits(watched, (this.#row.dialog as Dialog).flow))
      return this.#step({ type: 'terminate', reason: 'deactivated', content })
    this.#step({ type: 'changed', content, forced: content.tag.some(({ cause }) => cause?.kind === 'reassert') })
  }

  /** The device ended it, or only wanted to know the state once. */
  unsubscribed(watched: Tag): void {
    this.#step({ type: 'terminate', reason: 'timeout', content: this.#content(watched) })
  }

  /** The device may not have it any more: its lamp goes dark with the last word. */
  reject(): void {
    this.#step({ type: 'terminate', reason: 'rejected', content: this.#content([]) })
  }

  /**
   * The last word of a worker that stops: where nobody else could tell the phone, it is to subscribe anew (RFC 6665 4.1.3).
   * Undefined where another worker goes on in the dialog. It ends here either way.
   */
  part(): Parting | undefined {
    const dialog = this.#row.dialog as Dialog
    const stack = this.#context.stack()
    const hop = nextHop(dialog)
    const bound = !this.over && hop.flow !== undefined && stack.isOpen(hop.flow) && hasNoOtherWay(dialog)
    this.drop()
    if (!bound || hop.flow === undefined) return undefined
    const contact = stack.contact(this.#row.uuid, hop)
    const content = this.#content(this.#shown)
    const facts = { content, cseq: this.#sequence.next(), contact, termination: 'deactivated' }
    const request = notifyRequest(this.#row, this.#asked(), facts)
    this.#context.ledger.trace.decide(this.#shown, 'end', 'no_subscription')
    return { flow: hop.flow, say: () => stack.request(request, hop) }
  }

  /** Ends without a word: it was replaced, or the worker stops. */
  drop(): void {
    this.#rest()
    this.#state = { ...this.#state, phase: 'ended' }
  }

  /** Sets the timer for its end; a refresh under way is waited for. */
  watchExpiry(): void {
    clearTimeout(this.#expiry)
    const ms = this.#row.expiresAt.getTime() - Date.now() + EXPIRY_GRACE_MS
    const expired = () => this.#step({ type: 'terminate', reason: 'timeout', content: this.#content(this.#shown) })
    this.#expiry = setTimeout(expired, Math.max(ms, 0)).unref()
  }

  #content(watched: Tag): LampContent {
    const content = contentFor(this.#asked(), watched)
    this.#shown = content.tag
    return content
  }

  #asked(): Asked {
    const { mailboxId: target, dialog } = this.#row
    return {
      eventPackage: EVENT_PACKAGES[this.#row.eventPackage as EventPackageName],
      target,
      form: this.#form,
      localAddress: (dialog as Dialog).localAddress,
      host: this.#context.stack().address,
      accessCode: this.#context.accessCode,
    }
  }

  /** It should show this. */
  #record(shown: Tag): void {
    const silent = !this.reachable
    this.#context.ledger.record(shown, false, silent ? 'unreachable' : 'pending', silent ? 408 : null)
  }

  #step(event: NotifierEvent<Tag>): void {
    const { reachable } = this
    const { state, actions } = stepNotifier(this.#state, event, performance.now())
    this.#state = state
    if (state.wanted && this.#outgoing.waits) this.#outgoing.hasten(laneOf(state.wanted.tag))
    for (const action of actions) {
      if (action.type === 'notify') this.#ask(action.content)
      else if (action.type === 'wait') this.#waitFor(action.ms)
      else if (action.type === 'unreachable') this.#postponed('unreachable', 408)
      else if (action.type === 'acknowledged') this.#acknowledged(action.content)
      else this.#ended(END_REASONS[action.reason], action.status ?? null)
    }
    if (event.type === 'answered' && this.#decision.length > 0 && state.waiting)
      this.#postponed('retrying', event.status)
    if (reachable !== this.reachable) this.#context.onReach(this)
  }

  #waitFor(ms: number): void {
    clearTimeout(this.#wait)
    this.#wait = setTimeout(() => this.#step({ type: 'resume' }), ms).unref()
  }

  #ask({ tag }: LampContent): void {
    clearTimeout(this.#wait)
    this.#outgoing.ask(nextHop(this.#row.dialog as Dialog), this.#row.tenantId, laneOf(tag))
  }

  /** Its turn has come. */
  #send(): void {
    this.#state = newestNotify(this.#state, performance.now())
    const { inFlight, termination } = this.#state
    if (!inFlight) return
    this.#decision = this.#context.ledger.trace.decide(inFlight.tag, 'notify', 'pending')
    void this.#notify(inFlight, termination)
  }

  /** It asked to be told later, or did not answer. */
  #postponed(reason: 'retrying' | 'unreachable', status: number): void {
    this.#context.ledger.record(this.#shown, false, reason, status)
    this.#settle(reason, status)
  }

  #settle(reason: LampReason, status: number | null): void {
    this.#context.ledger.trace.settle(this.#decision, reason, status)
    this.#decision = NOTHING
  }

  /** It answered 2xx, or shows this already. */
  #acknowledged(content: LampContent): void {
    const { ledger } = this.#context
    ledger.acknowledge(content.tag, this.#shown)
    this.#context.onAcknowledged(this, content)
    if (this.#decision.length > 0) this.#settle('acknowledged', 200)
    else if (content.tag.some(({ cause }) => cause?.kind === 'event'))
      ledger.trace.decide(content.tag, 'skip', 'acknowledged')
    if (!this.#darkThenGone) return
    this.#darkThenGone = false
    // Later, because the machine is in the middle of a step.
    queueMicrotask(() => this.#step({ type: 'terminate', reason: 'noresource', content }))
  }

  #rest(): void {
    clearTimeout(this.#expiry)
    clearTimeout(this.#wait)
    this.#outgoing.cancel()
  }

  #ended(reason: LampReason, status: number | null): void {
    this.#rest()
    const { ledger } = this.#context
    if (this.#decision.length > 0) this.#settle(reason, status)
    ledger.trace.decide(this.#shown, 'end', reason, status)
    if (reason !== 'no_subscription') ledger.record(this.#shown, false, reason, status)
    this.#context.onEnd(this, reason)
  }

  async #notify(content: LampContent, termination: string | undefined): Promise<void> {
    const stack = this.#context.stack()
    const hop = nextHop(this.#row.dialog as Dialog)
    const contact = stack.contact(this.#row.uuid, hop)
    const facts = { content, cseq: this.#sequence.next(), contact, termination }
    const outcome = await stack.request(notifyRequest(this.#row, this.#asked(), facts), hop)
    this.#context.metrics.notified(outcome.type === 'failed' ? undefined : outcome.response.status)
    if (outcome.type === 'failed') return this.#step({ type: 'unanswered' })
    const { status, headers } = outcome.response
    this.#step({ type: 'answered', status, retryAfterSec: parseSeconds(headers.get('retry-after')?.split(/[;( ]/)[0]) })
  }
}

/** Whether its connection is all that leads to a phone: a browser's, or one whose Contact is not where it can be called. */
function hasNoOtherWay({ remoteTarget, routeSet, flow }: Dialog): boolean {
  const uri = parseUri(remoteTarget)
  // `ob`: what the dialog needs goes by the flow (RFC 5626 4.3).
  return uri !== undefined && isBoundToFlow(uri, { regId: uri.params.has('ob') ? 1 : null, path: routeSet }, flow)
}
