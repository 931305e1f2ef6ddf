import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../clock.js'
import { Headers } from '../message/headers.js'
import type { SipResponse } from '../message/message.js'
import { ClientTransaction, type Outcome } from './client-transaction.js'
import { RFC3261_TIMINGS } from './timings.js'

function response(status: number): SipResponse {
  return { kind: 'response', status, reason: '', headers: new Headers(), body: Buffer.alloc(0) }
}

function simulate(reliable: boolean) {
  const clock = new VirtualClock()
  const sentAtMs: number[] = []
  const outcomes: Outcome[] = []
  let terminatedAtMs: number | undefined
  const transaction = new ClientTransaction({
    clock,
    link: { reliable, timings: RFC3261_TIMINGS },
    send: () => sentAtMs.push(clock.now()),
    onOutcome: (outcome) => outcomes.push(outcome),
    onTerminated: () => {
      terminatedAtMs = clock.now()
    },
  })
  return { clock, transaction, sentAtMs, outcomes, terminatedAtMs: () => terminatedAtMs }
}

describe('non-INVITE client transaction over UDP (RFC 3261 17.1.2)', () => {
  it('retransmits after 0.5, 1, 2, then every 4 seconds, and gives up at 32', () => {
    const { clock, sentAtMs, outcomes, terminatedAtMs } = simulate(false)
    clock.advance(60_000)
    expect(sentAtMs).toEqual([0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500])
    expect(outcomes).toEqual([{ type: 'failed', reason: 'timeout' }])
    expect(terminatedAtMs()).toBe(32_000)
  })

  it('settles at T2 after a provisional answer', () => {
    const { clock, transaction, sentAtMs } = simulate(false)
    clock.advance(600)
    transaction.receive(response(100))
    clock.advance(10_000)
    expect(sentAtMs).toEqual([0, 500, 1500, 5500, 9500])
  })

  it('gives up at 32 seconds also after a provisional answer, and takes an answer until then', () => {
    const silent = simulate(false)
    silent.clock.advance(31_900)
    silent.transaction.receive(response(100))
    expect(silent.outcomes).toEqual([])
    silent.clock.advance(100)
    expect(silent.outcomes).toEqual([{ type: 'failed', reason: 'timeout' }])
    const late = simulate(false)
    late.clock.advance(31_999)
    late.transaction.receive(response(200))
    expect(late.outcomes).toEqual([{ type: 'response', response: response(200) }])
    expect(late.terminatedAtMs()).toBe(31_999)
  })

  it('delivers a final response once, however often the peer repeats it, and is over with it', () => {
    const { clock, transaction, sentAtMs, outcomes, terminatedAtMs } = simulate(false)
    transaction.receive(response(200))
    transaction.receive(response(200))
    clock.advance(60_000)
    expect(outcomes).toEqual([{ type: 'response', response: response(200) }])
    expect([sentAtMs, terminatedAtMs()]).toEqual([[0], 0])
  })

  it('fails at once when the path is broken', () => {
    const { transaction, outcomes } = simulate(false)
    transaction.transportFailed()
    expect(outcomes).toEqual([{ type: 'failed', reason: 'transport' }])
  })
})

describe('non-INVITE client transaction over a stream', () => {
  it('never retransmits, gives up at 32 seconds, and ends with its answer', () => {
    const silent = simulate(true)
    silent.clock.advance(60_000)
    expect([silent.sentAtMs, silent.outcomes]).toEqual([[0], [{ type: 'failed', reason: 'timeout' }]])
    const answered = simulate(true)
    answered.transaction.receive(response(481))
    expect(answered.terminatedAtMs()).toBe(0)
  })
})
