import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { deriveKeys, TokenIssuer } from '@lamplighter/access'
import type { SessionId, TenantId, UserId } from '@lamplighter/domain'
import { NchanServer } from './nchan-server.js'
import { SocketSwarm } from './socket-swarm.js'

const SECONDS = 4
/** Events sent one at a time, for how long each takes to each socket. */
const SINGLE_EVENTS = 30
/** Sockets that never read (F8). */
const STALLED_SHARE = 0.01
/** For how long they do not. */
export const STALLED_SECONDS = 10
const EVENTS_AT_ONCE = 10
const OPENED_AT_ONCE = 40
const SERVER = fileURLToPath(new URL('./gateway-server.ts', import.meta.url))
const SECRET = 'a secret for benchmarks, long enough to be one'
/** A frame of 126 bytes or more has a head of four. */
const FRAME_HEAD_BYTES = 4
const WARM_UP_SOCKETS = 200

/** What was seen of a contender. */
export type Measured = { perSecond: number[]; bytesPerSocket: number; openedPerSecond: number; ms: number[] }

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

/** A server process with its sockets open. */
export abstract class Contender {
  readonly measured: Measured = { perSecond: [], bytesPerSocket: 0, openedPerSecond: 0, ms: [] }
  protected readonly swarm = new SocketSwarm()
  protected frameBytes = 0
  readonly #sockets: number

  constructor(sockets: number) {
    this.#sockets = sockets
  }

  /** Starts the server and opens the sockets. */
  async open(): Promise<void> {
    await this.start()
    const warmUp = new SocketSwarm()
    await this.fill(warmUp, WARM_UP_SOCKETS, OPENED_AT_ONCE)
    warmUp.close()
    const before = await this.weight()
    const startedAt = performance.now()
    await this.fill(this.swarm, this.#sockets, OPENED_AT_ONCE)
    this.measured.openedPerSecond = (this.#sockets * 1000) / (performance.now() - startedAt)
    this.measured.bytesPerSocket = ((await this.weight()) - before) / this.#sockets
  }

  /** Deliveries a second, some events at a time, the next when all sockets have them. */
  async measure(): Promise<void> {
    this.measured.perSecond.push(await this.#deliver(SECONDS, this.#sockets))
  }

  /** How long each of some events takes to each socket, from the word to send it. */
  async time(): Promise<void> {
    for (let event = 0; event < SINGLE_EVENTS; event++) {
      const arriving = this.swarm.moments(this.#sockets * this.frameBytes)
      const sentAt = performance.now()
      this.send(1)
      this.measured.ms.push(...(await arriving).map((at) => at - sentAt))
    }
  }

  /** Deliveries a second to the others while some never read, and how many bytes that cost. */
  async measureStalled(): Promise<{ perSecond: number; grownBytes: number; stalled: number }> {
    const stalled = this.swarm.stall(STALLED_SHARE)
    const before = await this.weight()
    const perSecond = await this.#deliver(STALLED_SECONDS, this.#sockets - stalled)
    return { perSecond, grownBytes: (await this.weight()) - before, stalled }
  }

  /** Ends the server and the sockets. */
  abstract close(): Promise<void>
  protected abstract start(): Promise<void>
  protected abstract fill(swarm: SocketSwarm, sockets: number, atOnce: number): Promise<void>
  /** Sends this many events to every socket. */
  protected abstract send(events: number): void
  /** Resident bytes. */
  protected abstract weight(): Promise<number>

  async #deliver(seconds: number, sockets: number): Promise<number> {
    const startedAt = performance.now()
    let deliveries = 0
    while (performance.now() - startedAt < seconds * 1000) {
      const arrived = this.swarm.expect(EVENTS_AT_ONCE * sockets * this.frameBytes)
      this.send(EVENTS_AT_ONCE)
      await arrived
      deliveries += EVENTS_AT_ONCE * sockets
    }
    return (deliveries * 1000) / (performance.now() - startedAt)
  }
}

/** A process of ours: the gateway, or bare `ws` that sends the same bytes. */
export class NodeContender extends Contender {
  readonly #child: ChildProcess
  #url = ''

  constructor(kind: 'ours' | 'bare', databaseUrl: string, sockets: number) {
    super(sockets)
    const options = ['--expose-gc', '--import', 'tsx', '--conditions=@lamplighter/source']
    this.#child = spawn(process.execPath, [...options, SERVER, kind, databaseUrl, SECRET], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
  }

  async close(): Promise<void> {
    this.#child.disconnect()
    this.swarm.close()
  }

  protected async start(): Promise<void> {
    const [{ url, frameBytes }] = (await once(this.#child, 'message')) as [{ url: string; frameBytes: number }]
    this.#url = url
    this.frameBytes = frameBytes + FRAME_HEAD_BYTES
  }

  protected fill(swarm: SocketSwarm, sockets: number, atOnce: number): Promise<void> {
    return swarm.open(this.#url, tokensFor(sockets), atOnce)
  }

  protected send(events: number): void {
    this.#child.send({ send: events })
  }

  protected async weight(): Promise<number> {
    this.#child.send({})
    const [{ weight }] = (await once(this.#child, 'message')) as [{ weight: number }]
    return weight
  }
}

/** nginx with nchan, which sends frames of the same size. */
export class NchanContender extends Contender {
  readonly #text: Buffer
  #server: NchanServer | undefined
  #sending: Promise<void> = Promise.resolve()

  /** @param frameBytes the size of a frame, its head included */
  constructor(sockets: number, frameBytes: number) {
    super(sockets)
    this.frameBytes = frameBytes
    this.#text = Buffer.alloc(frameBytes - FRAME_HEAD_BYTES, 'x')
  }

  async close(): Promise<void> {
    await this.#sending
    this.swarm.close()
    await this.#server?.stop()
  }

  protected async start(): Promise<void> {
    this.#server = await NchanServer.start()
  }

  protected fill(swarm: SocketSwarm, sockets: number, atOnce: number): Promise<void> {
    return swarm.openListeners(`${this.#server?.url}/subscribe`, sockets, atOnce)
  }

  protected send(events: number): void {
    this.#sending = this.#sending.then(() => this.#server?.send(this.#text, events))
  }

  protected weight(): Promise<number> {
    return this.#server?.weight() ?? Promise.resolve(0)
  }
}
