import type { Clock } from '../clock.js'
import type { SipResponse } from '../message/message.js'
import {
  beginClient,
  type ClientAction,
  type ClientState,
  type ClientStep,
  type ClientTimer,
  type Link,
  stepClient,
} from './non-invite-client.js'

/** How a request of ours ended: answered, or not. Both a timeout and a broken path count as 408 (sip.md 1.2). */
export type Outcome =
  | { readonly type: 'response'; readonly response: SipResponse }
  | { readonly type: 'failed'; readonly reason: 'timeout' | 'transport' }

/** What a driver needs of its surroundings. */
export type ClientSurroundings = {
  readonly clock: Clock
  readonly link: Link
  send(): void
  onOutcome(outcome: Outcome): void
  onTerminated(): void
}

/** Drives the client machine: owns its timers, sends, delivers the final answer once. */
export class ClientTransaction {
  readonly #around: ClientSurroundings
  readonly #timers: Record<ClientTimer, (() => void) | undefined> = { E: undefined, F: undefined }
  #state: ClientState

  constructor(around: ClientSurroundings) {
    this.#around = around
    const first = beginClient(around.link)
    this.#state = first.state
    this.#perform(first.actions, undefined)
  }

  /** A response with our branch came. */
  receive(response: SipResponse): void {
    this.#move(stepClient(this.#state, { type: 'response', status: response.status }, this.#around.link), response)
  }

  /** The path is broken. */
  transportFailed(): void {
    this.#move(stepClient(this.#state, { type: 'transport_error' }, this.#around.link), undefined)
  }

  /** Forgets everything, silently. */
  cancel(): void {
    this.#stop('E')
    this.#stop('F')
  }

  #move({ state, actions }: ClientStep, response: SipResponse | undefined): void {
    const ends = state.name === 'terminated' && this.#state.name !== 'terminated'
    this.#state = state
    this.#perform(actions, response)
    if (ends) this.#around.onTerminated()
  }

  #perform(actions: readonly ClientAction[], response: SipResponse | undefined): void {
    for (const action of actions) {
      if (action.type === 'send') this.#around.send()
      else if (action.type === 'start') this.#start(action.timer, action.ms)
      else if (action.type === 'stop') this.#stop(action.timer)
      else if (action.type === 'fail') this.#around.onOutcome({ type: 'failed', reason: action.reason })
      else if (response && response.status >= 200) this.#around.onOutcome({ type: 'response', response })
    }
  }

  #start(timer: ClientTimer, ms: number): void {
    this.#stop(timer)
    const fire = () => this.#move(stepClient(this.#state, { type: 'timer', timer }, this.#around.link), undefined)
    this.#timers[timer] = this.#around.clock.after(ms, fire)
  }

  #stop(timer: ClientTimer): void {
    this.#timers[timer]?.()
    this.#timers[timer] = undefined
  }
}
