import { setTimeout as delay } from 'node:timers/promises'
import { waitFor } from '@lamplighter/testing'
import type { Cast } from './cast.js'
import type { Chance } from './chance.js'
import type { ChaosInstallation } from './chaos-installation.js'

/** How much of it. */
export type FaultPlan = {
  readonly rounds: number
  /** How often in a round each process is killed. */
  readonly kills: number
  /** How often in a round a publication is torn. */
  readonly tears: number
  readonly brokerAwayMs: number
}

/** Method frames of AMQP 0-9-1 begin with class and method: 60, 40 is `basic.publish`. */
const BASIC_PUBLISH = Uint8Array.of(0, 60, 0, 40)
/** About as long as an event is on the wire: the cut falls anywhere in method, header or body. */
const LONGEST_EVENT = 1200
const CALM_MS = 500
/** Less than the five seconds a client has to take its close. */
const NOT_READING_MS = 3000

/** Everything that fails, one after the other while changes go on. */
export class Faults {
  readonly #installation: ChaosInstallation
  readonly #cast: Cast
  readonly #chance: Chance
  /** How often each happened. */
  readonly count = { kills: 0, tears: 0, databaseRestarts: 0, brokerStops: 0, slow: 0 }
  /** How the gateway ended the client that did not read. */
  readonly slowCloses: number[] = []

  constructor(installation: ChaosInstallation, cast: Cast, chance: Chance) {
    this.#installation = installation
    this.#cast = cast
    this.#chance = chance
  }

  async run({ rounds, kills, tears, brokerAwayMs }: FaultPlan): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      await this.#kill(kills)
      await this.#tear(tears)
      await this.#withOpenSockets('PostgreSQL restarts', () => this.#restartDatabase())
      await this.#stopReading()
      await this.#withOpenSockets('RabbitMQ is away', () => this.#stopBroker(brokerAwayMs))
    }
  }

  async #kill(times: number): Promise<void> {
    const { api, relay, gateway } = this.#installation
    for (const service of this.#chance.shuffled(Array.from({ length: times }, () => [api, relay, gateway]).flat())) {
      await delay(this.#chance.between(500, 3000))
      service.kill()
      this.count.kills++
    }
    await this.#recovered()
  }

  /** The relay's network ends in the middle of a publication. */
  async #tear(times: number): Promise<void> {
    for (let tear = 0; tear < times; tear++) {
      await this.#installation.relayNetwork.tear(BASIC_PUBLISH, this.#chance.below(LONGEST_EVENT))
      this.count.tears++
    }
  }

  async #restartDatabase(): Promise<void> {
    await this.#installation.postgres.restart()
    this.count.databaseRestarts++
    await this.#recovered()
  }

  async #stopBroker(forMs: number): Promise<void> {
    const { broker } = this.#installation
    await broker.pause()
    await delay(forMs)
    await broker.resume()
    this.count.brokerStops++
    await this.#recovered()
  }

  /** One client reads neither events nor answers, each time longer, until its gateway gives it up. Then it comes back. */
  async #stopReading(): Promise<void> {
    const { slow } = this.#cast
    const closes = slow.closes.length
    const givenUp = () => slow.closes.length > closes
    for (let ms = NOT_READING_MS; !givenUp(); ms += NOT_READING_MS) {
      slow.stopReading()
      await delay(ms)
      slow.readAgain()
      await waitFor(givenUp, { what: 'the end of who does not read' }).catch(() => {})
    }
    this.slowCloses.push(...slow.closes.slice(closes))
    this.count.slow++
    await this.#recovered()
  }

  /** Nobody who reads is sent away meanwhile. */
  async #withOpenSockets(what: string, work: () => Promise<void>): Promise<void> {
    const before = this.#cast.clients.map(({ closes }) => closes.length)
    await work()
    const closed = this.#cast.clients.flatMap(({ seat, closes }, index) =>
      closes.slice(before[index]).map((code) => `${seat.user ?? seat.tenant} by ${code}`),
    )
    if (closed.length > 0) throw new Error(`sockets were closed while ${what}: ${closed.join(', ')}`)
  }

  /** Everybody is there again, and a moment of the usual passes. */
  async #recovered(): Promise<void> {
    await this.#installation.healthy()
    await waitFor(() => this.#cast.clients.every(({ live }) => live), { what: 'every client', timeoutMs: 60_000 })
    await delay(CALM_MS)
  }
}
