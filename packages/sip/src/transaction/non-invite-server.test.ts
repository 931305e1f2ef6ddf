import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../clock.js'
import { ServerTransaction } from './server-transaction.js'
import { RFC3261_TIMINGS } from './timings.js'

function simulate(reliable: boolean) {
  const clock = new VirtualClock()
  const sent: string[] = []
  let terminatedAtMs: number | undefined
  const transaction = new ServerTransaction({
    clock,
    link: { reliable, timings: RFC3261_TIMINGS },
    send: (bytes) => sent.push(bytes.toString()),
    onTerminated: () => {
      terminatedAtMs = clock.now()
    },
  })
  return { clock, transaction, sent, terminatedAtMs: () => terminatedAtMs }
}

describe('non-INVITE server transaction (RFC 3261 17.2.2)', () => {
  it('repeats its answer for each repeat of the request, for 32 seconds', () => {
    const { clock, transaction, sent, terminatedAtMs } = simulate(false)
    transaction.retransmitted()
    expect(sent).toEqual([])
    transaction.answer(Buffer.from('200'))
    transaction.answer(Buffer.from('500'))
    transaction.retransmitted()
    expect(sent).toEqual(['200', '200'])
    clock.advance(31_999)
    transaction.retransmitted()
    clock.advance(1)
    transaction.retransmitted()
    expect([sent.length, terminatedAtMs()]).toEqual([3, 32_000])
  })

  it('is over with its answer on a stream', () => {
    const { transaction, sent, terminatedAtMs } = simulate(true)
    transaction.answer(Buffer.from('200'))
    expect([sent, terminatedAtMs()]).toEqual([['200'], 0])
  })
})
