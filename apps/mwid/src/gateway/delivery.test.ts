import { EMPTY_SUMMARY, type MessageSummary } from '@lamplighter/domain'
import { describe, expect, it } from 'vitest'
import { readAnswer } from './answer.js'
import { type DeliveryAction, type DeliveryEvent, newDelivery, type Showing, stepDelivery } from './delivery.js'

const rules = { retryForMs: 300_000, random: () => 0.5 }
const showing = (unread: number, place = '1001@x'): Showing<string> => ({
  place,
  summary: { ...EMPTY_SUMMARY, new: unread },
  tag: place,
})

/** A lamp with its own clock, whose requests are answered by hand. */
class Lamp {
  now = 0
  readonly said: DeliveryAction<string>[] = []
  #state = newDelivery<string>()

  do(event: DeliveryEvent<string>): DeliveryAction<string>[] {
    const { state, actions } = stepDelivery(this.#state, event, this.now, rules)
    this.#state = state
    this.said.push(...actions)
    return [...actions]
  }

  want(unread: number, { place, forced = false }: { place?: string; forced?: boolean } = {}) {
    return this.do({ type: 'wanted', showing: showing(unread, place), forced })
  }

  turn(target = 0) {
    return this.do({ type: 'turn', target })
  }

  answer(
    status: number,
    { target = 0, more = false, retryAfterSec }: { target?: number; more?: boolean; retryAfterSec?: number } = {},
  ) {
    const verdict = readAnswer(status === 0 ? { type: 'silent' } : { type: 'answered', status, retryAfterSec })
    return this.do({ type: 'answered', target, verdict, more })
  }

  get phase() {
    return this.#state.phase
  }
}

const types = (actions: readonly DeliveryAction<string>[]) => actions.map(({ type }) => type)
const sent = (actions: readonly DeliveryAction<string>[]): [string, MessageSummary['new'], number][] =>
  actions.flatMap((one) => (one.type === 'send' ? [[one.showing.place, one.showing.summary.new, one.target]] : []))

describe('one lamp behind a gateway', () => {
  it('asks for a turn, is sent, and is right once it is acknowledged', () => {
    const lamp = new Lamp()
    expect(types(lamp.want(1))).toEqual(['queue'])
    expect(sent(lamp.turn())).toEqual([['1001@x', 1, 0]])
    expect(lamp.answer(200)).toEqual([{ type: 'acknowledged', showing: showing(1), status: 200 }])
    expect([lamp.phase, lamp.want(1)]).toEqual(['idle', []])
  })

  it('has one request under way; what changes meanwhile is one more with the newest state', () => {
    const lamp = new Lamp()
    lamp.want(1)
    lamp.turn()
    for (let unread = 2; unread <= 50; unread++) expect(lamp.want(unread)).toEqual([])
    expect(types(lamp.answer(200))).toEqual(['acknowledged', 'wait'])
    lamp.now = 200
    lamp.do({ type: 'resume' })
    expect(sent(lamp.turn())).toEqual([['1001@x', 50, 0]])
    lamp.answer(200)
    expect(sent(lamp.said)).toHaveLength(2)
  })

  it('goes on to the next target in the same moment, and begins again with the first', () => {
    const lamp = new Lamp()
    lamp.want(1)
    lamp.turn(0)
    expect(types(lamp.answer(503, { more: true }))).toEqual(['queue'])
    expect(sent(lamp.turn(1))).toEqual([['1001@x', 1, 1]])
    expect(types(lamp.answer(480, { target: 1 }))).toEqual(['retrying', 'wait'])
    lamp.now = 5000
    lamp.do({ type: 'resume' })
    expect(sent(lamp.turn(0))).toEqual([['1001@x', 1, 0]])
    expect(types(lamp.answer(200))).toEqual(['acknowledged'])
  })

  /** Answers every request the same for this long, and gives the moments of the requests and how it ended. */
  function keepAnswering(status: number, retryAfterSec?: number) {
    const lamp = new Lamp()
    const at: number[] = []
    let actions = lamp.want(1)
    for (let turns = 0; turns < 1000; turns++) {
      const wait = actions.find((one) => one.type === 'wait')
      if (wait) {
        lamp.now += wait.ms
        actions = lamp.do({ type: 'resume' })
      }
      if (lamp.phase !== 'queued') break
      at.push(lamp.now)
      lamp.turn()
      if (status === 0) lamp.now += 32_000
      actions = lamp.answer(status, retryAfterSec === undefined ? {} : { retryAfterSec })
    }
    return { at, last: lamp.said.at(-1), lamp }
  }

  it('tries for five minutes with growing pauses, then gives up until the next change', () => {
    const { at, last, lamp } = keepAnswering(503)
    expect(at).toEqual([0, 5000, 15_000, 35_000, 75_000, 135_000, 195_000, 255_000])
    expect(last).toMatchObject({ type: 'given_up', why: 'refused', status: 503 })
    expect(lamp.phase).toBe('idle')
    lamp.now += 1000
    expect(types(lamp.want(2))).toEqual(['queue'])
  })

  it('counts the time of a silent peer', () => {
    const { at, last } = keepAnswering(0)
    expect(at.length).toBeLessThan(8)
    expect(at.at(-1)).toBeLessThanOrEqual(332_000)
    expect(last).toMatchObject({ type: 'given_up', why: 'unreachable', status: 408 })
  })

  it('480 for ever is no fault of the gateway', () => {
    expect(keepAnswering(480).last).toMatchObject({ type: 'given_up', why: 'absent', status: 480 })
  })

  it.each([489, 481, 405, 501, 403, 400, 401])('%i is not tried again: waiting changes nothing', (status) => {
    const { at, last } = keepAnswering(status)
    expect(at).toEqual([0])
    expect(last).toMatchObject({ type: 'given_up', why: 'refused', status })
  })

  it('is tried again though one of two targets refuses for good, as long as the other could take it', () => {
    const lamp = new Lamp()
    lamp.want(1)
    lamp.turn(0)
    lamp.answer(480, { more: true })
    lamp.turn(1)
    expect(types(lamp.answer(489, { target: 1 }))).toEqual(['retrying', 'wait'])
  })

  it('waits as long as it is told to, but not beyond its time', () => {
    expect(keepAnswering(503, 100).at).toEqual([0, 100_000, 200_000, 300_000])
    expect(keepAnswering(503, 3600).at).toEqual([0, 300_000])
  })

  it('is tried at once when it changes while it waits', () => {
    const lamp = new Lamp()
    lamp.want(1)
    lamp.turn()
    lamp.answer(480)
    lamp.now = 1000
    expect(lamp.want(1)).toEqual([])
    expect(types(lamp.want(2))).toEqual(['queue'])
    expect(sent(lamp.turn())).toEqual([['1001@x', 2, 0]])
  })

  it('is told again when it is forced, though it was acknowledged', () => {
    const lamp = new Lamp()
    lamp.want(1)
    lamp.turn()
    lamp.answer(200)
    lamp.now = 1000
    expect(types(lamp.want(1, { forced: true }))).toEqual(['queue'])
    lamp.turn()
    lamp.answer(200)
    expect(sent(lamp.said)).toHaveLength(2)
  })

  it('goes dark where the mailbox was before it is lit where it is now', () => {
    const lamp = new Lamp()
    lamp.want(3)
    lamp.turn()
    lamp.answer(200)
    lamp.now = 1000
    lamp.want(3, { place: '1002@x' })
    expect(sent(lamp.turn())).toEqual([['1001@x', 0, 0]])
    lamp.answer(200)
    lamp.now = 2000
    lamp.do({ type: 'resume' })
    expect(sent(lamp.turn())).toEqual([['1002@x', 3, 0]])
    lamp.answer(200)
    expect(lamp.phase).toBe('idle')
  })

  it('does not wait for a place that is no more', () => {
    const lamp = new Lamp()
    lamp.want(3)
    lamp.turn()
    lamp.answer(200)
    lamp.now = 1000
    lamp.want(3, { place: '1002@x' })
    lamp.turn()
    lamp.answer(404)
    lamp.now = 2000
    lamp.do({ type: 'resume' })
    expect(sent(lamp.turn())).toEqual([['1002@x', 3, 0]])
  })
})
