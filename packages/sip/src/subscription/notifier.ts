/** A state to show: its body, and whatever the owner wants back when it was acknowledged. */
export type Content<Tag> = { readonly body: string; readonly tag: Tag }

/** Why a subscription ends, as Subscription-State says it (RFC 6665 4.1.3). */
export type TerminationReason = 'deactivated' | 'timeout' | 'rejected' | 'noresource'

/** Why there is no subscription any more, for the ledger. */
export type EndReason = 'unreachable' | 'refused' | 'ended'

/**
 * One subscription as the notifier drives it. At most one NOTIFY is under way; what changes meanwhile is kept as the
 * newest content only, so a burst is a few NOTIFYs and the last one is right.
 */
export type NotifierState<Tag> = {
  /** `active`; `ending`: only a last NOTIFY is still to come or under way; `ended`. */
  readonly phase: 'active' | 'ending' | 'ended'
  /** The newest content, and whether it must be sent even when it shows the same as the last. */
  readonly wanted: Content<Tag> | undefined
  readonly forced: boolean
  readonly termination: TerminationReason | undefined
  readonly inFlight: Content<Tag> | undefined
  /** What the device answered 2xx to. */
  readonly acknowledged: Content<Tag> | undefined
  readonly failures: number
  /** NOTIFYs in a row that nobody answered. */
  readonly silences: number
  /** Waiting: for the pace, for a device that asked us to come later, or for one that did not answer. */
  readonly waiting: boolean
  readonly sentAtMs: number
}

/** What happens to a subscription. */
export type NotifierEvent<Tag> =
  /** Accepted or refreshed: the full state goes out in any case. */
  | { readonly type: 'subscribed'; readonly content: Content<Tag> }
  /** The state changed. `forced`: the device is told even what it acknowledged. */
  | { readonly type: 'changed'; readonly content: Content<Tag>; readonly forced?: boolean }
  /** It ends; the content is the last the device shall show. */
  | { readonly type: 'terminate'; readonly reason: TerminationReason; readonly content: Content<Tag> }
  | { readonly type: 'answered'; readonly status: number; readonly retryAfterSec: number | undefined }
  | { readonly type: 'unanswered' }
  /** The wait is over. */
  | { readonly type: 'resume' }

/** What the driver must do. */
export type NotifierAction<Tag> =
  | { readonly type: 'notify'; readonly content: Content<Tag>; readonly termination: TerminationReason | undefined }
  | { readonly type: 'acknowledged'; readonly content: Content<Tag> }
  /** A new `wait` replaces the last one. */
  | { readonly type: 'wait'; readonly ms: number }
  /** Nobody answered; a wait follows, then the newest state is sent. */
  | { readonly type: 'unreachable' }
  | { readonly type: 'end'; readonly reason: EndReason; readonly status: number | undefined }

/** A move of the machine. */
export type NotifierStep<Tag> = { readonly state: NotifierState<Tag>; readonly actions: readonly NotifierAction<Tag>[] }

/** Shortest time between two NOTIFYs of one subscription. */
export const PACE_MS = 200
const MAX_RETRY_AFTER_SEC = 300
const MAX_FAILURES = 3
/** First and longest wait after silence: a network that was away is followed within the reconcile interval. */
const SILENCE_MS = { first: 30_000, longest: 300_000 } as const

/** A new subscription, or one taken over from the table with what its device last acknowledged. */
export function newNotifier<Tag>(acknowledged?: Content<Tag>): NotifierState<Tag> {
  return {
    phase: 'active',
    wanted: undefined,
    forced: false,
    termination: undefined,
    inFlight: undefined,
    acknowledged,
    failures: 0,
    silences: 0,
    waiting: false,
    sentAtMs: Number.NEGATIVE_INFINITY,
  }
}

/** The notifier side of a subscription (RFC 6665 4.2). */
export function stepNotifier<Tag>(
  state: NotifierState<Tag>,
  event: NotifierEvent<Tag>,
  nowMs: number,
): NotifierStep<Tag> {
  if (state.phase === 'ended') return { state, actions: [] }
  switch (event.type) {
    case 'subscribed':
      // Once it is told that it is over, a phone has forgotten the dialog: no refresh brings that back.
      return state.phase === 'ending'
        ? { state, actions: [] }
        : // It is there: whatever was waited for, it is told at once (RFC 6665 4.2.1.2).
          proceed({ ...state, wanted: event.content, forced: true, waiting: false, silences: 0 }, nowMs)
    case 'changed':
      if (state.phase === 'ending') return { state, actions: [] }
      return proceed({ ...state, wanted: event.content, forced: state.forced || event.forced === true }, nowMs)
    case 'terminate':
      return proceed(
        { ...state, phase: 'ending', termination: event.reason, wanted: event.content, forced: true, waiting: false },
        nowMs,
      )
    case 'resume':
      return proceed({ ...state, waiting: false }, nowMs)
    case 'unanswered':
      return unanswered(state, nowMs)
    case 'answered':
      return answered(state, event.status, event.retryAfterSec, nowMs)
  }
}

