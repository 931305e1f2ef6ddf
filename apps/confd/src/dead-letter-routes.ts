import {
  type DeadLetterView,
  deleteDeadLetter,
  getDeadLetter,
  listDeadLetters,
  redriveDeadLetter,
} from '@lamplighter/contracts'
import { type Implementation, implement } from '@lamplighter/http'
import type { DeadLetterHead } from '@lamplighter/store'
import type { DeadLetterService } from './dead-letter-service.js'

const DEFAULT_LIMIT = 100

/** Messages of the bus that no consumer could take. */
export function deadLetterRoutes(letters: DeadLetterService): Implementation[] {
  return [
    implement(listDeadLetters, async (call) => {
      const { limit = DEFAULT_LIMIT, offset = 0 } = call.query()
      const { items, total } = await letters.list(limit, offset)
      return { body: { total, items: items.map(toView) } }
    }),
    implement(getDeadLetter, async (call) => {
      const letter = await letters.get(Number(call.param('id')))
      return { body: { ...toView(letter), body: letter.body.toString('utf8') } }
    }),
    implement(redriveDeadLetter, async (call) => {
      await letters.redrive(Number(call.param('id')))
      return {}
    }),
    implement(deleteDeadLetter, async (call) => {
      await letters.delete(Number(call.param('id')))
      return {}
    }),
  ]
}

function toView({ id, queue, reason, name, eventId, headers, size, diedAt }: DeadLetterHead): DeadLetterView {
  return { id, queue, reason, name, event_id: eventId, headers, size, died_at: diedAt.toISOString() }
}
