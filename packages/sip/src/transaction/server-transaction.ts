import type { Clock } from '../clock.js'
import type { Link } from './non-invite-client.js'
import { type ServerInput, type ServerState, stepServer } from './non-invite-server.js'

/** What a driver needs of its surroundings. */
export type ServerSurroundings = {
  readonly clock: Clock
  readonly link: Link
  send(bytes: Buffer): void
  onTerminated(): void
}

/** Drives the server machine: keeps the final answer and repeats it. */
export class ServerTransaction {
  readonly #around: ServerSurroundings
  #state: ServerState = { name: 'trying' }
  #answer: Buffer | undefined
  #cancelTimer: (() => void) | undefined

  constructor(around: ServerSurroundings) {
    this.#around = around
  }

  /** The request came again. */
  retransmitted(): void {
    this.#move({ type: 'retransmission' })
  }

  /** Sends the final answer; only the first counts. */
  answer(bytes: Buffer): void {
    this.#answer ??= bytes
    this.#move({ type: 'answer' })
  }

  /** Forgets everything, silently. */
  cancel(): void {
    this.#cancelTimer?.()
  }

  #move(input: ServerInput): void {
    const { state, actions } = stepServer(this.#state, input, this.#around.link)
    const ends = state.name === 'terminated' && this.#state.name !== 'terminated'
    this.#state = state
    for (const action of actions) {
      if (action.type === 'start_j')
        this.#cancelTimer = this.#around.clock.after(action.ms, () => this.#move({ type: 'timer_j' }))
      else if (this.#answer) this.#around.send(this.#answer)
    }
    if (ends) this.#around.onTerminated()
  }
}
