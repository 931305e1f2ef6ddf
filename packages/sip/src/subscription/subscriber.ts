/** How a subscriber is set up. */
export type SubscriberSettings = {
  /** How many places the server has; they are tried in their order. */
  readonly hosts: number
  /** Expiry to ask for, in seconds. */
  readonly expirySec: number
}

/**
 * Where a subscription of ours stands. `waiting`: for the next try; `stopped`: the server does not want it, and only a new
 * start asks again; `ending`: we take it back; `ended`: taken back.
 */
export type SubscriberPhase =
  | 'idle'
  | 'subscribing'
  | 'active'
  | 'refreshing'
  | 'waiting'
  | 'stopped'
  | 'ending'
  | 'ended'

/** The subscriber side of a subscription (RFC 6665 4.1). Times are the clock's, in milliseconds. */
export type SubscriberState = {
  readonly phase: SubscriberPhase
  readonly host: number
  /** Hosts that failed one after the other, and how often all of them did: what the back-off grows with. */
  readonly failedHosts: number
  readonly failedRounds: number
  /** Subscriptions the server ended as soon as they began, one after the other. */
  readonly shortLived: number
  /** Challenges of the request under way that were answered. */
  readonly challenges: number
  readonly askSec: number
  /** The subscription that is live: since when, until when, and whether its state came. */
  readonly live: LiveSubscription | undefined
  /** What was last answered, and why it ended or failed: for people. */
  readonly lastStatus: number | undefined
  readonly lastReason: string | undefined
}

type LiveSubscription = {
  readonly sinceMs: number
  readonly refreshAtMs: number
  readonly expiresAtMs: number
  readonly notified: boolean
}

/** What happens to a subscription of ours. */
export type SubscriberEvent =
  | { readonly type: 'start' }
  /** 401 or 407 with a challenge that we can answer. */
  | { readonly type: 'challenged' }
  | {
      readonly type: 'answered'
      readonly status: number
      readonly expiresSec?: number | undefined
      readonly retryAfterSec?: number | undefined
      readonly minExpiresSec?: number | undefined
    }
  | { readonly type: 'unanswered' }
  /** A NOTIFY of the dialog, with what its Subscription-State says. */
  | {
      readonly type: 'notified'
      readonly state: 'active' | 'pending' | 'terminated'
      readonly reason?: string | undefined
      readonly expiresSec?: number | undefined
      readonly retryAfterSec?: number | undefined
    }
  /** The wait is over. */
  | { readonly type: 'due' }
  /** It is not wanted any more. */
  | { readonly type: 'stop' }

/** What the driver must do. A new wait takes the place of the one before. */
export type SubscriberAction =
  | {
      readonly type: 'subscribe'
      readonly host: number
      readonly expirySec: number
      readonly dialog: 'new' | 'same'
      /** Answer the challenge that just came. */
      readonly authorize: boolean
    }
  | { readonly type: 'wait'; readonly ms: number }

/** A move of the machine. */
export type SubscriberStep = { readonly state: SubscriberState; readonly actions: readonly SubscriberAction[] }

/** Without a NOTIFY for so long a subscription failed (RFC 6665 4.1.2.4, Timer N = 64·T1). */
const TIMER_N_MS = 32_000
const FIRST_BACKOFF_MS = 2000
const LAST_BACKOFF_MS = 300_000
/** A server may put us off for so long; what it says beyond is cut. */
const MAX_RETRY_AFTER_SEC = 86_400
/** A subscription that lives shorter did not really begin. */
const SHORT_LIFE_MS = 5000
const MAX_CHALLENGES = 2
const MAX_EXPIRY_SEC = 2 ** 31 - 1
/** Answers that say nothing about the next try, beside 3xx and 5xx (RFC 5057, RFC 3261 21.4). */
const PASSING = new Set([408, 480, 486, 487, 491, 600])
/** Why a subscription must not be made again (RFC 6665 4.1.3). */
const FINAL_REASONS = new Set(['rejected', 'noresource', 'invariant'])

/** A subscriber that has not begun. */
export function newSubscriber(settings: SubscriberSettings): SubscriberState {
  return {
    phase: 'idle',
    host: 0,
    failedHosts: 0,
    failedRounds: 0,
    shortLived: 0,
    challenges: 0,
    askSec: settings.expirySec,
    live: undefined,
    lastStatus: undefined,
    lastReason: undefined,
  }
}

/**
 * The subscriber side of a subscription (RFC 6665 4.1): refresh before it expires, the next host when one does not answer,
 * and after an end what its reason asks for.
 *
 * @param random 0 to 1, so that many subscribers do not come at one moment
 */
