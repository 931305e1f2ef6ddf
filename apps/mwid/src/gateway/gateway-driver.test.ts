import { EMPTY_SUMMARY, type MailboxId, RECONCILE, type TenantId } from '@lamplighter/domain'
import { createLogger } from '@lamplighter/runtime'
import { VirtualClock } from '@lamplighter/sip'
import type { DeliveringGateway, DeliveryFailure, GatewayLamp, GatewayLampEntry } from '@lamplighter/store'
import { describe, expect, it } from 'vitest'
import { LampTrace } from '../lamp-trace.js'
import type { Answer } from './answer.js'
import { REASSERTION } from './gateway-causes.js'
import { GatewayDriver } from './gateway-driver.js'
import type { GatewayLedger } from './gateway-ledger.js'
import { GatewayRecords } from './gateway-records.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const TENANT = 'tenant' as TenantId

const GATEWAY: DeliveringGateway = {
  uuid: '11111111-1111-4111-8111-111111111111',
  tenantId: TENANT,
  name: 'pbx',
  profile: 'exchange',
  method: 'notify',
  targets: ['a', 'b'].map((host) => ({ host, port: 5060, transport: 'udp', tlsVerify: true, serverName: null })),
  username: null,
  sealedSecret: null,
  addressTemplate: 'sip:{number}@{target}',
  fromTemplate: 'sip:voicemail@{service}',
  mailboxTemplate: '{number}@{context}',
  ariPath: '/ari',
  mwiEnabled: true,
  retryForSec: 300,
  reassertEverySec: 43_200,
  pingEverySec: 30,
  maxPerSec: 50,
  deleted: false,
}

type Sent = { readonly at: number; readonly host: string; readonly mailbox: number; readonly unread: number }

/** A gateway on a virtual clock, whose targets answer as they are told. */
class Bench {
  readonly clock = new VirtualClock()
  readonly sent: Sent[] = []
  readonly lines = new Map<number, GatewayLampEntry>()
  readonly failures: Omit<DeliveryFailure, 'mailboxes'>[] = []
  answers: Record<string, Answer['type'] | number> = { a: 200, b: 200 }
  alive: Record<string, boolean> = { a: true, b: true }
  readonly #counts = new Map<number, number>()
  readonly driver: GatewayDriver

  constructor(gateway: Partial<DeliveringGateway> = {}) {
    const epoch = { now: 1 } as ConstructorParameters<typeof LampTrace>[0]
    const ledger: Pick<GatewayLedger, 'trace' | 'record' | 'fail'> = {
      trace: new LampTrace(epoch, { converged: () => {} }, () => 0),
      record: (entry) => this.lines.set(entry.mailboxId, entry),
      fail: ({ uuid, tenantId }, _id, reason, status) =>
        this.failures.push({ gatewayId: uuid, tenantId, reason, status }),
    }
    this.driver = new GatewayDriver({
      gateway: { ...GATEWAY, ...gateway },
      sender: {
        send: ({ target, message }) => {
          const { host } = target
          this.sent.push({ at: this.clock.now(), host, mailbox: message.mailboxId, unread: message.summary.new })
          return this.#answer(host)
        },
        ping: async (_gateway, { host }) => this.alive[host] ?? false,
      },
      records: new GatewayRecords(ledger as GatewayLedger),
      clock: this.clock,
      wallMs: () => this.clock.now(),
      random: () => 0.5,
      onDue: (ids) =>
        this.driver.show(
          ids.map((id) => this.lamp(id)),
          REASSERTION,
          true,
        ),
      onRecovered: () =>
        this.driver.show(
          [...this.#counts.keys()].map((id) => this.lamp(id)),
          REASSERTION,
          true,
        ),
      onEmptied: () => {},
      log: createLogger('silent'),
    })
  }

  lamp(id: number): GatewayLamp {
    return {
      gatewayId: GATEWAY.uuid,
      tenantId: TENANT,
      mailboxId: id as MailboxId,
      served: true,
      blockedBy: null,
      number: String(1000 + id),
      context: 'x',
      address: null,
      revision: 1,
      summary: { ...EMPTY_SUMMARY, new: this.#counts.get(id) ?? 0 },
      acknowledged: undefined,
      publication: undefined,
    }
  }

  /** What waits in these mailboxes changed. */
  set(counts: Record<number, number>): void {
    for (const [id, unread] of Object.entries(counts)) this.#counts.set(Number(id), unread)
    this.driver.show(
      Object.keys(counts).map((id) => this.lamp(Number(id))),
      RECONCILE,
      false,
    )
  }

  /** Lets time pass, in steps short enough that what answers can follow. */
  async pass(ms: number, stepMs = 1000): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(stepMs, left))
      for (let turn = 0; turn < 12; turn++) await Promise.resolve()
    }
  }

  #answer(host: string): Promise<Answer> {
    const answer = this.answers[host] ?? 200
    if (typeof answer === 'number') return Promise.resolve({ type: 'answered', status: answer })
    if (answer === 'broken') return Promise.resolve({ type: 'broken' })
    return new Promise((resolve) => this.clock.after(32_000, () => resolve({ type: 'silent' })))
  }
}

