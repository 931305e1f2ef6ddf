import type { Content } from '../subscription/notifier.js'

/** What keeps a contact from knowing what it should show. */
export type Trouble =
  /** No answer, 408 or 480: nobody is there now. */
  | 'unreachable'
  /** A 5xx, or an answer with Retry-After: asked to come later. */
  | 'retrying'
  /** Another refusal: this NOTIFY was not taken. */
  | 'declined'
  /** 405, 481, 489 or 501: the device does not take unsolicited NOTIFYs at all. */
  | 'refused'

/**
 * One registered contact that is told without having subscribed. At most one NOTIFY is under way; what changes
 * meanwhile is sent after it, the newest only.
 *
 * While `solicited` a subscription of the same phone tells it, and nothing is sent here.
 */
export type UnsolicitedState<Tag> = {
  readonly solicited: boolean
  /** What it should show; undefined: there is nothing to say to it. */
  readonly wanted: Content<Tag> | undefined
  /** The phone may have forgotten what it acknowledged. */
  readonly forced: boolean
  readonly inFlight: Content<Tag> | undefined
  /** Counts NOTIFYs, so that the late answer to an abandoned one is known. */
  readonly attempt: number
  readonly acknowledged: Content<Tag> | undefined
  /** What it was last sent since it started: it may show that, whatever it answered. */
  readonly sent: Content<Tag> | undefined
  readonly trouble: Trouble | undefined
  readonly failures: number
  /** Nothing is sent before. */
  readonly heldUntilMs: number
  readonly sentAtMs: number
  readonly lastStatus: number | undefined
}

/** What happens to a contact. */
export type UnsolicitedEvent<Tag> =
  /** A REGISTER named it. `fresh`: it is new, or comes from a phone that started anew; what it should show follows. */
  | { readonly type: 'registered'; readonly fresh: boolean }
  /** What it should show. */
  | { readonly type: 'changed'; readonly content: Content<Tag> | undefined }
  /** A subscription of the same phone begins or ends. */
  | { readonly type: 'solicited'; readonly solicited: boolean }
  /** That subscription was told this, and the phone acknowledged it. */
  | { readonly type: 'shown'; readonly content: Content<Tag> }
  /** Somebody wants it told whatever it acknowledged or refused. */
  | { readonly type: 'reassert' }
  | {
      readonly type: 'answered'
      readonly attempt: number
      readonly status: number
      readonly retryAfterSec: number | undefined
    }
  | { readonly type: 'unanswered'; readonly attempt: number }
  /** A wait is over. */
  | { readonly type: 'resume' }

/** What the driver must do. A new `wait` replaces the last one. */
export type UnsolicitedAction<Tag> =
  | { readonly type: 'notify'; readonly attempt: number; readonly content: Content<Tag> }
  | { readonly type: 'wait'; readonly ms: number }
  /** What must outlive a restart changed: the acknowledged body, or until when nothing is sent after a refusal. */
  | { readonly type: 'remember' }
  /** It may have taken this after a newer state its subscription told it: that must be told again. */
  | { readonly type: 'overtaken' }

/** A move of the machine. */
export type UnsolicitedStep<Tag> = {
  readonly state: UnsolicitedState<Tag>
  readonly actions: readonly UnsolicitedAction<Tag>[]
}

/** Shortest time between two NOTIFYs to one contact, unless it registers anew. */
export const UNSOLICITED_PACE_MS = 200
/** A device that does not take unsolicited NOTIFYs is asked again after a day of registration (users.md 2.1 row 17). */
export const REFUSAL_MS = 24 * 60 * 60 * 1000

const MAX_RETRY_AFTER_SEC = 300
const TRUSTED_RETRY_AFTERS = 3
/** First and longest wait. Who does not answer is tried again within the reconcile interval; a refusal is not worth that. */
const BACKOFF_MS = {
  unreachable: { first: 30_000, longest: 300_000 },
  retrying: { first: 10_000, longest: 300_000 },
  declined: { first: 60_000, longest: 3_600_000 },
} as const

/** Codes that mean "not this kind of request, ever" (users.md 2.1 row 17). */
const NOT_WANTED = new Set([405, 481, 489, 501])

