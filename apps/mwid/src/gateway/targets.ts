/** How a target seems: `doubtful`: something was not answered, it is being asked; `down`: it did not answer that either. */
export type Health = 'up' | 'doubtful' | 'down'

/** The targets of a gateway, and since when none of them is there. */
export type TargetsState = {
  readonly health: readonly Health[]
  readonly downSinceMs: number | undefined
  /** That nobody is there was told already. */
  readonly told: boolean
}

/** What is heard of the targets. */
export type TargetsEvent =
  /** It answered a request, whatever the answer. */
  | { readonly type: 'answered'; readonly target: number }
  | { readonly type: 'silent'; readonly target: number }
  | { readonly type: 'pinged'; readonly target: number; readonly alive: boolean }
  | { readonly type: 'clock' }

/** What follows. */
export type TargetsAction =
  /** Ask it whether it is there. */
  | { readonly type: 'ping'; readonly target: number }
  /** It was away and is back: what it knew may be lost, so it is told everything again. */
  | { readonly type: 'recovered'; readonly target: number }
  /** Nobody was there for the whole retry time. */
  | { readonly type: 'gateway_failed' }

/** A move of the machine. */
export type TargetsStep = { readonly state: TargetsState; readonly actions: readonly TargetsAction[] }

/** Every target is taken to be there until it is not. */
export function newTargets(count: number): TargetsState {
  return { health: Array.from({ length: count }, () => 'up'), downSinceMs: undefined, told: false }
}

/** Who may be told: one silent request is not yet a dead peer, Asterisk drops datagrams when it is busy. */
export function stepTargets(state: TargetsState, event: TargetsEvent, nowMs: number, retryForMs: number): TargetsStep {
  if (event.type === 'clock') return failAfter(state, nowMs, retryForMs)
  const { target } = event
  const was = state.health[target]
  if (was === undefined) return { state, actions: [] }
  const silent = event.type === 'silent' || (event.type === 'pinged' && !event.alive)
  if (silent && was === 'up') {
    return { state: withHealth(state, target, 'doubtful', nowMs), actions: [{ type: 'ping', target }] }
  }
  if (event.type === 'silent') return { state, actions: [] }
  if (event.type === 'pinged' && !event.alive) return { state: withHealth(state, target, 'down', nowMs), actions: [] }
  const up = withHealth(state, target, 'up', nowMs)
  return { state: up, actions: was === 'down' ? [{ type: 'recovered', target }] : [] }
}

/** The first target that is there and was not tried; undefined when there is none. */
export function chooseTarget({ health }: TargetsState, tried: readonly number[]): number | undefined {
  const found = health.findIndex((one, index) => one === 'up' && !tried.includes(index))
  return found < 0 ? undefined : found
}

function withHealth(state: TargetsState, target: number, health: Health, nowMs: number): TargetsState {
  const all = state.health.map((one, index) => (index === target ? health : one))
  const away = all.every((one) => one === 'down')
  return { health: all, downSinceMs: away ? (state.downSinceMs ?? nowMs) : undefined, told: away && state.told }
}

function failAfter(state: TargetsState, nowMs: number, retryForMs: number): TargetsStep {
  const { downSinceMs, told } = state
  if (downSinceMs === undefined || told || nowMs < downSinceMs + retryForMs) return { state, actions: [] }
  return { state: { ...state, told: true }, actions: [{ type: 'gateway_failed' }] }
}