export function stepSubscriber(
  state: SubscriberState,
  event: SubscriberEvent,
  nowMs: number,
  settings: SubscriberSettings,
  random: number,
): SubscriberStep {
  const context = { nowMs, settings, random }
  if (state.phase === 'ended') return still(state)
  if (state.phase === 'ending') return end(state, event)
  switch (event.type) {
    case 'start':
      return subscribe(newSubscriber(settings))
    case 'stop':
      return state.live ? unsubscribe(state) : still({ ...state, phase: 'ended' })
    case 'challenged':
      return challenged(state)
    case 'answered':
      return isAsking(state) ? answered(state, event, context) : still(state)
    case 'unanswered':
      return isAsking(state) ? failHost(state, 'no answer', undefined, context) : still(state)
    case 'notified':
      return notified(state, event, context)
    case 'due':
      return due(state, context)
  }
}

type Context = { readonly nowMs: number; readonly settings: SubscriberSettings; readonly random: number }

function still(state: SubscriberState): SubscriberStep {
  return { state, actions: [] }
}

function isAsking({ phase }: SubscriberState): boolean {
  return phase === 'subscribing' || phase === 'refreshing'
}

/** Asks anew, in a dialog of its own. */
function subscribe(state: SubscriberState): SubscriberStep {
  const asking: SubscriberState = { ...state, phase: 'subscribing', live: undefined, challenges: 0 }
  return { state: asking, actions: [request(asking, 'new', false)] }
}

function request(state: SubscriberState, dialog: 'new' | 'same', authorize: boolean): SubscriberAction {
  const expirySec = state.phase === 'ending' ? 0 : state.askSec
  return { type: 'subscribe', host: state.host, expirySec, dialog, authorize }
}

function challenged(state: SubscriberState): SubscriberStep {
  if (!isAsking(state)) return still(state)
  if (state.challenges >= MAX_CHALLENGES) return stop(state, 401, 'credentials refused')
  const again = { ...state, challenges: state.challenges + 1 }
  return { state: again, actions: [request(again, state.phase === 'refreshing' ? 'same' : 'new', true)] }
}

function answered(
  state: SubscriberState,
  { status, expiresSec, retryAfterSec, minExpiresSec }: SubscriberEvent & { type: 'answered' },
  context: Context,
): SubscriberStep {
  const told = { ...state, lastStatus: status }
  if (status < 300) return accepted(told, expiresSec ?? state.askSec, context)
  if (status === 423 && minExpiresSec !== undefined && minExpiresSec > state.askSec) {
    return subscribe({ ...told, askSec: Math.min(minExpiresSec, MAX_EXPIRY_SEC) })
  }
  if (status === 481 && state.phase === 'refreshing') return subscribe(told)
  const passing = PASSING.has(status) || status < 400 || (status >= 500 && status < 600 && status !== 501)
  return passing ? failHost(told, `answered ${status}`, retryAfterSec, context) : stop(told, status, 'refused')
}

function accepted(state: SubscriberState, grantedSec: number, { nowMs, random }: Context): SubscriberStep {
  if (grantedSec === 0) return stop(state, state.lastStatus, 'no time granted')
  const notified = state.live?.notified ?? false
  const live = lifeOf(grantedSec, nowMs, random, state.live?.sinceMs ?? nowMs, notified)
  const active: SubscriberState = { ...state, phase: 'active', live, lastReason: undefined }
  const waitMs = notified ? live.refreshAtMs - nowMs : Math.min(TIMER_N_MS, live.refreshAtMs - nowMs)
  return { state: active, actions: [{ type: 'wait', ms: waitMs }] }
}

/** Refreshed after 75 to 90 % of its time, and never later than half a minute before the end of a long one. */
function lifeOf(sec: number, nowMs: number, random: number, sinceMs: number, notified: boolean): LiveSubscription {
  const afterMs = Math.min(sec * (750 + 150 * random), Math.max(sec * 500, sec * 1000 - TIMER_N_MS))
  return { sinceMs, refreshAtMs: nowMs + afterMs, expiresAtMs: nowMs + sec * 1000, notified }
}

