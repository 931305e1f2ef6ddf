import { setTimeout as delay } from 'node:timers/promises'
import { waitFor } from '@lamplighter/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { OutboxSignal } from '../src/outbox-signal.js'

describe('the signal that something was said', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  function signal() {
    const [notify, relay, ear] = [vi.fn(async () => {}), vi.fn(), vi.fn()]
    return { notify, relay, ear, signal: new OutboxSignal(notify) }
  }

  it('wakes the relay of this process at once', () => {
    const { notify, relay, signal: outbox } = signal()
    outbox.setLocalRelay(relay)
    outbox.poke([])
    expect(relay).toHaveBeenCalledTimes(1)
    expect(notify).not.toHaveBeenCalled()
  })

  it('tells lamps of this process at once, and wakes the relay after them, once for many commits', async () => {
    const { notify, relay, ear, signal: outbox } = signal()
    outbox.setLocalRelay(relay)
    outbox.setLocalEar(ear)
    for (let commit = 0; commit < 3; commit++) outbox.poke([])
    expect(ear).toHaveBeenCalledTimes(3)
    expect(relay).not.toHaveBeenCalled()
    await waitFor(() => relay.mock.calls.length > 0, { what: 'the relay to be woken' })
    await delay(20)
    expect(relay).toHaveBeenCalledTimes(1)
    outbox.poke([])
    await waitFor(() => relay.mock.calls.length === 2, { what: 'the relay to be woken again' })
    expect(notify).not.toHaveBeenCalled()
  })

  it('wakes the relay after lamps seldom while commits follow each other, and soon again after a pause', () => {
    vi.useFakeTimers()
    const { relay, ear, signal: outbox } = signal()
    outbox.setLocalRelay(relay)
    outbox.setLocalEar(ear)
    for (let ms = 0; ms < 100; ms++) {
      outbox.poke([])
      vi.advanceTimersByTime(1)
    }
    const busy = relay.mock.calls.length
    expect(busy).toBeGreaterThanOrEqual(9)
    expect(busy).toBeLessThanOrEqual(11)
    vi.advanceTimersByTime(50)
    relay.mockClear()
    outbox.poke([])
    vi.advanceTimersByTime(2)
    expect(relay).toHaveBeenCalledTimes(1)
  })

  it('notifies other processes once for many commits, also when the relay went meanwhile', async () => {
    const { notify, relay, ear, signal: outbox } = signal()
    outbox.setLocalRelay(relay)
    outbox.setLocalEar(ear)
    outbox.poke([])
    outbox.setLocalRelay(undefined)
    outbox.poke([])
    await waitFor(() => notify.mock.calls.length > 0, { what: 'other processes to be notified' })
    await delay(20)
    expect(notify).toHaveBeenCalledTimes(1)
    expect(relay).not.toHaveBeenCalled()
  })
})
