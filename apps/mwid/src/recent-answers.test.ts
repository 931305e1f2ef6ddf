import { Headers, type IncomingRequest } from '@lamplighter/sip'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RecentAnswers } from './recent-answers.js'

function request(cseq: number, authorization: string | null = 'Digest x') {
  const said: number[] = []
  const headers = new Headers([
    { name: 'Call-ID', value: 'c' },
    { name: 'From', value: '<sip:a@b>;tag=1' },
    { name: 'CSeq', value: `${cseq} SUBSCRIBE` },
    ...(authorization === null ? [] : [{ name: 'Authorization', value: authorization }]),
  ])
  const incoming: IncomingRequest = {
    request: { kind: 'request', method: 'SUBSCRIBE', uri: 'sip:a@b', headers, body: Buffer.alloc(0) },
    from: { host: '192.0.2.1', port: 5060 },
    respond: (status) => void said.push(status),
    ignore: () => void said.push(0),
  }
  return { incoming, said }
}

describe('answers to copies of a request', () => {
  afterEach(() => void vi.useRealTimers())

  it('are that of the first, whether it has been given or not', async () => {
    const recent = new RecentAnswers()
    const [first, early, late] = [request(1), request(1), request(1)]
    const serving = recent.admit(first.incoming, 0)
    expect(recent.admit(early.incoming, 1)).toBeUndefined()
    serving?.respond(200)
    expect(recent.admit(late.incoming, 2)).toBeUndefined()
    await new Promise((resolve) => setImmediate(resolve))
    expect([first.said, early.said, late.said]).toEqual([[200], [200], [200]])
  })

  it('are for copies only: another CSeq, other credentials or none are served', () => {
    const recent = new RecentAnswers()
    const all = [request(1), request(2), request(1, 'Digest y'), request(1, null), request(1, null)]
    expect(all.map(({ incoming }) => recent.admit(incoming, 0) !== undefined)).toEqual(all.map(() => true))
  })

  it('are not kept of a request that was given up, nor longer than a client waits', () => {
    const recent = new RecentAnswers()
    recent.admit(request(1).incoming, 0)?.ignore()
    expect(recent.admit(request(1).incoming, 1)).toBeDefined()
    expect(recent.admit(request(2).incoming, 40_000)).toBeDefined()
    expect(recent.admit(request(1).incoming, 40_001)).toBeDefined()
  })

  it('are forgotten in time when no other request comes', () => {
    vi.useFakeTimers()
    const recent = new RecentAnswers()
    recent.admit(request(1).incoming, 0)?.respond(200)
    recent.admit(request(2).incoming, 20_000)?.respond(200)
    vi.advanceTimersByTime(32_000)
    expect(recent.admit(request(1).incoming, 32_000)).toBeDefined()
    expect(recent.admit(request(2).incoming, 32_000)).toBeUndefined()
    vi.advanceTimersByTime(64_000)
    expect(vi.getTimerCount()).toBe(0)
  })
})
