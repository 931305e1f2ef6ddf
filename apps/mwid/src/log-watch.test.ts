import type { ConsumerDefinition } from '@lamplighter/bus'
import { createLogger } from '@lamplighter/runtime'
import type { CommittedEvent } from '@lamplighter/store'
import { expect, it } from 'vitest'
import { LogWatch } from './log-watch.js'

/** A log, a bus that is there or not, and a consumer that writes down what wakes it. */
function simulate() {
  const bus = { connected: true }
  const relay = { confirmed: 0, waiting: false }
  const committed: CommittedEvent[] = []
  const woken: string[] = []
  const events = {
    head: async () => Math.max(0, ...committed.map(({ id }) => id)),
    relayed: async () => ({ ...relay }),
    after: async (id: number, names: readonly string[], limit: number) =>
      committed.filter((one) => one.id > id && names.includes(one.name)).slice(0, limit),
  }
  const consumer: ConsumerDefinition = {
    queue: 'q',
    durability: 'exclusive',
    bindings: [{ name: 'counts', origin_uuid: 'o' }],
    prefetch: 1,
    handle: ({ body }) => {
      woken.push(body.toString())
      return 'ack'
    },
  }
  const watch = new LogWatch({ bus, events, log: createLogger('silent') }, [consumer])
  const commit = (id: number, name = 'counts') => {
    committed.push({ id, eventId: `e${id}`, name, headers: {} as CommittedEvent['headers'], body: String(id) })
    committed.sort((a, b) => a.id - b.id)
  }
  return { bus, relay, watch, commit, woken }
}

it('wakes by the log while the bus is away, for each event once, one that was committed late too', async () => {
  const { bus, watch, commit, woken } = simulate()
  for (let id = 1; id <= 5000; id++) commit(id)
  await watch.look()
  bus.connected = false
  for (const id of [5002, 5003]) commit(id)
  commit(5004, 'something else')
  await watch.look()
  expect(woken.slice(-2)).toEqual(['5002', '5003'])
  // What was published just before it went away may not have arrived.
  expect(woken).toHaveLength(1002)
  commit(5001)
  await watch.look()
  expect(woken.slice(1002)).toEqual(['5001'])
})

it('leaves it to the bus while that works', async () => {
  const { bus, watch, commit, woken } = simulate()
  await watch.look()
  commit(1)
  await watch.look()
  for (let id = 2; id <= 2000; id++) commit(id)
  await watch.look()
  expect(woken).toEqual([])
  bus.connected = false
  commit(2001)
  await watch.look()
  bus.connected = true
  commit(2002)
  await watch.look()
  expect(woken).toContain('2001')
  expect(woken).not.toContain('2002')
})

it('reads what piled up in pieces', async () => {
  const { bus, watch, commit, woken } = simulate()
  await watch.look()
  bus.connected = false
  for (let id = 1; id <= 3500; id++) commit(id)
  await watch.look()
  expect(woken).toHaveLength(3500)
  await watch.look()
  expect(woken).toHaveLength(3500)
})

it('wakes by the log while the broker is there and takes nothing, and not while it is only behind', async () => {
  const { relay, watch, commit, woken } = simulate()
  await watch.look()
  Object.assign(relay, { confirmed: 10, waiting: true })
  commit(1)
  await watch.look()
  relay.confirmed = 20
  await watch.look()
  expect(woken).toEqual([])
  commit(2)
  await watch.look()
  // What was said just before nobody knew has not arrived either.
  expect(woken).toEqual(['1', '2'])
  relay.waiting = false
  commit(3)
  await watch.look()
  expect(woken).toEqual(['1', '2'])
})
