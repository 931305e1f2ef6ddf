import { RabbitMqBus } from '@lamplighter/bus'
import { createLogger } from '@lamplighter/runtime'
import { waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assemble, type Cast } from './chaos/cast.js'
import { Chance } from './chaos/chance.js'
import { ChaosInstallation } from './chaos/chaos-installation.js'
import { headOfLog, type LogRow, readLog, visibleTo } from './chaos/event-log.js'
import { Faults } from './chaos/faults.js'
import { changesIn, judgeConsumer, judgePlain, judgeResuming } from './chaos/verdict.js'

/** `npm run chaos:bus` says more. */
const setting = (name: string, usual: number) => Number(process.env[`LAMPLIGHTER_CHAOS_${name}`] ?? usual)
const PLAN = {
  rounds: setting('ROUNDS', 1),
  kills: setting('KILLS', 1),
  tears: setting('TEARS', 2),
  brokerAwayMs: setting('BROKER_AWAY_SEC', 2) * 1000,
}
/** Changes a second, over all of it. */
const LEAST_RATE = setting('LEAST_RATE', 5)
const SEED = setting('SEED', Math.floor(Math.random() * 1_000_000))
const TOO_SLOW = 4008
const NO_CLOSE = 1006
const SETTLED_MS = 300_000
const log = createLogger('silent')

/**
 * Everything fails in turn while changes go on: processes are killed, the network ends in the middle of a publication,
 * PostgreSQL and RabbitMQ go and come back, a client does not read. In the end what everybody holds is compared with the
 * log, and the log with what the API had said was done.
 */
describe('the bus under faults', () => {
  let installation: ChaosInstallation
  let cast: Cast
  const consumers: { readonly bus: RabbitMqBus; readonly heard: string[] }[] = []

  beforeAll(async () => {
    installation = await ChaosInstallation.start()
    cast = await assemble(installation)
  }, 180_000)
  afterAll(async () => {
    for (const client of cast.clients) await client.leave()
    for (const { bus } of consumers) await bus.stop()
    await installation.stop()
  })

  /** A consumer with a named queue that outlives its connection. */
  async function listen(queue: string): Promise<void> {
    const bus = new RabbitMqBus(installation.broker.url, log)
    const heard: string[] = []
    await bus.start()
    const handle = ({ eventId = '' }) => {
      heard.push(eventId)
      return 'ack' as const
    }
    await bus.consume({ queue, durability: 'durable', bindings: [{}], prefetch: 500, handle })
    consumers.push({ bus, heard })
  }

  const quietHead = () =>
    waitFor(() => headOfLog(installation.postgres.url), { what: 'the log', timeoutMs: SETTLED_MS })

  /** Changes until the faults are over. @returns seconds it took */
  async function changeDuring(faults: Faults): Promise<number> {
    let failing = true
    const startedAt = Date.now()
    const writing = Promise.all(cast.writers.map((writer) => writer.write(() => failing)))
    await Promise.race([writing, faults.run(PLAN)]).finally(() => {
      failing = false
    })
    await writing
    return (Date.now() - startedAt) / 1000
  }

  /** Everybody has the last thing they may have. */
  async function settled(events: readonly LogRow[]): Promise<void> {
    const last = (rows: readonly LogRow[]) => rows.at(-1)
    const has = [
      ...consumers.map(
        ({ heard }) =>
          () =>
            new Set(heard).size >= events.length,
      ),
      ...cast.plain.map((client) => {
        const body = last(visibleTo(events, client.seat))?.body
        return () => client.stays.at(-1)?.bodies.at(-1) === body
      }),
      ...cast.resuming.map((client) => {
        const id = last(visibleTo(events, client.seat))?.eventId
        return () => client.events.at(-1) === id
      }),
    ]
    // Who never gets there is found by the comparison, which says more.
    await waitFor(() => has.every((one) => one()), { what: 'everybody', timeoutMs: SETTLED_MS }).catch(() => {})
  }

  it(`seed ${SEED}: 0 missing, 0 out of order, repeats by event id only, none for who resumes`, async () => {
    const before = await quietHead()
    await Promise.all([listen('chaos.one'), listen('chaos.two')])
    await Promise.all(cast.clients.map((client) => client.join()))
    const faults = new Faults(installation, cast, new Chance(SEED))
    const seconds = await changeDuring(faults)
    await quietHead()
    const events = await readLog(installation.postgres.url, before)
    await settled(events)

    const done = new Map(cast.writers.flatMap((writer) => [...writer.done]))
    expect(changesIn(events)).toEqual(done)
    const findings = {
      consumers: consumers.map(({ heard }) => judgeConsumer(heard, events)),
      plain: cast.plain.map((client) => judgePlain(client.stays, visibleTo(events, client.seat))),
      resuming: cast.resuming.map((client) => judgeResuming(client.events, visibleTo(events, client.seat))),
    }
    const changes = cast.writers.reduce((sum, writer) => sum + writer.changes, 0)
    const figures = {
      seed: SEED,
      changes,
      seconds: Math.round(seconds),
      rate: Math.round(changes / seconds),
      events: events.length,
      faults: faults.count,
      slowCloses: faults.slowCloses,
      repeatedRequests: cast.writers.reduce((sum, writer) => sum + writer.repeats, 0),
      closes: cast.clients.map(({ closes }) => closes.length).join(' '),
      replays: cast.resuming.map(({ replays }) => replays).join(' '),
      refusals: cast.resuming.flatMap(({ refusals }) => refusals),
    }
    console.log(`chaos: ${JSON.stringify(figures)}\n${JSON.stringify(findings)}`)
    for (const client of cast.resuming) {
      const heard = new Set(client.events)
      const missed = visibleTo(events, client.seat).filter(({ eventId }) => !heard.has(eventId))
      if (missed.length > 0) console.log(JSON.stringify(missed), client.diary.join('\n'))
    }
    const clean = { missing: 0, foreign: 0, outOfOrder: 0 }
    for (const finding of Object.values(findings).flat()) expect(finding).toMatchObject(clean)
    for (const finding of findings.resuming) expect(finding.repeats).toBe(0)
    // Who does not even take the close within five seconds sees the connection end instead.
    for (const code of faults.slowCloses) expect([TOO_SLOW, NO_CLOSE]).toContain(code)
    expect(changes / seconds).toBeGreaterThan(LEAST_RATE)
  }, 3_600_000)
})
