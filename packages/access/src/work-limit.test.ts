import { OverloadedError } from '@lamplighter/domain'
import { describe, expect, it } from 'vitest'
import { WorkLimit } from './work-limit.js'

describe('a work limit', () => {
  it('runs so much at once, in order, and all of it in the end', async () => {
    const limit = new WorkLimit(2, 100)
    const order: number[] = []
    let [running, most] = [0, 0]
    const work = async (n: number) => {
      order.push(n)
      running++
      most = Math.max(most, running)
      await new Promise(setImmediate)
      running--
    }
    await Promise.all(Array.from({ length: 6 }, (_, n) => limit.run(() => work(n))))
    expect([order, most]).toEqual([[0, 1, 2, 3, 4, 5], 2])
  })

  it('refuses what finds too many waiting, and goes on after failures', async () => {
    const limit = new WorkLimit(1, 1)
    let fail = () => {}
    const first = limit.run(() => new Promise((_resolve, reject) => (fail = () => reject(new Error('failed')))))
    const second = limit.run(async () => 'done')
    await expect(limit.run(async () => 'never')).rejects.toThrow(OverloadedError)
    fail()
    await expect(first).rejects.toThrow('failed')
    await expect(second).resolves.toBe('done')
    await expect(limit.run(async () => 'again')).resolves.toBe('again')
  })
})
