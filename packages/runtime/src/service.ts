import type { Logger } from './logger.js'

/** A part of the process with a life: started in order, stopped in reverse. */
export type Service = {
  readonly name: string
  start(): Promise<void>
  /** Finishes what is under way and gives everything back. */
  stop(): Promise<void>
}

/** A service that takes longer to stop is left behind. */
const STOP_DEADLINE_MS = 10_000

/** Starts services in order and stops them in reverse; a start that fails stops those already started. */
export class ServiceGroup implements Service {
  readonly name: string
  readonly #services: readonly Service[]
  readonly #log: Logger
  #started: Service[] = []

  constructor(name: string, services: readonly Service[], log: Logger) {
    this.name = name
    this.#services = services
    this.#log = log
  }

  async start(): Promise<void> {
    try {
      for (const service of this.#services) {
        await service.start()
        this.#started.push(service)
      }
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    const started = this.#started.reverse()
    this.#started = []
    for (const service of started) await this.#stop(service)
  }

  async #stop(service: Service): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<void>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${service.name} did not stop in time`)), STOP_DEADLINE_MS)
    })
    await Promise.race([service.stop(), deadline])
      .catch((err) => this.#log.error({ err, service: service.name }, 'service did not stop cleanly'))
      .finally(() => clearTimeout(timer))
  }
}
