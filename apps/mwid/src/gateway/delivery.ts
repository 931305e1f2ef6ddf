import { EMPTY_SUMMARY, isLampLit, type MessageSummary, sameSummary } from '@lamplighter/domain'
import type { Verdict } from './answer.js'

/** What a gateway shall show of a mailbox: where, what, and whatever the owner wants back when it was acknowledged. */
export type Showing<Tag> = {
  /** Same text, same lamp at the peer: number and context of the mailbox. */
  readonly place: string
  readonly summary: MessageSummary
  readonly tag: Tag
}

/**
 * One lamp behind a gateway. Level-triggered: of several changes only the newest is kept, at most one request is under
 * way. `idle`: nothing to do, or given up until the next change; `queued`: waits for its turn; `sending`; `waiting`: for
 * its pace or the next try.
 */
export type DeliveryState<Tag> = {
  readonly phase: 'idle' | 'queued' | 'sending' | 'waiting'
  /** What it should show and is not known to show. */
  readonly wanted: Showing<Tag> | undefined
  /** To be sent even when it was acknowledged. */
  readonly forced: boolean
  readonly sent: Showing<Tag> | undefined
  readonly acknowledged: Showing<Tag> | undefined
  /** Targets that did not take it in this round. */
  readonly tried: readonly number[]
  /** Whether a later round could go better than this one. */
  readonly hopeful: boolean
  /** Rounds that failed since it was last acknowledged or given up. */
  readonly rounds: number
  readonly failingSinceMs: number | undefined
  readonly sentAtMs: number
}

/** What happens to it. */
export type DeliveryEvent<Tag> =
  | { readonly type: 'wanted'; readonly showing: Showing<Tag>; readonly forced: boolean }
  /** Its turn: it goes to this target. */
  | { readonly type: 'turn'; readonly target: number }
  /** `more`: there is another target that was not tried in this round. */
  | { readonly type: 'answered'; readonly target: number; readonly verdict: Verdict; readonly more: boolean }
  | { readonly type: 'resume' }
  /** No target was there for the whole retry time. */
  | { readonly type: 'abandon' }

/** Why it was given up: `absent` is no fault of the gateway. */
export type GiveUp = 'absent' | 'refused' | 'unreachable'

/** What its driver must do. */
export type DeliveryAction<Tag> =
  /** It wants a turn. */
  | { readonly type: 'queue' }
  | { readonly type: 'send'; readonly showing: Showing<Tag>; readonly target: number }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'acknowledged'; readonly showing: Showing<Tag>; readonly status: number }
  /** Not taken; it is tried again. */
  | { readonly type: 'retrying'; readonly showing: Showing<Tag>; readonly status: number }
  | { readonly type: 'given_up'; readonly showing: Showing<Tag>; readonly why: GiveUp; readonly status: number }

/** How it is tried. */
export type DeliveryRules = {
  /** How long after the first failure it is tried again. */
  readonly retryForMs: number
  /** Between 0 and 1: spreads tries that failed together. */
  readonly random: () => number
}

/** A move of the machine. */
export type DeliveryStep<Tag> = {
  readonly state: DeliveryState<Tag>
  readonly actions: readonly DeliveryAction<Tag>[]
}

/** Shortest time between two requests about one lamp (sip.md 5.2). */
const PACE_MS = 200
const FIRST_WAIT_MS = 5000
const MAX_WAIT_MS = 60_000
const MAX_RETRY_AFTER_MS = 300_000

/** A lamp that was never told, or that acknowledged this before a restart. */
export function newDelivery<Tag>(acknowledged?: Showing<Tag>): DeliveryState<Tag> {
  return {
    phase: 'idle',
    wanted: undefined,
    forced: false,
    sent: undefined,
    acknowledged,
    tried: [],
    hopeful: false,
    rounds: 0,
    failingSinceMs: undefined,
    sentAtMs: Number.NEGATIVE_INFINITY,
  }
}

/** The life of one lamp behind a gateway (sip.md 1.6). */
export function stepDelivery<Tag>(
  state: DeliveryState<Tag>,
  event: DeliveryEvent<Tag>,
  nowMs: number,
  rules: DeliveryRules,
): DeliveryStep<Tag> {
  switch (event.type) {
    case 'wanted':
      return want(state, event.showing, event.forced, nowMs)
    case 'turn':
      return state.phase === 'queued' ? send(state, event.target, nowMs) : stay(state)
    case 'resume':
      return state.phase === 'waiting'
        ? { state: { ...state, phase: 'queued' }, actions: [{ type: 'queue' }] }
        : stay(state)
    case 'answered':
      return state.phase === 'sending' ? answered(state, event, nowMs, rules) : stay(state)
    case 'abandon':
      return state.wanted && state.phase !== 'sending' ? giveUp(state, state.wanted, 'unreachable', 408) : stay(state)
  }
}

function stay<Tag>(state: DeliveryState<Tag>): DeliveryStep<Tag> {
  return { state, actions: [] }
}

/** A change starts a new round at once; how long it has been failing stays, or a busy mailbox would never be given up. */
function want<Tag>(
  state: DeliveryState<Tag>,
  showing: Showing<Tag>,
  forced: boolean,
  nowMs: number,
): DeliveryStep<Tag> {
  const wanted = { ...state, wanted: showing, forced: state.forced || forced }
  if (state.phase === 'sending' || state.phase === 'queued') return stay(wanted)
  if (!wanted.forced && shows(state.acknowledged, showing)) {
    return stay({
      ...wanted,
      phase: 'idle',
      wanted: undefined,
      acknowledged: showing,
      rounds: 0,
      failingSinceMs: undefined,
    })
  }
  if (state.phase === 'waiting' && !forced && state.wanted && shows(state.wanted, showing)) return stay(wanted)
  return enqueue({ ...wanted, tried: [], hopeful: false, rounds: 0 }, nowMs)
}

