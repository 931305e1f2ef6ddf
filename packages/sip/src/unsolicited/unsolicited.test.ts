import { describe, expect, it } from 'vitest'
import {
  isTold,
  newUnsolicited,
  REFUSAL_MS,
  stepUnsolicited,
  UNSOLICITED_PACE_MS,
  type UnsolicitedEvent,
} from './unsolicited.js'

const MINUTE_MS = 60_000
const content = (body: string) => ({ body, tag: body })

/** A contact under a virtual time: `sent` collects when what was sent, waits run by themselves, answers come at once. */
function simulate(answers: (number | 'silence' | 'later' | { status: number; retryAfterSec: number })[] = []) {
  let state = newUnsolicited<string>()
  let nowMs = 0
  let resumeAtMs: number | undefined
  const sent: (readonly [atMs: number, body: string])[] = []
  let overtaken = 0
  const step = (event: UnsolicitedEvent<string>) => {
    const { state: next, actions } = stepUnsolicited(state, event, nowMs)
    state = next
    for (const action of actions) {
      if (action.type === 'overtaken') overtaken++
      if (action.type === 'wait') resumeAtMs = nowMs + action.ms
      if (action.type !== 'notify') continue
      sent.push([nowMs, action.content.body])
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      const { attempt } = action
      if (answer === 'silence') step({ type: 'unanswered', attempt })
      else if (typeof answer === 'object') step({ type: 'answered', attempt, ...answer })
      else if (answer !== 'later') step({ type: 'answered', attempt, status: answer ?? 200, retryAfterSec: undefined })
    }
  }
  return {
    sent,
    bodies: () => sent.map(([, body]) => body),
    state: () => state,
    overtaken: () => overtaken,
    register: (fresh = false) => step({ type: 'registered', fresh }),
    change: (body: string | undefined) =>
      step({ type: 'changed', content: body === undefined ? undefined : content(body) }),
    solicited: (solicited: boolean) => step({ type: 'solicited', solicited }),
    shown: (body: string) => step({ type: 'shown', content: content(body) }),
    reassert: () => step({ type: 'reassert' }),
    answer: (status: number, attempt = state.attempt) =>
      step({ type: 'answered', attempt, status, retryAfterSec: undefined }),
    runTo: (endMs: number) => {
      while (resumeAtMs !== undefined && resumeAtMs <= endMs) {
        nowMs = resumeAtMs
        resumeAtMs = undefined
        step({ type: 'resume' })
      }
      nowMs = endMs
    },
  }
}

