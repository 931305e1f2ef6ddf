import type { Timings } from './timings.js'

/** E resends, F gives up. */
export type ClientTimer = 'E' | 'F'

/**
 * Where a request of ours stands. `trying`: nothing heard; `proceeding`: a provisional answer; `terminated`: over. There
 * is no `completed`: it would stay for timer K only to swallow repeats of the answer, and a repeat that finds no
 * transaction is dropped by the stack. At thousands of NOTIFYs a second nothing of them is kept for five seconds.
 */
export type ClientState = {
  readonly name: 'trying' | 'proceeding' | 'terminated'
  /** The present interval of timer E. */
  readonly timerEMs: number
}

/** What happens to it. */
export type ClientInput =
  | { readonly type: 'response'; readonly status: number }
  | { readonly type: 'timer'; readonly timer: ClientTimer }
  | { readonly type: 'transport_error' }

/** What its driver must do. */
export type ClientAction =
  | { readonly type: 'send' }
  | { readonly type: 'start'; readonly timer: ClientTimer; readonly ms: number }
  | { readonly type: 'stop'; readonly timer: ClientTimer }
  | { readonly type: 'deliver' }
  | { readonly type: 'fail'; readonly reason: 'timeout' | 'transport' }

/** A move of the machine. */
export type ClientStep = { readonly state: ClientState; readonly actions: readonly ClientAction[] }

/** The path it runs over. */
export type Link = { readonly reliable: boolean; readonly timings: Timings }

/** The first move: send, and set the timers (RFC 3261 17.1.2.2). */
export function beginClient({ reliable, timings }: Link): ClientStep {
  const resend: ClientAction[] = reliable ? [] : [{ type: 'start', timer: 'E', ms: timings.t1Ms }]
  const actions: ClientAction[] = [{ type: 'send' }, ...resend, { type: 'start', timer: 'F', ms: 64 * timings.t1Ms }]
  return { state: { name: 'trying', timerEMs: timings.t1Ms }, actions }
}

/** Non-INVITE client transaction (RFC 3261 17.1.2): the life of each NOTIFY we send. */
export function stepClient(state: ClientState, input: ClientInput, link: Link): ClientStep {
  switch (state.name) {
    case 'trying':
    case 'proceeding':
      return stepWaiting(state, input, link)
    case 'terminated':
      return stay(state)
  }
}

function stepWaiting(state: ClientState, input: ClientInput, { timings }: Link): ClientStep {
  switch (input.type) {
    case 'transport_error':
      return end(state, { type: 'fail', reason: 'transport' })
    case 'response': {
      const deliver: ClientAction = { type: 'deliver' }
      if (input.status < 200) return { state: { ...state, name: 'proceeding' }, actions: [deliver] }
      return end(state, deliver)
    }
    case 'timer': {
      if (input.timer === 'F') return end(state, { type: 'fail', reason: 'timeout' })
      // A provisional answer proves that the peer is there: stop doubling and settle at T2.
      const ms = state.name === 'proceeding' ? timings.t2Ms : Math.min(2 * state.timerEMs, timings.t2Ms)
      return { state: { ...state, timerEMs: ms }, actions: [{ type: 'send' }, { type: 'start', timer: 'E', ms }] }
    }
  }
}

function stay(state: ClientState): ClientStep {
  return { state, actions: [] }
}

function stop(timer: ClientTimer): ClientAction {
  return { type: 'stop', timer }
}

function end(state: ClientState, last: ClientAction): ClientStep {
  return { state: { ...state, name: 'terminated' }, actions: [stop('E'), stop('F'), last] }
}