function enqueue<Tag>(state: DeliveryState<Tag>, nowMs: number): DeliveryStep<Tag> {
  const earliestMs = state.sentAtMs + PACE_MS
  if (nowMs < earliestMs)
    return { state: { ...state, phase: 'waiting' }, actions: [{ type: 'wait', ms: earliestMs - nowMs }] }
  return { state: { ...state, phase: 'queued' }, actions: [{ type: 'queue' }] }
}

function send<Tag>(state: DeliveryState<Tag>, target: number, nowMs: number): DeliveryStep<Tag> {
  const { wanted, acknowledged } = state
  if (!wanted) return stay({ ...state, phase: 'idle' })
  // A mailbox that moved leaves no light behind: first it goes dark where it was.
  const left = leftLit(acknowledged, wanted)
  const showing = left ? { ...left, summary: EMPTY_SUMMARY } : wanted
  const sending: DeliveryState<Tag> = { ...state, phase: 'sending', sent: showing, sentAtMs: nowMs }
  const next = left ? sending : { ...sending, wanted: undefined, forced: false }
  return { state: next, actions: [{ type: 'send', showing, target }] }
}

/** What is still lit where the mailbox is no more. */
function leftLit<Tag>(acknowledged: Showing<Tag> | undefined, wanted: Showing<Tag>): Showing<Tag> | undefined {
  return acknowledged && acknowledged.place !== wanted.place && isLampLit(acknowledged.summary)
    ? acknowledged
    : undefined
}

function answered<Tag>(
  state: DeliveryState<Tag>,
  { target, verdict, more }: Extract<DeliveryEvent<Tag>, { type: 'answered' }>,
  nowMs: number,
  rules: DeliveryRules,
): DeliveryStep<Tag> {
  const { sent } = state
  if (!sent) return stay({ ...state, phase: 'idle' })
  if (verdict.kind === 'delivered') return delivered(state, sent, verdict.status, nowMs)
  // What could not be sent is wanted again, unless something newer is.
  const open = { ...state, sent: undefined, wanted: state.wanted ?? sent, forced: true }
  const failing = {
    ...open,
    tried: [...state.tried, target],
    hopeful: state.hopeful || verdict.kind !== 'refused',
    failingSinceMs: state.failingSinceMs ?? nowMs,
  }
  if (more) return { state: { ...failing, phase: 'queued' }, actions: [{ type: 'queue' }] }
  return endRound(failing, verdict, nowMs, rules)
}

function delivered<Tag>(
  state: DeliveryState<Tag>,
  sent: Showing<Tag>,
  status: number,
  nowMs: number,
): DeliveryStep<Tag> {
  const told: DeliveryState<Tag> = {
    ...state,
    phase: 'idle',
    sent: undefined,
    acknowledged: sent,
    tried: [],
    hopeful: false,
    rounds: 0,
    failingSinceMs: undefined,
  }
  const acknowledged: DeliveryAction<Tag> = { type: 'acknowledged', showing: sent, status }
  const next = state.wanted ? want(told, state.wanted, false, nowMs) : stay(told)
  return { state: next.state, actions: [acknowledged, ...next.actions] }
}

/** Every target was tried: wait, or give up when waiting changes nothing or the time is over. */
function endRound<Tag>(
  state: DeliveryState<Tag>,
  verdict: Verdict,
  nowMs: number,
  { retryForMs, random }: DeliveryRules,
): DeliveryStep<Tag> {
  const showing = state.wanted as Showing<Tag>
  const { kind, status, retryAfterSec } = verdict
  // Who answers does not know the place it left any more: what lies there is no lamp.
  if (kind !== 'silent' && leftLit(state.acknowledged, showing)) {
    return enqueue({ ...state, acknowledged: undefined, tried: [], hopeful: false, failingSinceMs: undefined }, nowMs)
  }
  const backoffMs = Math.min(FIRST_WAIT_MS * 2 ** state.rounds, MAX_WAIT_MS) * (0.8 + 0.4 * random())
  const ms = retryAfterSec === undefined ? backoffMs : Math.min(retryAfterSec * 1000, MAX_RETRY_AFTER_MS)
  const overMs = (state.failingSinceMs ?? nowMs) + retryForMs
  if (!state.hopeful || nowMs + ms > overMs) {
    return giveUp(state, showing, kind === 'absent' ? 'absent' : kind === 'silent' ? 'unreachable' : 'refused', status)
  }
  const waiting: DeliveryState<Tag> = {
    ...state,
    phase: 'waiting',
    tried: [],
    hopeful: false,
    rounds: state.rounds + 1,
  }
  return {
    state: waiting,
    actions: [
      { type: 'retrying', showing, status },
      { type: 'wait', ms },
    ],
  }
}

/** Nothing more is done until the next change or re-assertion; then all of it begins anew. */
function giveUp<Tag>(state: DeliveryState<Tag>, showing: Showing<Tag>, why: GiveUp, status: number): DeliveryStep<Tag> {
  const given: DeliveryState<Tag> = {
    ...state,
    phase: 'idle',
    tried: [],
    hopeful: false,
    rounds: 0,
    failingSinceMs: undefined,
  }
  return { state: given, actions: [{ type: 'given_up', showing, why, status }] }
}

function shows<Tag>(one: Showing<Tag> | undefined, other: Showing<Tag>): boolean {
  return one !== undefined && one.place === other.place && sameSummary(one.summary, other.summary)
}