describe('a contact that is told without having subscribed', () => {
  it('is told once when it registers, and not again at each refresh', () => {
    const one = simulate()
    one.register(true)
    one.change('a')
    for (let minute = 1; minute <= 60; minute++) {
      one.runTo(minute * MINUTE_MS)
      one.register()
    }
    expect(one.sent).toEqual([[0, 'a']])
    expect(isTold(one.state())).toBe(true)
  })

  it('is told again when its phone started anew, at once, though a NOTIFY to where it was has no answer yet', () => {
    const one = simulate(['later', 200])
    one.register(true)
    one.change('a')
    one.register(true)
    one.change('a')
    one.answer(481, 1)
    expect(one.bodies()).toEqual(['a', 'a'])
    expect(isTold(one.state())).toBe(true)
  })

  it('has one NOTIFY under way at a time, keeps the newest state only, and keeps its pace', () => {
    const one = simulate(['later', 200])
    one.change('a')
    for (const body of ['b', 'c', 'd']) one.change(body)
    one.answer(200)
    one.runTo(UNSOLICITED_PACE_MS)
    expect(one.sent).toEqual([
      [0, 'a'],
      [UNSOLICITED_PACE_MS, 'd'],
    ])
  })

  it('is told again when a NOTIFY from before its start reached it after all', () => {
    const one = simulate(['later', 200])
    one.register(true)
    one.change('a')
    one.register(true)
    one.change('b')
    one.answer(200, 1)
    expect(one.bodies()).toEqual(['a', 'b', 'b'])
  })

  it('is not told anew that something went', () => {
    const one = simulate()
    one.change('lit')
    one.change('dark')
    one.runTo(MINUTE_MS)
    one.register(true)
    one.change(undefined)
    expect(one.bodies()).toEqual(['lit', 'dark'])
  })

  it('is told nothing when there is nothing to say, or when it shows it already', () => {
    const one = simulate()
    one.register(true)
    one.change(undefined)
    one.change('a')
    one.change('b')
    one.change('a')
    one.runTo(MINUTE_MS)
    expect(one.bodies()).toEqual(['a'])
  })

  it('is left alone while a subscription of its phone tells it, and told only what that did not say', () => {
    const one = simulate()
    one.change('a')
    one.solicited(true)
    one.register(true)
    one.change('b')
    one.shown('b')
    one.solicited(false)
    expect(one.bodies()).toEqual(['a'])
    one.runTo(UNSOLICITED_PACE_MS)
    one.change('c')
    expect(one.bodies()).toEqual(['a', 'c'])
  })

  it('says when a late NOTIFY may have undone what its subscription told it', () => {
    const one = simulate(['later'])
    one.change('a')
    one.solicited(true)
    one.change('b')
    one.shown('b')
    one.answer(200)
    expect(one.overtaken()).toBe(1)
    const refused = simulate(['later'])
    refused.change('a')
    refused.solicited(true)
    refused.change('b')
    refused.answer(481)
    expect(refused.overtaken()).toBe(0)
  })

  it.each([405, 481, 489, 501])('that answers %i is asked twice in 24 hours, whatever it registers', (status) => {
    const one = simulate([status])
    one.register(true)
    one.change('0')
    for (let minute = 1; minute <= 24 * 60; minute++) {
      one.runTo(minute * MINUTE_MS)
      one.register(minute % 2 === 0)
      one.change(String(minute))
    }
    expect(one.sent.map(([at]) => at)).toEqual([0, REFUSAL_MS])
  })

  it('that takes them after all is told as any other', () => {
    const one = simulate([489, 200])
    one.change('a')
    one.runTo(REFUSAL_MS)
    one.runTo(REFUSAL_MS + UNSOLICITED_PACE_MS)
    one.change('b')
    expect(one.bodies()).toEqual(['a', 'a', 'b'])
  })

  it('that does not answer is tried after 30 s, 1, 2 and 4 minutes, then every five; when it registers, at once', () => {
    const one = simulate(['silence'])
    one.change('a')
    one.runTo(20 * MINUTE_MS)
    expect(one.sent.map(([at]) => at / MINUTE_MS)).toEqual([0, 0.5, 1.5, 3.5, 7.5, 12.5, 17.5])
    one.register()
    expect(one.sent.at(-1)?.[0]).toBe(20 * MINUTE_MS)
  })

  it('that answers 403 is tried less and less, up to an hour, and no sooner for registering', () => {
    const one = simulate([403])
    one.change('a')
    for (let minute = 1; minute <= 24 * 60; minute++) {
      one.runTo(minute * MINUTE_MS)
      one.register()
    }
    expect(one.sent).toHaveLength(29)
  })

  it('that asks to come later is, after what it asks for, five minutes at most', () => {
    const one = simulate([{ status: 503, retryAfterSec: 7 }, { status: 503, retryAfterSec: 9999 }, 200])
    one.change('a')
    one.register()
    one.runTo(MINUTE_MS)
    expect(one.sent.map(([at]) => at)).toEqual([0, 7000])
    one.runTo(7000 + 300_000)
    expect(one.sent.map(([at]) => at)).toEqual([0, 7000, 307_000])
    expect(isTold(one.state())).toBe(true)
  })

  it('that asks to come at once for ever is not asked at once for ever', () => {
    const one = simulate([{ status: 503, retryAfterSec: 0 }])
    one.change('a')
    one.runTo(60 * MINUTE_MS)
    expect(one.sent.length).toBeLessThan(25)
  })

  it('is sent a state again that it may have taken although no answer came', () => {
    const one = simulate([200, 'silence', 200])
    one.change('a')
    one.runTo(UNSOLICITED_PACE_MS)
    one.change('b')
    one.change('a')
    one.runTo(MINUTE_MS)
    expect(one.bodies()).toEqual(['a', 'b', 'a'])
  })

  it('is told whatever it acknowledged or refused when somebody wants that', () => {
    const one = simulate([200, 489])
    one.change('a')
    one.reassert()
    one.reassert()
    expect(one.bodies()).toEqual(['a', 'a', 'a'])
  })

  it('goes on after a restart with what it acknowledged, and with its refusal', () => {
    const told = stepUnsolicited(newUnsolicited(content('a')), { type: 'changed', content: content('a') }, 5)
    expect(told.actions).toEqual([])
    const refusing = stepUnsolicited(
      newUnsolicited<string>(undefined, 100),
      { type: 'changed', content: content('a') },
      5,
    )
    expect(refusing.actions).toEqual([{ type: 'wait', ms: 95 }])
  })
})