function notified(
  state: SubscriberState,
  event: SubscriberEvent & { type: 'notified' },
  context: Context,
): SubscriberStep {
  const { phase, live } = state
  if (!isAsking(state) && phase !== 'active') return still(state)
  if (event.state === 'terminated') return terminated(state, event, context)
  const told = { ...state, failedHosts: 0, failedRounds: 0 }
  // It may overtake the answer to the SUBSCRIBE (RFC 6665 4.4.1), which then brings the rest.
  if (!live) {
    const early = lifeOf(event.expiresSec ?? state.askSec, context.nowMs, context.random, context.nowMs, true)
    return still({ ...told, live: early })
  }
  const { expiresSec } = event
  const shortened = expiresSec !== undefined && context.nowMs + expiresSec * 1000 < live.expiresAtMs - 1000
  if (phase !== 'active' || (live.notified && !shortened)) return still({ ...told, live: { ...live, notified: true } })
  const kept = shortened
    ? lifeOf(expiresSec, context.nowMs, context.random, live.sinceMs, true)
    : { ...live, notified: true }
  const ms = Math.max(0, kept.refreshAtMs - context.nowMs)
  return { state: { ...told, live: kept }, actions: [{ type: 'wait', ms }] }
}

/** What the reason asks for (RFC 6665 4.1.3): never, later, or at once — but not at once again and again. */
function terminated(
  state: SubscriberState,
  { reason, retryAfterSec }: SubscriberEvent & { type: 'notified' },
  context: Context,
): SubscriberStep {
  const said = reason?.toLowerCase() ?? 'no reason'
  const told = { ...state, lastReason: said }
  if (FINAL_REASONS.has(said)) return stop(told, state.lastStatus, said)
  if (said === 'probation' || said === 'giveup' || retryAfterSec !== undefined)
    return wait(told, retryAfterSec, context)
  const short = context.nowMs - (state.live?.sinceMs ?? context.nowMs) < SHORT_LIFE_MS
  const shortLived = short ? state.shortLived + 1 : 0
  if (shortLived > 1) return wait({ ...told, shortLived }, undefined, context)
  return subscribe({ ...told, shortLived })
}

function due(state: SubscriberState, context: Context): SubscriberStep {
  const { phase, live } = state
  if (phase === 'waiting') return subscribe(state)
  if (phase !== 'active' || !live) return still(state)
  if (!live.notified && context.nowMs >= live.sinceMs + TIMER_N_MS)
    return failHost(state, 'no NOTIFY', undefined, context)
  if (context.nowMs < live.refreshAtMs)
    return { state, actions: [{ type: 'wait', ms: live.refreshAtMs - context.nowMs }] }
  const refreshing: SubscriberState = { ...state, phase: 'refreshing', challenges: 0 }
  return { state: refreshing, actions: [request(refreshing, 'same', false)] }
}

/** The next host at once; when all have failed, the first one again after a while. */
function failHost(
  state: SubscriberState,
  reason: string,
  retryAfterSec: number | undefined,
  context: Context,
): SubscriberStep {
  const failedHosts = state.failedHosts + 1
  const told = { ...state, lastReason: reason, failedHosts }
  if (failedHosts < context.settings.hosts)
    return subscribe({ ...told, host: (state.host + 1) % context.settings.hosts })
  return wait(told, retryAfterSec, context)
}

function wait(state: SubscriberState, retryAfterSec: number | undefined, { random }: Context): SubscriberStep {
  const grownMs = Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(state.failedRounds + state.shortLived, 20))
  const askedMs = Math.min(retryAfterSec ?? 0, MAX_RETRY_AFTER_SEC) * 1000
  const ms = retryAfterSec === undefined ? grownMs * (0.75 + random / 2) : askedMs + FIRST_BACKOFF_MS * random
  const waiting: SubscriberState = {
    ...state,
    phase: 'waiting',
    live: undefined,
    host: 0,
    failedHosts: 0,
    failedRounds: state.failedRounds + 1,
  }
  return { state: waiting, actions: [{ type: 'wait', ms }] }
}

function stop(state: SubscriberState, status: number | undefined, reason: string): SubscriberStep {
  return still({ ...state, phase: 'stopped', live: undefined, lastStatus: status, lastReason: reason })
}

function unsubscribe(state: SubscriberState): SubscriberStep {
  const ending: SubscriberState = { ...state, phase: 'ending', challenges: 0 }
  return { state: ending, actions: [request(ending, 'same', false)] }
}

/** Whatever the server answers to our goodbye, it is over; a challenge is answered once. */
function end(state: SubscriberState, event: SubscriberEvent): SubscriberStep {
  if (event.type === 'challenged' && state.challenges === 0) {
    const again = { ...state, challenges: 1 }
    return { state: again, actions: [request(again, 'same', true)] }
  }
  if (event.type === 'answered' || event.type === 'unanswered' || event.type === 'challenged') {
    return still({ ...state, phase: 'ended', live: undefined })
  }
  return still(state)
}
