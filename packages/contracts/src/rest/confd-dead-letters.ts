import Type, { type Static } from 'typebox'
import { type RouteContract, routesOf } from './route.js'
import { confdList, nullable, pageFields } from './schemas.js'

const route = routesOf('confd')

const head = {
  id: Type.Integer(),
  queue: Type.String({ description: 'the queue it died in' }),
  reason: Type.String({ description: 'why, in the broker’s words: rejected, delivery_limit, …' }),
  name: Type.String({ description: 'name of the event' }),
  event_id: nullable(Type.String()),
  headers: Type.Record(Type.String(), Type.Unknown()),
  size: Type.Integer({ description: 'bytes of the body' }),
  died_at: Type.String({ description: 'ISO 8601, UTC' }),
}
const headSchema = Type.Object(head)
/** Wire form of a dead letter in a list. */
export type DeadLetterView = Static<typeof headSchema>

const query = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'default 100' })),
  offset: pageFields.offset,
})
const letterId = { id: 'integer' } as const

/** The messages of the bus that no consumer, of ours or of a tenant, could take, the newest first. */
export const listDeadLetters = route({
  method: 'GET',
  path: '/dead-letters',
  acl: 'confd.dead-letters.read',
  masterOnly: true,
  summary: 'List messages of the bus that no consumer could take',
  query,
  success: 200,
  response: confdList(headSchema),
})

/** One of them with its body. */
export const getDeadLetter = route({
  method: 'GET',
  path: '/dead-letters/{id}',
  params: letterId,
  acl: 'confd.dead-letters.{id}.read',
  masterOnly: true,
  summary: 'Read a dead letter with its body',
  success: 200,
  response: Type.Object({ ...head, body: Type.String() }),
})

/** Sends one to the queue it died in, and to no other. */
export const redriveDeadLetter = route({
  method: 'POST',
  path: '/dead-letters/{id}/redrive',
  params: letterId,
  acl: 'confd.dead-letters.{id}.redrive.create',
  masterOnly: true,
  summary: 'Send a dead letter to its queue again and forget it',
  success: 204,
})

/** Forgets one. */
export const deleteDeadLetter = route({
  method: 'DELETE',
  path: '/dead-letters/{id}',
  params: letterId,
  acl: 'confd.dead-letters.{id}.delete',
  masterOnly: true,
  summary: 'Forget a dead letter',
  success: 204,
})

/** Operations on dead letters. */
export const DEAD_LETTER_ROUTES: readonly RouteContract[] = [
  listDeadLetters,
  getDeadLetter,
  redriveDeadLetter,
  deleteDeadLetter,
]
