import { describe, expect, it } from 'vitest'
import {
  newSubscriber,
  type SubscriberAction,
  type SubscriberEvent,
  type SubscriberSettings,
  stepSubscriber,
} from './subscriber.js'

/** A subscriber on a virtual clock: only its last wait counts, as with the driver. */
class Bench {
  now = 0
  state
  readonly settings: SubscriberSettings
  actions: readonly SubscriberAction[] = []
  #dueAt = Number.POSITIVE_INFINITY

  constructor(settings: SubscriberSettings = { hosts: 1, expirySec: 600 }) {
    this.settings = settings
    this.state = newSubscriber(settings)
  }

  on(event: SubscriberEvent): this {
    const step = stepSubscriber(this.state, event, this.now, this.settings, 0.5)
    this.state = step.state
    this.actions = step.actions
    for (const action of step.actions) if (action.type === 'wait') this.#dueAt = this.now + action.ms
    return this
  }

  /** Lets the wait pass; gives how long it was. */
  due(): number {
    const ms = this.#dueAt - this.now
    this.now = this.#dueAt
    this.on({ type: 'due' })
    return ms
  }

  later(ms: number): this {
    this.now += ms
    return this
  }

  get asked() {
    return this.actions.flatMap((one) =>
      one.type === 'subscribe' ? [`${one.dialog} ${one.host} ${one.expirySec}`] : [],
    )
  }

  active(expiresSec = 600): this {
    return this.on({ type: 'start' })
      .on({ type: 'answered', status: 200, expiresSec })
      .on({ type: 'notified', state: 'active', expiresSec })
  }

  ends(reason?: string, retryAfterSec?: number): this {
    return this.on({ type: 'notified', state: 'terminated', reason, retryAfterSec })
  }
}