/** A contact, with what a former worker remembered of it. */
export function newUnsolicited<Tag>(
  acknowledged?: Content<Tag>,
  refusedUntilMs = Number.NEGATIVE_INFINITY,
): UnsolicitedState<Tag> {
  return {
    solicited: false,
    wanted: undefined,
    forced: false,
    inFlight: undefined,
    attempt: 0,
    acknowledged,
    sent: undefined,
    trouble: refusedUntilMs > Number.NEGATIVE_INFINITY ? 'refused' : undefined,
    failures: 0,
    heldUntilMs: refusedUntilMs,
    sentAtMs: Number.NEGATIVE_INFINITY,
    lastStatus: undefined,
  }
}

/** It may have been sent another state than it is known to have acknowledged, if it acknowledged any. */
export function doubtUnsolicited<Tag>(state: UnsolicitedState<Tag>): UnsolicitedState<Tag> {
  const { acknowledged } = state
  return { ...state, forced: true, sent: acknowledged && { ...acknowledged, body: '' } }
}

/** Whether the contact shows what it should. */
export function isTold<Tag>({ wanted, forced, acknowledged }: UnsolicitedState<Tag>): boolean {
  return wanted !== undefined && !forced && wanted.body === acknowledged?.body
}

/**
 * A NOTIFY that waited for its turn goes now: it shows the newest state. None goes to who is told by a subscription by
 * now, or need not be told any more.
 */
export function newestUnsolicited<Tag>(state: UnsolicitedState<Tag>, nowMs: number): UnsolicitedState<Tag> {
  const { wanted, solicited, inFlight } = state
  if (!inFlight) return state
  if (!wanted || solicited) return { ...state, inFlight: undefined, forced: true }
  return { ...state, inFlight: wanted, sent: wanted, sentAtMs: nowMs }
}

/** Tells one contact without a subscription, and stops where that is not wanted (sip.md 1.2, 1.5 and 1.6). */
export function stepUnsolicited<Tag>(
  state: UnsolicitedState<Tag>,
  event: UnsolicitedEvent<Tag>,
  nowMs: number,
): UnsolicitedStep<Tag> {
  switch (event.type) {
    case 'registered':
      return proceed(event.fresh ? begunAnew(state) : backAgain(state), nowMs)
    case 'changed':
      return proceed({ ...state, wanted: event.content }, nowMs)
    case 'solicited':
      return proceed({ ...state, solicited: event.solicited }, nowMs)
    case 'shown':
      return remember({ ...state, acknowledged: event.content, sent: undefined, forced: false })
    case 'reassert':
      return proceed({ ...state, forced: true, trouble: undefined, failures: 0, heldUntilMs: 0 }, nowMs)
    case 'resume':
      return proceed(state, nowMs)
    case 'unanswered':
      return event.attempt === state.attempt && state.inFlight
        ? overtaking(state, failed(state, 'unreachable', 408, nowMs))
        : stay(state)
    case 'answered':
      if (event.attempt !== state.attempt) return event.status < 300 ? tookAbandoned(state, nowMs) : stay(state)
      return state.inFlight ? answered(state, event, nowMs) : stay(state)
  }
}

/**
 * A phone that started anew shows nothing: it is told what it should show, not that something went. A NOTIFY on its way
 * to where it was is not waited for. A refusal stands.
 */
function begunAnew<Tag>(state: UnsolicitedState<Tag>): UnsolicitedState<Tag> {
  const blank = { wanted: undefined, inFlight: undefined, acknowledged: undefined, sent: undefined }
  const anew = { ...state, ...blank, forced: true, attempt: state.attempt + 1 }
  return state.trouble === 'refused' ? anew : { ...anew, trouble: undefined, failures: 0, heldUntilMs: 0 }
}

/** Who registers again is there: what it did not answer to is sent at once. */
function backAgain<Tag>(state: UnsolicitedState<Tag>): UnsolicitedState<Tag> {
  return state.trouble === 'unreachable' ? { ...state, failures: 0, heldUntilMs: 0 } : state
}

/** Sends what is wanted, if it may go now. */
function proceed<Tag>(state: UnsolicitedState<Tag>, nowMs: number): UnsolicitedStep<Tag> {
  const { wanted } = state
  if (!wanted || state.solicited || state.inFlight || isTold(state)) return stay(state)
  const earliestMs = Math.max(state.heldUntilMs, state.forced ? 0 : state.sentAtMs + UNSOLICITED_PACE_MS)
  if (nowMs < earliestMs) return { state, actions: [{ type: 'wait', ms: earliestMs - nowMs }] }
  const attempt = state.attempt + 1
  const sent: UnsolicitedState<Tag> = {
    ...state,
    forced: false,
    inFlight: wanted,
    sent: wanted,
    attempt,
    sentAtMs: nowMs,
  }
  return { state: sent, actions: [{ type: 'notify', attempt, content: wanted }] }
}

