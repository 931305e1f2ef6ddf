import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../clock.js'
import { notifyCSeq } from './dialog.js'
import { DEFAULT_EXPIRY, grantExpiry } from './expiry.js'
import { type Content, type NotifierEvent, newestNotify, newNotifier, PACE_MS, stepNotifier } from './notifier.js'

const content = (body: string): Content<string> => ({ body, tag: body })

/** A subscription under a virtual time; `did` collects what the driver was told, in short. */
function simulate(acknowledged?: string) {
  let state = newNotifier(acknowledged === undefined ? undefined : content(acknowledged))
  let nowMs = 0
  const did: string[] = []
  const step = (event: NotifierEvent<string>) => {
    const next = stepNotifier(state, event, nowMs)
    state = next.state
    for (const action of next.actions) {
      if (action.type === 'notify')
        did.push(`notify ${action.content.body}${action.termination ? ` ${action.termination}` : ''}`)
      else if (action.type === 'acknowledged') did.push(`acknowledged ${action.content.body}`)
      else if (action.type === 'wait') did.push(`wait ${action.ms}`)
      else if (action.type === 'unreachable') did.push('unreachable')
      else did.push(`end ${action.reason}`)
    }
  }
  return {
    did,
    subscribed: (body: string) => step({ type: 'subscribed', content: content(body) }),
    changed: (body: string) => step({ type: 'changed', content: content(body) }),
    reasserted: (body: string) => step({ type: 'changed', content: content(body), forced: true }),
    terminate: (body: string) => step({ type: 'terminate', reason: 'timeout', content: content(body) }),
    answered: (status: number, retryAfterSec?: number) => step({ type: 'answered', status, retryAfterSec }),
    unanswered: () => step({ type: 'unanswered' }),
    resume: () => step({ type: 'resume' }),
    later: (ms: number) => {
      nowMs += ms
    },
  }
}

