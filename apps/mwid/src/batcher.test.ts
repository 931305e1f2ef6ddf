import { describe, expect, it } from 'vitest'
import { Batcher, groupCommit } from './batcher.js'

/** A batch whose end the test decides. */
function held() {
  const batches: { items: readonly number[]; end: () => void; fail: (error: Error) => void }[] = []
  const run = (items: readonly number[]) =>
    new Promise<readonly number[]>((resolve, reject) => {
      batches.push({ items, end: () => resolve(items.map((item) => item * 10)), fail: reject })
    })
  return { batches, batcher: new Batcher<number, number>(run) }
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

describe('Batcher', () => {
  it('does what comes in one moment as one batch, and gives each caller its own result', async () => {
    const { batches, batcher } = held()
    const results = [batcher.add(1), batcher.add(2), batcher.add(3)]
    await nextTurn()
    expect(batches.map(({ items }) => items)).toEqual([[1, 2, 3]])
    batches[0]?.end()
    expect(await Promise.all(results)).toEqual([10, 20, 30])
  })

  it('lets what comes during a batch wait for the next: no result is older than its request', async () => {
    const { batches, batcher } = held()
    const first = batcher.add(1)
    await nextTurn()
    const second = batcher.add(2)
    await nextTurn()
    expect(batches).toHaveLength(1)
    batches[0]?.end()
    await first
    await nextTurn()
    expect(batches[1]?.items).toEqual([2])
    batches[1]?.end()
    expect(await second).toBe(20)
  })

  it('tells everybody in a batch that it failed, and goes on', async () => {
    const { batches, batcher } = held()
    const failing = Promise.allSettled([batcher.add(1), batcher.add(2)])
    await nextTurn()
    batches[0]?.fail(new Error('no database'))
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const again = batcher.add(3)
    await nextTurn()
    batches[1]?.end()
    expect(await again).toBe(30)
  })

  it('is idle only when everything that waited is committed', async () => {
    const written: number[] = []
    const commits = groupCommit(async (items: readonly number[]) => {
      await nextTurn()
      written.push(...items)
    })
    void commits.add(1)
    void commits.add(2)
    await commits.idle()
    expect(written).toEqual([1, 2])
  })
})