/** A NOTIFY that waited for its turn goes now: it shows the newest state, whatever it was to show. */
export function newestNotify<Tag>(state: NotifierState<Tag>, nowMs: number): NotifierState<Tag> {
  const { inFlight, wanted } = state
  return inFlight && wanted ? { ...state, inFlight: wanted, wanted: undefined, forced: false, sentAtMs: nowMs } : state
}

/** Sends what is wanted, if it may go now. */
function proceed<Tag>(state: NotifierState<Tag>, nowMs: number): NotifierStep<Tag> {
  const { wanted } = state
  if (!wanted || state.inFlight || state.waiting) return { state, actions: [] }
  if (!state.forced && wanted.body === state.acknowledged?.body) return confirm(state, wanted)
  const earliest = state.sentAtMs + PACE_MS
  if (!state.forced && nowMs < earliest) {
    return { state: { ...state, waiting: true }, actions: [{ type: 'wait', ms: earliest - nowMs }] }
  }
  const sent: NotifierState<Tag> = { ...state, wanted: undefined, forced: false, inFlight: wanted, sentAtMs: nowMs }
  return { state: sent, actions: [{ type: 'notify', content: wanted, termination: state.termination }] }
}

/** The device shows this already: it counts as acknowledged without being sent. */
function confirm<Tag>(state: NotifierState<Tag>, content: Content<Tag>): NotifierStep<Tag> {
  const same = { ...state, wanted: undefined, acknowledged: content }
  return { state: same, actions: [{ type: 'acknowledged', content }] }
}

function answered<Tag>(
  state: NotifierState<Tag>,
  status: number,
  retryAfterSec: number | undefined,
  nowMs: number,
): NotifierStep<Tag> {
  const { inFlight } = state
  if (!inFlight) return { state, actions: [] }
  const landed: NotifierState<Tag> = { ...state, inFlight: undefined }
  const last = state.phase === 'ending' && !state.wanted
  if (status < 300) {
    const told = { ...landed, acknowledged: inFlight, failures: 0, silences: 0 }
    const acknowledged: NotifierAction<Tag> = { type: 'acknowledged', content: inFlight }
    const next = last ? end(told, 'ended', status) : proceed(told, nowMs)
    return { state: next.state, actions: [acknowledged, ...next.actions] }
  }
  // Whatever a device answers to its last NOTIFY, it is over (sip.md 1.2).
  if (last) return end(landed, 'ended', status)
  if (status < 500 || status > 599 || status === 501) return end(landed, 'refused', status)
  return retry({ ...landed, wanted: landed.wanted ?? inFlight, forced: true }, status, retryAfterSec)
}

/**
 * Nobody there. One that refreshed meanwhile is elsewhere, behind another address of its NAT, and told at once. Any other
 * keeps its subscription until that runs out: a phone whose network was away for a while does not know that it was not
 * heard, and would show what it showed until its next refresh (decision 0037).
 */
function unanswered<Tag>(state: NotifierState<Tag>, nowMs: number): NotifierStep<Tag> {
  const { inFlight } = state
  if (!inFlight) return { state, actions: [] }
  if (state.phase === 'ending') return end(state, 'unreachable', 408)
  if (state.forced && state.wanted !== undefined) return proceed({ ...state, inFlight: undefined }, nowMs)
  const silences = state.silences + 1
  const ms = Math.min(SILENCE_MS.first * 2 ** Math.min(silences - 1, 10), SILENCE_MS.longest)
  const silent = {
    ...state,
    inFlight: undefined,
    wanted: state.wanted ?? inFlight,
    forced: true,
    waiting: true,
    silences,
  }
  return { state: silent, actions: [{ type: 'unreachable' }, { type: 'wait', ms }] }
}

/** A 5xx with Retry-After is waited for a few times; one without is tried once more at once. */
function retry<Tag>(state: NotifierState<Tag>, status: number, retryAfterSec: number | undefined): NotifierStep<Tag> {
  const failures = state.failures + 1
  if (failures > (retryAfterSec === undefined ? 1 : MAX_FAILURES)) return end(state, 'refused', status)
  const ms = Math.min(retryAfterSec ?? 0, MAX_RETRY_AFTER_SEC) * 1000
  return { state: { ...state, failures, waiting: true }, actions: [{ type: 'wait', ms }] }
}

function end<Tag>(state: NotifierState<Tag>, reason: EndReason, status: number): NotifierStep<Tag> {
  return { state: { ...state, phase: 'ended', inFlight: undefined }, actions: [{ type: 'end', reason, status }] }
}
