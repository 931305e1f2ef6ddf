import { VirtualClock } from '@lamplighter/sip'
import { describe, expect, it } from 'vitest'
import type { Lane } from './fair-queue.js'
import { NotifyPacer, type NotifyRates, PacedNotify } from './notify-pacer.js'

/** Lamps that send through a pacer under a virtual time; `sent` collects their names with the times. */
function simulate(rates: NotifyRates) {
  const clock = new VirtualClock()
  const pacer = new NotifyPacer(rates, clock)
  const sent: (readonly [name: string, atMs: number])[] = []
  const lamp = (name: string) => new PacedNotify(pacer, () => sent.push([name, clock.now()]))
  const ask = (name: string, { lane = 'live' as Lane, tenant = 'x', port = 5060 } = {}) => {
    const one = lamp(name)
    one.ask({ host: '192.0.2.1', port }, tenant, lane)
    return one
  }
  return { clock, pacer, sent, ask, names: () => sent.map(([name]) => name) }
}
const FAST = 1_000_000

describe('the pace of NOTIFYs', () => {
  it('is none while there are tokens: they go at once, and nothing waits', () => {
    const { ask, sent, pacer } = simulate({ perSec: 1000, perHopPerSec: FAST })
    for (let count = 0; count < 100; count++) ask(`${count}`)
    expect([sent.length, pacer.waiting]).toEqual([100, 0])
  })

  it('is the rate of the worker, whatever asks', () => {
    const { ask, sent, clock, pacer } = simulate({ perSec: 1000, perHopPerSec: FAST })
    for (let count = 0; count < 5000; count++) ask(`${count}`, { port: count })
    clock.advance(2000)
    expect(sent.length).toBeGreaterThanOrEqual(2090)
    expect(sent.length).toBeLessThanOrEqual(2101)
    clock.advance(3000)
    expect([sent.length, pacer.waiting]).toEqual([5000, 0])
  })

  it('is the rate of a next hop, which holds no other up', () => {
    const { ask, sent, clock, names } = simulate({ perSec: FAST, perHopPerSec: 100 })
    for (let count = 0; count < 500; count++) ask('one proxy')
    ask('another', { port: 5070 })
    expect(names().filter((name) => name === 'one proxy')).toHaveLength(10)
    expect(names()).toContain('another')
    clock.advance(1000)
    expect(sent.length).toBeGreaterThanOrEqual(108)
    expect(sent.length).toBeLessThanOrEqual(111)
  })

  it.each([
    ['the worker', { perSec: 10, perHopPerSec: FAST }],
    ['a next hop', { perSec: FAST, perHopPerSec: 10 }],
  ])('lets what just changed go first, then what is lit, then what is dark, where %s is slow', (_where, rates) => {
    const { ask, clock, names } = simulate(rates)
    ask('takes the burst')
    for (const lane of ['dark', 'lit', 'live', 'dark', 'lit', 'live'] as const) ask(lane, { lane })
    clock.advance(1000)
    expect(names()).toEqual(['takes the burst', 'live', 'live', 'lit', 'lit', 'dark', 'dark'])
  })

  it('lets tenants take turns', () => {
    const { ask, clock, names } = simulate({ perSec: 10, perHopPerSec: FAST })
    ask('takes the burst')
    for (const name of ['a1', 'a2', 'a3', 'a4']) ask(name, { tenant: 'a' })
    for (const name of ['b1', 'b2']) ask(name, { tenant: 'b' })
    clock.advance(1000)
    expect(names()).toEqual(['takes the burst', 'a1', 'b1', 'a2', 'b2', 'a3', 'a4'])
  })

  it('keeps one place per lamp, which only gets better, and gives it back when it is cancelled', () => {
    const { ask, clock, names, pacer } = simulate({ perSec: 10, perHopPerSec: FAST })
    ask('takes the burst')
    const ends = ask('ends', { lane: 'dark' })
    ask('lit', { lane: 'lit' })
    const hastened = ask('hastened', { lane: 'dark' })
    for (let times = 0; times < 1000; times++) hastened.ask({ host: '192.0.2.1', port: 5060 }, 'x', 'dark')
    expect(pacer.waiting).toBe(3)
    hastened.hasten('live')
    hastened.hasten('dark')
    ends.cancel()
    expect([pacer.waiting, ends.waits, hastened.waits]).toEqual([2, false, true])
    clock.advance(1000)
    expect(names()).toEqual(['takes the burst', 'hastened', 'lit'])
    expect(pacer.waiting).toBe(0)
  })

  it('forgets next hops it has not heard of for long', () => {
    const { ask, sent, pacer, clock } = simulate({ perSec: FAST, perHopPerSec: 1 })
    const waits = ask('first')
    waits.ask({ host: '192.0.2.1', port: 5060 }, 'x', 'live')
    for (let port = 1; port <= 30_000; port++) ask('', { port: 10_000 + port })
    expect([sent.length, pacer.waiting]).toEqual([30_001, 1])
    clock.advance(1000)
    expect(sent.length).toBe(30_002)
  })
})
