import Type, { type TObject } from 'typebox'
import { nullable } from '../rest/schemas.js'
import type { ProtocolVersion } from './commands.js'

/** What the server may say: `{"op": …, "code": …, "data": …}`. Protocols 1 and 2 have always exactly these keys. */
export type FrameContract = {
  readonly op: string
  readonly versions: readonly ProtocolVersion[]
  readonly frame: TObject
  readonly description: string
}

const cursor = Type.String({ description: 'a place in the event log, opaque' })
const done = Type.Literal(0)

function answer(op: string, versions: readonly ProtocolVersion[], description: string): FrameContract {
  return { op, versions, frame: Type.Object({ op: Type.Literal(op), code: done, data: Type.Null() }), description }
}

/** Why a client's wish was not done; a client mistake does not end a protocol 3 socket. */
const errorDataSchema = Type.Object({
  error_id: Type.String({ description: 'permanent; those of the REST API and GATEWAY_ERRORS' }),
  message: Type.String({ description: 'for people' }),
  details: Type.Optional(Type.Unknown({ description: 'as in the REST API' })),
})

/** What can be wrong with a command, beside what the REST API says of its messages. */
export const GATEWAY_ERRORS = {
  /** The frame is binary, not JSON, no object, or without an `op`. */
  unreadable: 'unreadable-frame',
  unknownOp: 'unknown-op',
  invalid: 'invalid-data',
  /** No token yet: the first frame must bring it. */
  noToken: 'unauthorized',
  /** No event has this name, or a name that fits this pattern. */
  unknownEvent: 'unknown-event',
  tooManySubscriptions: 'too-many-subscriptions',
  /** `resume` after `start`. */
  started: 'already-started',
  badCursor: 'invalid-cursor',
  gone: 'events-gone',
  tooMany: 'too-many-events',
  /** The API that serves this command does not run in this process, or not right now. */
  unavailable: 'command-unavailable',
} as const

/** Every frame the server sends. */
export const SERVER_FRAMES: readonly FrameContract[] = [
  {
    op: 'init',
    versions: [1, 2],
    frame: Type.Object({ op: Type.Literal('init'), code: done, data: Type.Object({ version: Type.Integer() }) }),
    description: 'The socket was accepted.',
  },
  {
    op: 'init',
    versions: [3],
    frame: Type.Object({
      op: Type.Literal('init'),
      code: done,
      data: Type.Object({
        version: Type.Literal(3),
        cursor,
        retention_s: Type.Integer({ description: 'how far back the log reaches' }),
      }),
    }),
    description: 'The socket was accepted; to miss nothing from here on, resume from this cursor.',
  },
  {
    op: 'event',
    versions: [2],
    frame: Type.Object({ op: Type.Literal('event'), code: done, data: Type.Object({}) }),
    description: 'An event: its whole body.',
  },
  {
    op: 'event',
    versions: [3],
    frame: Type.Object({
      op: Type.Literal('event'),
      code: done,
      data: Type.Object({}),
      cursor: nullable(cursor),
      event_id: nullable(Type.String()),
    }),
    description: 'An event: its whole body, its place in the log and its id. Null: it is in no log of ours.',
  },
  answer('subscribe', [1, 2, 3], 'Subscribed; in protocol 1 only said before `start`.'),
  answer('unsubscribe', [3], 'Taken back.'),
  answer('start', [1, 2, 3], 'Events come from now on.'),
  answer('token', [1, 2, 3], 'The new token took over; in protocol 1 only said before `start`.'),
  {
    op: 'pong',
    versions: [2, 3],
    frame: Type.Object({
      op: Type.Literal('pong'),
      code: done,
      data: Type.Object({ payload: Type.String() }),
    }),
    description: 'The answer to `ping`.',
  },
  {
    op: 'resume',
    versions: [3],
    frame: Type.Object({
      op: Type.Literal('resume'),
      code: done,
      data: Type.Object({ replayed: Type.Integer() }),
    }),
    description: 'Everything since the cursor was delivered, this many events; what follows is the present.',
  },
  {
    op: 'resume',
    versions: [3],
    frame: Type.Object({
      op: Type.Literal('resume'),
      code: Type.Literal(1),
      data: Type.Object({
        ...errorDataSchema.properties,
        reason: Type.Enum(['gone', 'too_many']),
        oldest: cursor,
      }),
    }),
    description: 'The events in between cannot be delivered: read the state over REST. What follows is the present.',
  },
  {
    op: 'error',
    versions: [3],
    frame: Type.Object({ op: Type.String(), code: Type.Literal(1), data: errorDataSchema }),
    description: 'Not done. The `op` is the command’s, or `error` when the frame could not be read.',
  },
]
