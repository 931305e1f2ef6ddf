import { describe, expect, it } from 'vitest'
import { OneAtATime } from './one-at-a-time.js'

describe('one at a time', () => {
  it('keeps the order of one key, goes on after a failure, and holds no other key up', async () => {
    const queue = new OneAtATime<string>()
    const did: string[] = []
    const step = (name: string) => async () => {
      did.push(`${name} begins`)
      await new Promise((resolve) => setImmediate(resolve))
      did.push(`${name} ends`)
      if (name === 'a1') throw new Error('failed')
    }
    const first = queue.run('a', step('a1'))
    const second = queue.run('a', step('a2'))
    const other = queue.run('b', step('b1'))
    await expect(first).rejects.toThrow('failed')
    await Promise.all([second, other])
    expect(did).toEqual(['a1 begins', 'b1 begins', 'a1 ends', 'a2 begins', 'b1 ends', 'a2 ends'])
  })
})