describe('the notifier side of a subscription', () => {
  it('has one NOTIFY under way at a time and keeps only the newest state', () => {
    const one = simulate()
    one.subscribed('a')
    for (const body of ['b', 'c', 'd']) one.changed(body)
    one.later(PACE_MS)
    one.answered(200)
    one.answered(200)
    expect(one.did).toEqual(['notify a', 'acknowledged a', 'notify d', 'acknowledged d'])
  })

  it('shows the newest when it had to wait for its turn, its goodbye too', () => {
    const { state: sent } = stepNotifier(newNotifier<string>(), { type: 'subscribed', content: content('a') }, 0)
    expect(newestNotify(sent, 5)).toBe(sent)
    const { state: changed } = stepNotifier(sent, { type: 'changed', content: content('b') }, 5)
    const newest = newestNotify(changed, 9)
    expect(newest).toMatchObject({ inFlight: { body: 'b' }, wanted: undefined, sentAtMs: 9 })
    const ending = { type: 'terminate', reason: 'timeout', content: content('c') } as const
    const last = newestNotify(stepNotifier(newest, ending, 9).state, 9)
    expect(last).toMatchObject({ inFlight: { body: 'c' }, termination: 'timeout' })
    const answered = { type: 'answered', status: 200, retryAfterSec: undefined } as const
    expect(stepNotifier(last, answered, 10).actions.map(({ type }) => type)).toEqual(['acknowledged', 'end'])
  })

  it('makes fifty changes in a second six NOTIFYs at most, the last one right', () => {
    const one = simulate('0')
    let waitUntilMs = Number.POSITIVE_INFINITY
    for (let atMs = 0; atMs <= 1200; atMs += 20) {
      const had = one.did.length
      if (atMs < 1000) one.changed(String(atMs / 20 + 1))
      if (atMs >= waitUntilMs) one.resume()
      const waits = one.did.slice(had).find((what) => what.startsWith('wait'))
      if (waits) waitUntilMs = atMs + Number(waits.slice('wait '.length))
      if (one.did.slice(had).some((what) => what.startsWith('notify'))) {
        waitUntilMs = Number.POSITIVE_INFINITY
        one.answered(200)
      }
      one.later(20)
    }
    const sent = one.did.filter((what) => what.startsWith('notify'))
    expect(sent.length).toBeLessThanOrEqual(6)
    expect(sent.at(-1)).toBe('notify 50')
  })

  it('paces changes', () => {
    const one = simulate()
    one.subscribed('a')
    one.later(50)
    one.answered(200)
    one.changed('b')
    one.changed('c')
    one.later(PACE_MS - 50)
    one.resume()
    expect(one.did).toEqual(['notify a', 'acknowledged a', 'wait 150', 'notify c'])
  })

  it('does not repeat what is shown already, but always answers a refresh in full', () => {
    const one = simulate('a')
    one.changed('a')
    one.subscribed('a')
    expect(one.did).toEqual(['acknowledged a', 'notify a'])
  })

  it('repeats what is shown when it is asked to, after what is under way', () => {
    const one = simulate('a')
    one.reasserted('a')
    one.reasserted('a')
    one.answered(200)
    one.answered(200)
    one.changed('a')
    expect(one.did).toEqual(['notify a', 'acknowledged a', 'notify a', 'acknowledged a', 'acknowledged a'])
  })

  it.each([301, 401, 403, 404, 405, 410, 416, 480, 481, 485, 489, 501, 603, 604])('ends at once after %i', (status) => {
    const one = simulate()
    one.subscribed('a')
    one.answered(status)
    one.changed('b')
    expect(one.did).toEqual(['notify a', 'end refused'])
  })

  it('outlives silence: it is told the newest after 30 s, 1, 2 and 4 minutes, then every five', () => {
    const one = simulate()
    one.subscribed('a')
    for (const body of ['b', 'c', 'd', 'e', 'f']) {
      one.unanswered()
      one.changed(body)
      one.resume()
    }
    one.unanswered()
    one.resume()
    one.answered(200)
    one.changed('g')
    one.later(PACE_MS)
    one.resume()
    one.unanswered()
    expect(one.did.map((what) => what.replace('unreachable', '-'))).toEqual([
      ...['notify a', '-', 'wait 30000', 'notify b', '-', 'wait 60000', 'notify c', '-', 'wait 120000'],
      ...['notify d', '-', 'wait 240000', 'notify e', '-', 'wait 300000', 'notify f', '-', 'wait 300000', 'notify f'],
      ...['acknowledged f', 'wait 200', 'notify g', '-', 'wait 30000'],
    ])
  })

  it('is told again although it wants what it showed before: silence does not say what it took', () => {
    const one = simulate('a')
    one.changed('b')
    one.unanswered()
    one.changed('a')
    one.resume()
    expect(one.did).toEqual(['notify b', 'unreachable', 'wait 30000', 'notify a'])
  })

  it('answers a refresh at once, whatever it waits for', () => {
    const one = simulate()
    one.subscribed('a')
    one.unanswered()
    one.subscribed('b')
    one.answered(503, 60)
    one.subscribed('c')
    expect(one.did).toEqual(['notify a', 'unreachable', 'wait 30000', 'notify b', 'wait 60000', 'notify c'])
  })

  it('ends when nobody answers its goodbye', () => {
    const one = simulate()
    one.terminate('a')
    one.unanswered()
    expect(one.did).toEqual(['notify a timeout', 'end unreachable'])
  })

  it('tries once more after a 500 without Retry-After', () => {
    const one = simulate()
    one.subscribed('a')
    one.answered(500)
    one.resume()
    one.answered(500)
    expect(one.did).toEqual(['notify a', 'wait 0', 'notify a', 'end refused'])
  })

  it('waits as it is told after a 503, at most five minutes and three times, and sends the newest then', () => {
    const one = simulate()
    one.subscribed('a')
    one.answered(503, 9999)
    one.changed('b')
    for (let times = 0; times < 3; times++) {
      one.resume()
      one.answered(503, 10)
    }
    expect(one.did).toEqual([
      'notify a',
      'wait 300000',
      'notify b',
      'wait 10000',
      'notify b',
      'wait 10000',
      'notify b',
      'end refused',
    ])
  })

  it('sends again to a phone that refreshed while a NOTIFY to its old address was under way', () => {
    const one = simulate()
    one.subscribed('a')
    one.subscribed('b')
    one.unanswered()
    one.answered(200)
    expect(one.did).toEqual(['notify a', 'notify b', 'acknowledged b'])
    one.changed('c')
    one.later(PACE_MS)
    one.resume()
    one.unanswered()
    expect(one.did.slice(3)).toEqual([expect.stringMatching(/^wait/), 'notify c', 'unreachable', 'wait 30000'])
  })

  it('is not brought back by a refresh once it is ending', () => {
    const one = simulate()
    one.terminate('a')
    one.subscribed('b')
    one.answered(200)
    expect(one.did).toEqual(['notify a timeout', 'acknowledged a', 'end ended'])
  })

  it('says goodbye with the state after what is under way, and cares for no answer to it', () => {
    const one = simulate()
    one.subscribed('a')
    one.terminate('b')
    one.changed('c')
    one.answered(200)
    one.answered(481)
    expect(one.did).toEqual(['notify a', 'acknowledged a', 'notify b timeout', 'end ended'])
  })
})

