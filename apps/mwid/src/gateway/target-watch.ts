import type { GatewayTarget } from '@lamplighter/domain'
import type { Clock } from '@lamplighter/sip'
import type { DeliveringGateway } from '@lamplighter/store'
import { chooseTarget, newTargets, stepTargets, type TargetsEvent } from './targets.js'

/** What the watch over a gateway's targets is made of. */
export type TargetWatchParts = {
  readonly gateway: Pick<DeliveringGateway, 'targets' | 'pingEverySec' | 'retryForSec'>
  readonly ping: (target: GatewayTarget) => Promise<boolean>
  readonly clock: Clock
  /** Somebody may be told again. */
  readonly onReady: () => void
  /** A target is back that was away. */
  readonly onRecovered: (target: number) => void
  /** Nobody was there for the whole retry time. */
  readonly onFailed: () => void
  /** Now and then. */
  readonly onBeat: () => void
}

/** A ping that is not answered by then was not answered: over UDP it went four times until then. */
const PING_WAIT_MS = 5000
const DEFAULT_PING_SEC = 30
const MAX_HEARTBEAT_SEC = 10

/** Knows which targets of a gateway are there: by what they answer, and by asking them. */
export class TargetWatch {
  readonly #parts: TargetWatchParts
  readonly #pingedAtMs: number[]
  /** Targets that are being asked: one question at a time. */
  readonly #asked = new Set<number>()
  #state: ReturnType<typeof newTargets>
  #cancelBeat: () => void = () => {}
  #stopped = false

  constructor(parts: TargetWatchParts) {
    const { gateway, clock } = parts
    this.#parts = parts
    this.#state = newTargets(gateway.targets.length)
    this.#pingedAtMs = gateway.targets.map(() => clock.now())
    this.#beat()
  }

  /** Nobody has been there for so long that it was told. */
  get failed(): boolean {
    return this.#state.told
  }

  /** Who is told next, or undefined when nobody is there who was not tried. */
  choose(tried: readonly number[]): number | undefined {
    return chooseTarget(this.#state, tried)
  }

  /** What became of a request to a target. */
  heard(target: number, silent: boolean): void {
    this.#hear({ type: silent ? 'silent' : 'answered', target })
  }

  stop(): void {
    this.#stopped = true
    this.#cancelBeat()
  }

  #hear(event: TargetsEvent): void {
    const { clock, gateway, onReady, onRecovered, onFailed } = this.#parts
    const { state, actions } = stepTargets(this.#state, event, clock.now(), gateway.retryForSec * 1000)
    this.#state = state
    for (const action of actions) {
      if (action.type === 'ping') void this.#ping(action.target)
      else if (action.type === 'gateway_failed') onFailed()
      else onRecovered(action.target)
    }
    if (event.type === 'pinged' && event.alive) onReady()
  }

  async #ping(index: number): Promise<void> {
    const { gateway, ping, clock } = this.#parts
    const target = gateway.targets[index]
    if (!target || this.#asked.has(index)) return
    this.#asked.add(index)
    this.#pingedAtMs[index] = clock.now()
    let cancel = () => {}
    const late = new Promise<boolean>((resolve) => {
      cancel = clock.after(PING_WAIT_MS, () => resolve(false))
    })
    const alive = await Promise.race([ping(target).catch(() => false), late])
    cancel()
    this.#asked.delete(index)
    if (!this.#stopped) this.#hear({ type: 'pinged', target: index, alive })
  }

  #beat(): void {
    const { clock, gateway, onBeat } = this.#parts
    const everySec = Math.min(gateway.pingEverySec || DEFAULT_PING_SEC, MAX_HEARTBEAT_SEC)
    this.#cancelBeat = clock.after(everySec * 1000, () => {
      this.#beat()
      this.#hear({ type: 'clock' })
      this.#askTargets()
      onBeat()
    })
  }

  /** One that is away is asked at every beat, the others at their interval. */
  #askTargets(): void {
    const { clock, gateway } = this.#parts
    const everyMs = gateway.pingEverySec * 1000
    for (const [index, health] of this.#state.health.entries()) {
      const due = everyMs > 0 && clock.now() - (this.#pingedAtMs[index] ?? 0) >= everyMs
      if (health === 'down' || (health === 'up' && due)) void this.#ping(index)
    }
  }
}
