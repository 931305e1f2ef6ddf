import type { Link } from './non-invite-client.js'

/**
 * Where a request of a peer stands. `trying`: not answered yet; `completed`: answered, the answer is repeated for each
 * repeat of the request; `terminated`: over.
 */
export type ServerState = { readonly name: 'trying' | 'completed' | 'terminated' }

/** What happens to it. */
export type ServerInput =
  | { readonly type: 'retransmission' }
  | { readonly type: 'answer' }
  | { readonly type: 'timer_j' }

/** What its driver must do. */
export type ServerAction = { readonly type: 'send' } | { readonly type: 'start_j'; readonly ms: number }

/** A move of the machine. */
export type ServerStep = { readonly state: ServerState; readonly actions: readonly ServerAction[] }

/** Non-INVITE server transaction (RFC 3261 17.2.2), without provisional answers: RFC 4320 wants none so early. */
export function stepServer(state: ServerState, input: ServerInput, { reliable, timings }: Link): ServerStep {
  if (state.name === 'terminated') return { state, actions: [] }
  switch (input.type) {
    case 'answer': {
      if (state.name === 'completed') return { state, actions: [] }
      if (reliable) return { state: { name: 'terminated' }, actions: [{ type: 'send' }] }
      const linger: ServerAction = { type: 'start_j', ms: 64 * timings.t1Ms }
      return { state: { name: 'completed' }, actions: [{ type: 'send' }, linger] }
    }
    case 'retransmission':
      // Unanswered, the handler is still at it: nothing to repeat yet.
      return { state, actions: state.name === 'completed' ? [{ type: 'send' }] : [] }
    case 'timer_j':
      return { state: { name: 'terminated' }, actions: [] }
  }
}
