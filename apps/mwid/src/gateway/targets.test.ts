import { describe, expect, it } from 'vitest'
import { cameBack, mayGo, NEW_PACE, type Pace, went } from './pace.js'
import { chooseTarget, newTargets, stepTargets, type TargetsEvent } from './targets.js'

function after(count: number, ...events: (TargetsEvent & { readonly at?: number })[]) {
  let state = newTargets(count)
  let actions: readonly { type: string }[] = []
  for (const { at = 0, ...event } of events)
    ({ state, actions } = stepTargets(state, event as TargetsEvent, at, 300_000))
  return { state, actions }
}
const silent = { type: 'silent', target: 0 } as const
const pinged = (alive: boolean, target = 0) => ({ type: 'pinged', target, alive }) as const

describe('the targets of a gateway', () => {
  it('are tried in their order, and each once', () => {
    const { state } = after(3)
    expect([[], [0], [0, 1], [0, 1, 2]].map((tried) => chooseTarget(state, tried))).toEqual([0, 1, 2, undefined])
  })

  it('one that is silent is asked, and left out until it answers', () => {
    const { state, actions } = after(2, silent)
    expect(actions).toEqual([{ type: 'ping', target: 0 }])
    expect(chooseTarget(state, [])).toBe(1)
    expect(after(2, silent, silent).actions).toEqual([])
    const answered = after(2, silent, pinged(true))
    expect([answered.actions, chooseTarget(answered.state, [])]).toEqual([[], 0])
  })

  it('one that was away is told everything again when it is back', () => {
    expect(after(2, silent, pinged(false), pinged(false)).actions).toEqual([])
    expect(after(2, silent, pinged(false), pinged(true)).actions).toEqual([{ type: 'recovered', target: 0 }])
  })

  it('the gateway failed once nobody was there for the retry time, and says so once', () => {
    const away = [{ ...silent }, { ...pinged(false), at: 5000 }]
    expect(after(1, ...away, { type: 'clock', at: 304_999 }).actions).toEqual([])
    expect(after(1, ...away, { type: 'clock', at: 305_000 }).actions).toEqual([{ type: 'gateway_failed' }])
    expect(after(1, ...away, { type: 'clock', at: 305_000 }, { type: 'clock', at: 400_000 }).actions).toEqual([])
    expect(after(2, ...away, { type: 'clock', at: 400_000 }).actions).toEqual([])
  })
})

describe('the pace of a gateway', () => {
  /** How many requests go in this long, each answered at once. */
  function goneIn(ms: number, ratePerSec: number): number {
    let [pace, gone]: [Pace, number] = [NEW_PACE, 0]
    for (let now = 0; now < ms; now++) {
      while (mayGo(pace, now, ratePerSec).go) {
        pace = cameBack(went(pace, now, ratePerSec), false)
        gone++
      }
    }
    return gone
  }

  it('is its rate, with a few at once after a pause', () => {
    expect(goneIn(1000, 50)).toBe(54)
    expect(goneIn(10_000, 50)).toBe(504)
    expect(goneIn(10_000, 1)).toBe(14)
  })

  it('leaves at most twenty unanswered', () => {
    let pace = NEW_PACE
    for (let n = 0; n < 20; n++) pace = went(pace, n * 1000, 1000)
    expect(mayGo(pace, 60_000, 1000)).toEqual({ go: false, waitMs: undefined })
    expect(mayGo(cameBack(pace, false), 60_000, 1000).go).toBe(true)
  })

  it('silence halves what may be unanswered, answers bring it back', () => {
    let pace = NEW_PACE
    for (const window of [10, 5, 2, 1, 1]) {
      pace = cameBack({ ...pace, outstanding: 1 }, true)
      expect(pace.window).toBe(window)
    }
    for (let n = 0; n < 30; n++) pace = cameBack({ ...pace, outstanding: 1 }, false)
    expect(pace.window).toBe(20)
  })
})
