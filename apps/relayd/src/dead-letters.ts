import type { Bus, Consumer } from '@lamplighter/bus'
import type { Logger, Service } from '@lamplighter/runtime'
import type { Store } from '@lamplighter/store'

/** What the keeper is made of. */
export type DeadLetterDependencies = { readonly bus: Bus; readonly store: Store; readonly log: Logger }

/**
 * Moves what no consumer could take from the broker into the store, where it can be looked at and sent again. Any number
 * of processes may do it; a letter leaves the broker only when it is stored.
 */
export function createDeadLetterKeeper({ bus, store, log }: DeadLetterDependencies): Service {
  let consumer: Consumer | undefined
  return {
    name: 'dead-letters',
    start: async () => {
      consumer = await bus.consumeDeadLetters(async (letter) => {
        const { eventId = null, ...facts } = letter
        await store.deadLetters.keep({ ...facts, eventId })
        log.warn({ eventId, event: letter.name, queue: letter.queue, reason: letter.reason }, 'dead letter kept')
      })
    },
    stop: async () => consumer?.stop(),
  }
}