const hosts = (sent: readonly Sent[]) => sent.map(({ host }) => host)

describe('a gateway on a virtual clock', () => {
  it('fails over in order, and a target that is away is left out until it answers again', async () => {
    const bench = new Bench()
    bench.answers['a'] = 'broken'
    bench.alive['a'] = false
    bench.set({ 1: 1 })
    await bench.pass(1000)
    expect(hosts(bench.sent)).toEqual(['a', 'b'])
    await bench.pass(20_000)
    bench.set({ 1: 2 })
    await bench.pass(1000)
    expect(hosts(bench.sent)).toEqual(['a', 'b', 'b'])
    bench.answers['a'] = 200
    bench.alive['a'] = true
    await bench.pass(12_000)
    // It is back, and knows nothing: it is told what the other one was told.
    expect(hosts(bench.sent)).toEqual(['a', 'b', 'b', 'a'])
  })

  it('five minutes of 503 end in one failure; the next change is tried again', async () => {
    const bench = new Bench()
    bench.answers = { a: 503, b: 503 }
    bench.set({ 1: 1 })
    await bench.pass(10 * MINUTE_MS)
    expect(bench.failures).toEqual([{ gatewayId: GATEWAY.uuid, tenantId: TENANT, reason: 'peer_refused', status: 503 }])
    expect(bench.sent.at(-1)?.at).toBeLessThanOrEqual(300_000)
    expect(bench.lines.get(1)?.reason).toBe('peer_refused')
    const tries = bench.sent.length
    bench.answers['b'] = 200
    bench.set({ 1: 2 })
    await bench.pass(1000)
    expect(hosts(bench.sent.slice(tries))).toEqual(['a', 'b'])
    expect(bench.lines.get(1)?.reason).toBe('acknowledged')
  })

  it('a gateway of which nothing is there fails once for all its lamps, and is told everything when it is back', async () => {
    const bench = new Bench()
    bench.answers = { a: 'silent', b: 'silent' }
    bench.alive = { a: false, b: false }
    bench.set(Object.fromEntries(Array.from({ length: 100 }, (_, id) => [id + 1, 1])))
    await bench.pass(10 * MINUTE_MS)
    // Back-pressure: a window of requests per target, not a hundred of each.
    expect(bench.sent.length).toBeLessThanOrEqual(60)
    expect(bench.failures).toHaveLength(100)
    expect(new Set([...bench.lines.values()].map(({ reason }) => reason))).toEqual(new Set(['unreachable']))
    const before = bench.sent.length
    bench.answers = { a: 200, b: 200 }
    bench.alive = { a: true, b: true }
    await bench.pass(20_000, 100)
    expect(new Set(bench.sent.slice(before).map(({ mailbox }) => mailbox)).size).toBe(100)
    expect(new Set([...bench.lines.values()].map(({ reason }) => reason))).toEqual(new Set(['acknowledged']))
  })

  it('480 for ever is nobody’s failure, and is asked again every twelve hours', async () => {
    const bench = new Bench()
    bench.answers = { a: 480, b: 480 }
    bench.set({ 1: 1 })
    await bench.pass(24 * HOUR_MS, 5000)
    expect([bench.failures, bench.lines.get(1)?.reason]).toEqual([[], 'no_contact'])
    expect(bench.sent.length).toBeLessThan(60)
  })

  it('489 for ever: two rounds in 24 hours beside the first, not 1,440', async () => {
    const bench = new Bench({ targets: GATEWAY.targets.slice(0, 1) })
    bench.answers = { a: 489 }
    bench.set({ 1: 1 })
    await bench.pass(24 * HOUR_MS, 5000)
    expect(bench.sent.length).toBe(3)
  })

  it('every lamp is told again once in twelve hours, spread over them', async () => {
    const bench = new Bench()
    const ids = Array.from({ length: 240 }, (_, id) => id + 1)
    bench.set(Object.fromEntries(ids.map((id) => [id, 1])))
    await bench.pass(MINUTE_MS, 100)
    expect(bench.sent).toHaveLength(240)
    await bench.pass(12 * HOUR_MS, 5000)
    const again = bench.sent.slice(240)
    expect(again).toHaveLength(240)
    expect(new Set(again.map(({ mailbox }) => mailbox)).size).toBe(240)
    const perHour = Array.from(
      { length: 13 },
      (_, hour) => again.filter(({ at }) => Math.floor(at / HOUR_MS) === hour).length,
    )
    expect(Math.max(...perHour)).toBeLessThan(45)
    expect(Math.min(...perHour.slice(0, 12))).toBeGreaterThan(4)
  })

  it('a peer that was away is told everything again at its pace, what waits first', async () => {
    const bench = new Bench({ targets: GATEWAY.targets.slice(0, 1), reassertEverySec: 7 * 86_400 })
    bench.set(Object.fromEntries(Array.from({ length: 1000 }, (_, id) => [id + 1, id % 10 === 0 ? 1 : 0])))
    await bench.pass(MINUTE_MS, 100)
    expect(bench.sent).toHaveLength(1000)
    bench.alive = { a: false }
    await bench.pass(2 * MINUTE_MS, 100)
    bench.alive = { a: true }
    const from = bench.sent.length
    await bench.pass(MINUTE_MS, 100)
    const again = bench.sent.slice(from)
    expect(again).toHaveLength(1000)
    expect(again.slice(0, 100).every(({ unread }) => unread === 1)).toBe(true)
    for (let at = again[0]?.at ?? 0; at < (again.at(-1)?.at ?? 0); at += 1000)
      expect(again.filter((one) => one.at >= at && one.at < at + 1000).length).toBeLessThanOrEqual(60)
  })

  it('a closed connection asks its target at once: who answers is told nothing, who does not all again when it is back', async () => {
    const targets = GATEWAY.targets.map((target) => ({ ...target, transport: 'tcp' as const }))
    const bench = new Bench({ targets, pingEverySec: 0 })
    bench.set({ 1: 1 })
    await bench.pass(1000)
    const closed = { host: '192.0.2.1', port: 5060, transport: 'TCP', serverName: 'a' } as const
    for (const other of [{ ...closed, serverName: 'c' }, { ...closed, transport: 'TLS' } as const, closed])
      bench.driver.connectionClosed(other)
    await bench.pass(MINUTE_MS)
    expect(hosts(bench.sent)).toEqual(['a'])
    bench.alive['a'] = false
    bench.driver.connectionClosed(closed)
    await bench.pass(1000)
    bench.alive['a'] = true
    await bench.pass(12_000)
    expect(hosts(bench.sent)).toEqual(['a', 'a'])
  })
})
