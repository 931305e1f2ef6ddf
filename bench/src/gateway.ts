import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { deriveKeys, TokenIssuer } from '@lamplighter/access'
import type { SessionId, TenantId, UserId } from '@lamplighter/domain'
import { printResults, quantile, type Result } from './support/figures.js'
import { BenchInstallation } from './support/installation.js'
import { SocketSwarm } from './support/socket-swarm.js'

/** P8, F3 to F5: one event to every socket of a tenant, and what a socket weighs, against bare `ws` with the same bytes. */
const SIZES = [1000, 8000]
const ROUNDS = 3
const SECONDS = 4
const EVENTS_AT_ONCE = 10
const OPENED_AT_ONCE = 40
const SERVER = fileURLToPath(new URL('./support/gateway-server.ts', import.meta.url))
const SECRET = 'a secret for benchmarks, long enough to be one'
/** A frame of 126 bytes or more has a head of four. */
const FRAME_HEAD_BYTES = 4

type Measured = { perSecond: number[]; bytesPerSocket: number; openedPerSecond: number }

/** The tokens of as many users. */
function tokensFor(count: number): string[] {
  const issuer = new TokenIssuer(deriveKeys(SECRET).tokenKey)
  const expiresAt = new Date(Date.now() + 3_600_000)
  return Array.from({ length: count }, () => {
    const sessionId = randomUUID() as SessionId
    const [userId, tenantId] = [randomUUID() as UserId, randomUUID() as TenantId]
    return issuer.issue({ userId, tenantId, sessionId, purpose: 'user', expiresAt })
  })
}

/** A server process of this kind with its sockets open. */
class Contender {
  readonly #child: ChildProcess
  readonly #swarm = new SocketSwarm()
  readonly #sockets: number
  readonly measured: Measured = { perSecond: [], bytesPerSocket: 0, openedPerSecond: 0 }
  #frameBytes = 0

  constructor(kind: 'ours' | 'bare', databaseUrl: string, sockets: number) {
    const options = ['--expose-gc', '--import', 'tsx', '--conditions=@lamplighter/source']
    this.#child = spawn(process.execPath, [...options, SERVER, kind, databaseUrl, SECRET], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#sockets = sockets
  }

  async open(): Promise<void> {
    const [{ url, frameBytes }] = (await once(this.#child, 'message')) as [{ url: string; frameBytes: number }]
    this.#frameBytes = frameBytes + FRAME_HEAD_BYTES
    const warmUp = new SocketSwarm()
    await warmUp.open(url, tokensFor(200), OPENED_AT_ONCE)
    warmUp.close()
    const before = await this.#weight()
    const startedAt = performance.now()
    await this.#swarm.open(url, tokensFor(this.#sockets), OPENED_AT_ONCE)
    this.measured.openedPerSecond = (this.#sockets * 1000) / (performance.now() - startedAt)
    this.measured.bytesPerSocket = ((await this.#weight()) - before) / this.#sockets
  }

  /** Deliveries a second, some events at a time, the next when all sockets have them. */
  async measure(): Promise<void> {
    const startedAt = performance.now()
    let deliveries = 0
    while (performance.now() - startedAt < SECONDS * 1000) {
      const arrived = this.#swarm.expect(EVENTS_AT_ONCE * this.#sockets * this.#frameBytes)
      this.#child.send({ send: EVENTS_AT_ONCE })
      await arrived
      deliveries += EVENTS_AT_ONCE * this.#sockets
    }
    this.measured.perSecond.push((deliveries * 1000) / (performance.now() - startedAt))
  }

  close(): void {
    this.#child.disconnect()
    this.#swarm.close()
  }

  async #weight(): Promise<number> {
    this.#child.send({})
    const [{ weight }] = (await once(this.#child, 'message')) as [{ weight: number }]
    return weight
  }
}

const installation = await BenchInstallation.create()
await installation.tenant()
const [deliveries, weights]: [Result[], Result[]] = [[], []]
const connections: string[] = []
for (const sockets of SIZES) {
  const [ours, bare] = [
    new Contender('ours', installation.database.url, sockets),
    new Contender('bare', installation.database.url, sockets),
  ]
  await ours.open()
  await bare.open()
  for (let round = 0; round < ROUNDS; round++) {
    await ours.measure()
    await bare.measure()
  }
  const [mine, floor] = [ours.measured, bare.measured]
  deliveries.push({
    id: `one event to ${sockets} sockets (P8, F3, F4)`,
    ours: quantile(mine.perSecond, 0.5),
    reference: quantile(floor.perSecond, 0.5),
    goal: { atLeast: 0.7 },
  })
  weights.push({
    id: `memory of a socket, ${sockets} open (P8, F5)`,
    ours: mine.bytesPerSocket / 1024,
    reference: floor.bytesPerSocket / 1024,
    goal: { atMost: 1.5 },
  })
  connections.push(`${sockets}: ${mine.openedPerSecond.toFixed(0)} against ${floor.openedPerSecond.toFixed(0)}`)
  ours.close()
  bare.close()
}
printResults('deliveries/s', deliveries)
printResults('KB', weights)
process.stdout.write(`sockets opened, checked, subscribed and started a second: ${connections.join('; ')}\n`)
await installation.stop()
