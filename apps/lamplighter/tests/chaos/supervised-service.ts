import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { waitFor } from '@lamplighter/testing'
import { LamplighterProcess } from '../process.js'

const RESTART_AFTER_MS = 200

/** Services in a process of their own that is started again whenever it ended, as an init system does. */
export class SupervisedService {
  readonly name: string
  /** How often it was started. */
  starts = 0
  readonly #args: readonly string[]
  readonly #env: Readonly<Record<string, string>>
  #running: LamplighterProcess
  #wanted = true
  readonly #kept: Promise<void>

  constructor(name: string, services: readonly string[], env: Readonly<Record<string, string>>) {
    this.name = name
    this.#args = ['serve', ...services]
    this.#env = env
    this.#running = this.#begin()
    this.#kept = this.#keep()
  }

  /** Kills it; it comes back by itself. */
  kill(): void {
    this.#running.child.kill('SIGKILL')
  }

  /** Resolves when its HTTP server says that it is well. */
  async healthy(url: string): Promise<void> {
    const well = () =>
      fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      )
    await waitFor(well, { what: `${this.name}: ${this.#running.output}`, timeoutMs: 60_000, intervalMs: 100 })
  }

  async stop(): Promise<void> {
    this.#wanted = false
    this.kill()
    await this.#kept
  }

  #begin(): LamplighterProcess {
    this.starts++
    return new LamplighterProcess(this.#args, this.#env)
  }

  async #keep(): Promise<void> {
    for (;;) {
      await once(this.#running.child, 'exit')
      if (!this.#wanted) return
      await delay(RESTART_AFTER_MS)
      this.#running = this.#begin()
    }
  }
}