function answered<Tag>(
  state: UnsolicitedState<Tag>,
  { status, retryAfterSec }: { status: number; retryAfterSec: number | undefined },
  nowMs: number,
): UnsolicitedStep<Tag> {
  if (status < 300) return overtaking(state, told(state, status, nowMs))
  if (NOT_WANTED.has(status)) return refused(state, status, nowMs)
  if (status === 408 || status === 480) return failed(state, 'unreachable', status, nowMs, retryAfterSec)
  const later = (status >= 500 && status < 600) || retryAfterSec !== undefined
  return failed(state, later ? 'retrying' : 'declined', status, nowMs, retryAfterSec)
}

/** Copies of a NOTIFY may come late: what its phone took last is not what its subscription told it last. */
function overtaking<Tag>(state: UnsolicitedState<Tag>, step: UnsolicitedStep<Tag>): UnsolicitedStep<Tag> {
  const late = state.solicited && state.inFlight?.body !== state.wanted?.body
  return late ? { state: step.state, actions: [...step.actions, { type: 'overtaken' }] } : step
}

/** An abandoned NOTIFY reached the phone after all, maybe after a newer one. */
function tookAbandoned<Tag>(state: UnsolicitedState<Tag>, nowMs: number): UnsolicitedStep<Tag> {
  return state.solicited ? { state, actions: [{ type: 'overtaken' }] } : proceed({ ...state, forced: true }, nowMs)
}

function told<Tag>(state: UnsolicitedState<Tag>, status: number, nowMs: number): UnsolicitedStep<Tag> {
  const next = proceed(
    {
      ...state,
      inFlight: undefined,
      acknowledged: state.inFlight,
      trouble: undefined,
      failures: 0,
      heldUntilMs: 0,
      lastStatus: status,
    },
    nowMs,
  )
  return { state: next.state, actions: [{ type: 'remember' }, ...next.actions] }
}

/** Counted from when it was asked, so that one day has one question. */
function refused<Tag>(state: UnsolicitedState<Tag>, status: number, nowMs: number): UnsolicitedStep<Tag> {
  const next = proceed(
    {
      ...state,
      inFlight: undefined,
      acknowledged: undefined,
      trouble: 'refused',
      heldUntilMs: state.sentAtMs + REFUSAL_MS,
      lastStatus: status,
    },
    nowMs,
  )
  return { state: next.state, actions: [{ type: 'remember' }, ...next.actions] }
}

function failed<Tag>(
  state: UnsolicitedState<Tag>,
  trouble: keyof typeof BACKOFF_MS,
  status: number,
  nowMs: number,
  retryAfterSec?: number,
): UnsolicitedStep<Tag> {
  const failures = state.failures + 1
  const heldUntilMs = nowMs + waitAfter(trouble, failures, retryAfterSec)
  // It may have been taken although we were not told so: only an answer proves what the phone shows.
  return proceed(
    { ...state, inFlight: undefined, forced: true, trouble, failures, heldUntilMs, lastStatus: status },
    nowMs,
  )
}

/** As long as it asks for, within limits; who asks for too little again and again waits as if it had not asked. */
function waitAfter(trouble: keyof typeof BACKOFF_MS, failures: number, retryAfterSec: number | undefined): number {
  const { first, longest } = BACKOFF_MS[trouble]
  const usualMs = Math.min(first * 2 ** Math.min(failures - 1, 20), longest)
  if (retryAfterSec === undefined) return usualMs
  const askedMs = Math.min(retryAfterSec, MAX_RETRY_AFTER_SEC) * 1000
  return failures > TRUSTED_RETRY_AFTERS ? Math.max(askedMs, usualMs) : Math.max(askedMs, 1000)
}

function remember<Tag>(state: UnsolicitedState<Tag>): UnsolicitedStep<Tag> {
  return { state, actions: [{ type: 'remember' }] }
}

function stay<Tag>(state: UnsolicitedState<Tag>): UnsolicitedStep<Tag> {
  return { state, actions: [] }
}