describe('the CSeq of a NOTIFY', () => {
  it('never goes back, however workers follow each other', () => {
    const dialogEpoch = 5
    let last = 0
    for (const epoch of [5, 6, 9]) {
      for (const sequence of [1, 2, 60_000]) {
        const cseq = notifyCSeq(epoch, dialogEpoch, sequence)
        expect(cseq).toBeGreaterThan(last)
        last = cseq
      }
    }
    expect(notifyCSeq(32_000 + dialogEpoch, dialogEpoch, 65_535)).toBeLessThan(2 ** 31)
  })
})

describe('expiry', () => {
  it.each([
    [undefined, 3600],
    [0, 0],
    [59, 'too brief'],
    [60, 60],
    [4_000_000_000, 3600],
  ])('asked %s, granted %s', (asked, granted) => {
    expect(grantExpiry(asked, DEFAULT_EXPIRY)).toBe(granted)
  })

  it.each([
    [undefined, 0, 2880],
    [undefined, 1, 3600],
    [7200, 0.5, 3240],
    [3600, 0, 2880],
    [3599, 0, 3599],
    [0, 0, 0],
    [59, 0.5, 'too brief'],
  ])('asked %s, with %s of chance, granted %s: less only where nothing shorter was asked', (asked, chance, granted) => {
    expect(grantExpiry(asked, DEFAULT_EXPIRY, () => chance)).toBe(granted)
  })
})

describe('a burst of changes', () => {
  it.each([0, 30, 150, 450])(
    'fifty in one second, answered after %i ms, are at most six NOTIFYs, the last one right',
    (answerMs) => {
      const clock = new VirtualClock()
      let state = newNotifier<string>()
      const sent: string[] = []
      const step = (event: NotifierEvent<string>) => {
        const next = stepNotifier(state, event, clock.now())
        state = next.state
        for (const action of next.actions) {
          if (action.type === 'wait') clock.after(action.ms, () => step({ type: 'resume' }))
          if (action.type !== 'notify') continue
          sent.push(action.content.body)
          clock.after(answerMs, () => step({ type: 'answered', status: 200, retryAfterSec: undefined }))
        }
      }
      for (let change = 1; change <= 50; change++)
        clock.after(change * 20, () => step({ type: 'changed', content: content(String(change)), forced: false }))
      clock.advance(5000)
      expect(sent.length).toBeLessThanOrEqual(6)
      expect(sent.at(-1)).toBe('50')
    },
  )
})
