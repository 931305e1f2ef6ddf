import { EMPTY_SUMMARY, RECONCILE, requestCause } from '@lamplighter/domain'
import type { SipRepository, WatchedMailbox } from '@lamplighter/store'
import { describe, expect, it } from 'vitest'
import { Epoch } from './epoch.js'
import { LampTrace } from './lamp-trace.js'

const mailbox = (mailboxId: number, facts: Partial<WatchedMailbox> = {}): WatchedMailbox => ({
  deviceId: '0d7f0000-0000-4000-8000-000000000001' as WatchedMailbox['deviceId'],
  tenantId: '0d7f0000-0000-4000-8000-0000000000aa' as WatchedMailbox['tenantId'],
  mwiMode: 'auto',
  watched: true,
  blocked: false,
  acknowledged: EMPTY_SUMMARY,
  mailboxId: mailboxId as WatchedMailbox['mailboxId'],
  number: String(mailboxId),
  own: true,
  revision: 1,
  summary: EMPTY_SUMMARY,
  ...facts,
})
const newTrace = (lags: number[] = []) =>
  new LampTrace(new Epoch({} as SipRepository), { converged: (ms) => lags.push(ms) }, () => 1000)

describe('the trace of lamps', () => {
  it('is about lamps that were looked at or are wrong, not about those only shown along', () => {
    const trace = newTrace()
    const cause = requestCause('SUBSCRIBE')
    const wrong = { summary: { ...EMPTY_SUMMARY, new: 1 } }
    trace.decide([mailbox(1), mailbox(2, { cause }), mailbox(3, wrong)], 'notify', 'pending')
    expect(trace.take().map((one) => [one.mailboxId, one.cause])).toEqual([
      [2, cause],
      [3, cause],
    ])
  })

  it('says of a decision what came of it, also when it was written already', () => {
    const trace = newTrace()
    const decision = trace.decide([mailbox(1, { cause: RECONCILE })], 'notify', 'pending')
    const [before] = trace.take()
    trace.settle(decision, 'acknowledged', 200)
    expect(trace.take()).toEqual([{ ...before, reason: 'acknowledged', status: 200 }])
  })

  it('measures from the commit of a change to its confirmation, and nothing else', () => {
    const lags: number[] = []
    const trace = newTrace(lags)
    const cause = { kind: 'event', name: 'x', eventId: null, committedAtMs: 400 } as const
    trace.settle(trace.decide([mailbox(1, { cause })], 'notify', 'pending'), 'acknowledged', 200)
    trace.settle(trace.decide([mailbox(1, { cause })], 'notify', 'pending'), 'unreachable', 408)
    trace.settle(trace.decide([mailbox(1, { cause: RECONCILE })], 'notify', 'pending'), 'acknowledged', 200)
    expect(lags).toEqual([600])
  })

  it('is given back what could not be written, older than what was said since', () => {
    const trace = newTrace()
    const decision = trace.decide([mailbox(1, { cause: RECONCILE })], 'notify', 'pending')
    const taken = trace.take()
    trace.settle(decision, 'unreachable', 408)
    trace.giveBack(taken)
    expect(trace.take().map(({ status }) => status)).toEqual([408])
  })

  it('holds so many and no more while nothing can be written, the newest of them', () => {
    const trace = newTrace()
    for (let round = 0; round < 600; round++) {
      const many = Array.from({ length: 100 }, (_none, index) => mailbox(index, { cause: RECONCILE }))
      trace.decide(many, 'notify', 'pending')
    }
    expect(trace.size).toBe(50_000)
    const kept = trace.take()
    expect([kept[0]?.id, kept.at(-1)?.id]).toEqual([101, 600])
  })
})