describe('a subscriber', () => {
  it('asks, answers a challenge, and refreshes in its dialog well before the end', () => {
    const bench = new Bench().on({ type: 'start' })
    expect(bench.asked).toEqual(['new 0 600'])
    bench.on({ type: 'challenged' })
    expect(bench.actions).toEqual([{ type: 'subscribe', host: 0, expirySec: 600, dialog: 'new', authorize: true }])
    bench
      .on({ type: 'answered', status: 200, expiresSec: 300 })
      .on({ type: 'notified', state: 'active', expiresSec: 300 })
    expect(bench.due()).toBe(300 * 825)
    expect([bench.state.phase, bench.asked]).toEqual(['refreshing', ['same 0 600']])
    bench.on({ type: 'answered', status: 200, expiresSec: 300 })
    expect(bench.due()).toBe(300 * 825)
  })

  it('takes a NOTIFY that overtakes the answer', () => {
    const bench = new Bench().on({ type: 'start' }).on({ type: 'notified', state: 'active', expiresSec: 600 })
    bench.on({ type: 'answered', status: 200, expiresSec: 600 })
    expect([bench.state.phase, bench.due() > 32_000]).toEqual(['active', true])
  })

  it('fails without a NOTIFY within 32 seconds of the answer', () => {
    const bench = new Bench({ hosts: 2, expirySec: 600 }).on({ type: 'start' })
    bench.on({ type: 'answered', status: 200, expiresSec: 600 })
    expect([bench.due(), bench.asked]).toEqual([32_000, ['new 1 600']])
  })

  it('goes through its hosts, then waits longer each time, to five minutes', () => {
    const bench = new Bench({ hosts: 2, expirySec: 600 }).on({ type: 'start' }).on({ type: 'unanswered' })
    expect(bench.asked).toEqual(['new 1 600'])
    const waits = Array.from({ length: 10 }, () => {
      bench.on({ type: 'answered', status: 503 })
      const ms = bench.due()
      expect(bench.asked).toEqual(['new 0 600'])
      bench.on({ type: 'unanswered' })
      return ms / 1000
    })
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
    bench.on({ type: 'answered', status: 200, expiresSec: 600 }).on({ type: 'notified', state: 'active' })
    expect([bench.state.failedRounds, bench.state.host]).toEqual([0, 1])
  })

  it.each(['deactivated', 'timeout', undefined, 'something-new'])(
    'subscribes anew at once after %s, but backs off when that goes on',
    (reason) => {
      const bench = new Bench().active().later(60_000).ends(reason)
      expect(bench.asked).toEqual(['new 0 600'])
      const again = () =>
        bench.on({ type: 'answered', status: 200 }).on({ type: 'notified', state: 'active' }).ends(reason)
      expect(again().asked).toEqual(['new 0 600'])
      expect([again().state.phase, bench.due()]).toEqual(['waiting', 8000])
    },
  )

  it.each([
    ['probation', 90, 91_000],
    ['giveup', 120, 121_000],
    ['probation', undefined, 2000],
    ['timeout', 30, 31_000],
  ])('comes back after %s when asked to: %s s', (reason, retryAfter, ms) => {
    const bench = new Bench().active().later(60_000).ends(reason, retryAfter)
    expect([bench.state.phase, bench.due(), bench.asked]).toEqual(['waiting', ms, ['new 0 600']])
  })

  it.each(['rejected', 'noresource', 'invariant'])('stops after %s, until it is started again', (reason) => {
    const bench = new Bench().active().ends(reason)
    expect([bench.state.phase, bench.state.lastReason, bench.asked]).toEqual(['stopped', reason, []])
    expect(bench.on({ type: 'due' }).asked).toEqual([])
    expect(bench.on({ type: 'start' }).asked).toEqual(['new 0 600'])
  })

  it.each([403, 404, 405, 489, 501, 603])('stops when refused with %i', (status) => {
    const bench = new Bench({ hosts: 2, expirySec: 600 }).on({ type: 'start' }).on({ type: 'answered', status })
    expect([bench.state.phase, bench.state.lastStatus]).toEqual(['stopped', status])
  })

  it('stops when its credentials are refused twice', () => {
    const bench = new Bench().on({ type: 'start' })
    for (let n = 0; n < 3; n++) bench.on({ type: 'challenged' })
    expect([bench.state.phase, bench.state.lastReason]).toEqual(['stopped', 'credentials refused'])
  })

  it('asks for more time when the server wants that, once', () => {
    const bench = new Bench({ hosts: 1, expirySec: 60 }).on({ type: 'start' })
    bench.on({ type: 'answered', status: 423, minExpiresSec: 900 })
    expect(bench.asked).toEqual(['new 0 900'])
    expect(bench.on({ type: 'answered', status: 423, minExpiresSec: 900 }).state.phase).toBe('stopped')
  })

  it('makes a new dialog when a refresh is answered 481, and goes to the next host when it is not answered', () => {
    const lost = new Bench().active()
    lost.due()
    expect(lost.on({ type: 'answered', status: 481 }).asked).toEqual(['new 0 600'])
    const silent = new Bench({ hosts: 2, expirySec: 600 }).active()
    silent.due()
    expect(silent.on({ type: 'unanswered' }).asked).toEqual(['new 1 600'])
  })

  it('refreshes earlier when the server shortens the subscription', () => {
    const bench = new Bench().active(600).later(1000).on({ type: 'notified', state: 'active', expiresSec: 100 })
    expect(bench.due()).toBe(100 * 1000 - 32_000)
  })

  it('takes its subscription back, with credentials when asked, and is over whatever the answer', () => {
    const bench = new Bench().active().on({ type: 'stop' })
    expect(bench.asked).toEqual(['same 0 0'])
    expect(bench.on({ type: 'challenged' }).asked).toEqual(['same 0 0'])
    expect(bench.ends('timeout').state.phase).toBe('ending')
    expect(bench.on({ type: 'answered', status: 481 }).state.phase).toBe('ended')
    expect(new Bench().on({ type: 'start' }).on({ type: 'stop' }).state.phase).toBe('ended')
  })
})
