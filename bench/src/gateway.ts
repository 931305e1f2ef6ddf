import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { deriveKeys, TokenIssuer } from '@lamplighter/access'
import type { SessionId, TenantId, UserId } from '@lamplighter/domain'
import { printResults, quantile, type Result } from './support/figures.js'
import { raiseFileLimit } from './support/file-limit.js'
import { BenchInstallation } from './support/installation.js'
import { SocketSwarm } from './support/socket-swarm.js'

/** P8, F3 to F5: one event to every socket of a tenant, and what a socket weighs, against bare `ws` with the same bytes. */
const SIZES = (process.env['BENCH_SOCKETS'] ?? '1000,10000').split(',').map(Number)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3)
const SECONDS = 4
/** Events sent one at a time, for how long each takes to each socket. */
const SINGLE_EVENTS = 30
/** Sockets that never read (F8). */
const STALLED_SHARE = 0.01
const STALLED_SECONDS = 10
const EVENTS_AT_ONCE = 10
const OPENED_AT_ONCE = 40
const SERVER = fileURLToPath(new URL('./support/gateway-server.ts', import.meta.url))
const SECRET = 'a secret for benchmarks, long enough to be one'
/** A frame of 126 bytes or more has a head of four. */
const FRAME_HEAD_BYTES = 4

type Measured = { perSecond: number[]; bytesPerSocket: number; openedPerSecond: number; ms: number[] }

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
  readonly measured: Measured = { perSecond: [], bytesPerSocket: 0, openedPerSecond: 0, ms: [] }
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

  /** How long each of some events takes to each socket, from the word to send it. */
  async time(): Promise<void> {
    for (let event = 0; event < SINGLE_EVENTS; event++) {
      const arriving = this.#swarm.moments(this.#sockets * this.#frameBytes)
      const sentAt = performance.now()
      this.#child.send({ send: 1 })
      this.measured.ms.push(...(await arriving).map((at) => at - sentAt))
    }
  }

  /** Deliveries a second to the others while some never read, and how many bytes that cost. */
  async measureStalled(): Promise<{ perSecond: number; grownBytes: number; stalled: number }> {
    const stalled = this.#swarm.stall(STALLED_SHARE)
    const reading = this.#sockets - stalled
    const before = await this.#weight()
    const startedAt = performance.now()
    let deliveries = 0
    while (performance.now() - startedAt < STALLED_SECONDS * 1000) {
      const arrived = this.#swarm.expect(EVENTS_AT_ONCE * reading * this.#frameBytes)
      this.#child.send({ send: EVENTS_AT_ONCE })
      await arrived
      deliveries += EVENTS_AT_ONCE * reading
    }
    const perSecond = (deliveries * 1000) / (performance.now() - startedAt)
    return { perSecond, grownBytes: (await this.#weight()) - before, stalled }
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
const [deliveries, weights, opened, latencies, stalls]: Result[][] = [[], [], [], [], []]
const notes: string[] = [
  'nginx nchan as a peer: skipped, it has no ACL and no bus to compare; performance.md has its figures',
]
// The clients of both contenders are open at the same time.
const mostSockets = raiseFileLimit(65_536) ? 30_000 : 7000
for (const sockets of SIZES) {
  if (sockets > mostSockets) {
    notes.push(`${sockets} sockets: skipped, the limit of open files cannot be raised`)
    continue
  }
  const [ours, bare] = [
    new Contender('ours', installation.database.url, sockets),
    new Contender('bare', installation.database.url, sockets),
  ]
  await ours.open()
  await bare.open()
  for (let round = 0; round < ROUNDS; round++) {
    await ours.measure()
    await bare.measure()
    await ours.time()
    await bare.time()
  }
  const [mine, floor] = [ours.measured, bare.measured]
  const compare = (id: string, value: (measured: Measured) => number, goal: Result['goal']): Result => ({
    id: `${id}, ${sockets} sockets`,
    ours: value(mine),
    reference: value(floor),
    goal,
  })
  const rate = ({ perSecond }: Measured) => quantile(perSecond, 0.5)
  deliveries?.push(compare('one event to all (P8, F3, F4)', rate, { atLeast: 0.7 }))
  weights?.push(compare('memory of a socket (P8, F5)', (one) => one.bytesPerSocket / 1024, { atMost: 1.5 }))
  opened?.push(compare('opened, checked, subscribed, started', (one) => one.openedPerSecond, { atLeast: 0.3 }))
  for (const share of [0.5, 0.99]) {
    const id = `one event to each socket, p${share * 100}`
    latencies?.push(compare(id, ({ ms }) => quantile(ms, share), { atMost: share === 0.5 ? 1.5 : 2 }))
  }
  const { perSecond, grownBytes, stalled } = await ours.measureStalled()
  stalls?.push({
    id: `${stalled} of ${sockets} never read: the others, against all reading (F8)`,
    ours: perSecond,
    reference: rate(mine),
    goal: { atLeast: 0.9 },
  })
  notes.push(
    `${stalled} that never read for ${STALLED_SECONDS} s: ${(grownBytes / 1024 / 1024).toFixed(1)} MB (goal: 50)`,
  )
  ours.close()
  bare.close()
}
printResults('deliveries/s', deliveries ?? [])
printResults('ms', latencies ?? [])
printResults('KB', weights ?? [])
printResults('sockets/s', opened ?? [])
printResults('deliveries/s', stalls ?? [])
process.stdout.write(`${notes.join('\n')}\n`)
await installation.stop()
