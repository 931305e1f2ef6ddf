import Type, { type TProperties, type TSchema } from 'typebox'
import { nullable } from '../rest/schemas.js'
import { PROTOCOL_VERSIONS, type ProtocolVersion } from './commands.js'
import { MESSAGE_COMMANDS } from './message-commands.js'

/** What the server may say. The only description of each frame; a test holds real ones against it. */
export type FrameContract = {
  /** What it is called among the frames of its protocol: its `op`, or why there is another of that. */
  readonly name: string
  readonly versions: readonly ProtocolVersion[]
  readonly frame: TSchema
  readonly description: string
}

/** Where documents say what an event is: the body of one of ours, or of somebody else's. */
export const EVENT_REFERENCE = '#/components/schemas/event'

const event = Type.Ref(EVENT_REFERENCE)
const cursor = Type.String({ description: 'a place in the event log, opaque' })
const done = Type.Literal(0)
const refused = Type.Literal(1)

/** `{"op": …, "code": …, "data": …}`, and nothing else that is not named. */
function frameOf(op: TSchema, code: TSchema, data: TSchema, more: TProperties = {}): TSchema {
  return exactly({ op, code, data, ...more })
}

function exactly(properties: TProperties): TSchema {
  return Type.Object(properties, { additionalProperties: false })
}

function answer(
  op: string,
  versions: readonly ProtocolVersion[],
  description: string,
  data: TSchema = Type.Null(),
): FrameContract {
  return { name: op, versions, frame: frameOf(Type.Literal(op), done, data), description }
}

/** What can be wrong with a command, beside what the REST API says of its messages. */
export const GATEWAY_ERRORS = {
  /** The frame is binary, not JSON, no object, or without an `op`. */
  unreadable: 'unreadable-frame',
  unknownOp: 'unknown-op',
  invalid: 'invalid-data',
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

/** Why a client's wish was not done; a client mistake does not end a protocol 3 socket. */
const errorFields = {
  error_id: Type.String({
    description: 'permanent; one of the examples, or of the REST API (docs/errors.md)',
    examples: Object.values(GATEWAY_ERRORS),
  }),
  message: Type.String({ description: 'for people' }),
  details: Type.Optional(Type.Unknown({ description: 'as in the REST API' })),
}

/** Longest part of a client's `op` that is said back. */
export const MAX_OP_ECHO = 64

/** Every frame the server sends. Those of protocols 1 and 2 are the contract's, bit for bit (bus.md 3.2). */
export const SERVER_FRAMES: readonly FrameContract[] = [
  answer('init', [1], 'The socket was accepted.', exactly({ version: Type.Literal(1) })),
  answer('init', [2], 'The socket was accepted.', exactly({ version: Type.Literal(2) })),
  answer(
    'init',
    [3],
    'The socket was accepted; to miss nothing from here on, resume from this cursor.',
    exactly({
      version: Type.Literal(3),
      cursor,
      retention_s: Type.Integer({ description: 'how far back the log reaches, seconds' }),
    }),
  ),
  {
    name: 'event',
    versions: [1],
    frame: event,
    description: 'An event: its body, byte for byte, and no frame around it.',
  },
  answer('event', [2], 'An event: its whole body.', event),
  {
    name: 'event',
    versions: [3],
    frame: frameOf(Type.Literal('event'), done, event, {
      cursor: nullable(cursor),
      event_id: nullable(Type.String()),
    }),
    description: 'An event: its whole body, its place in the log and its id. Null: it is in no log of ours.',
  },
  answer('subscribe', PROTOCOL_VERSIONS, 'Subscribed; in protocol 1 only said before `start`.'),
  answer('unsubscribe', [3], 'Taken back.'),
  answer('start', PROTOCOL_VERSIONS, 'Events come from now on.'),
  answer('token', PROTOCOL_VERSIONS, 'The new token took over; in protocol 1 only said before `start`.'),
  answer('pong', [2, 3], 'The answer to `ping`.', exactly({ payload: Type.String() })),
  answer(
    'resume',
    [3],
    'Everything since the cursor was delivered, this many events; what follows is the present.',
    exactly({ replayed: Type.Integer() }),
  ),
  {
    name: 'resume-refused',
    versions: [3],
    frame: frameOf(
      Type.Literal('resume'),
      refused,
      exactly({ ...errorFields, reason: Type.Enum(['gone', 'too_many']), oldest: cursor }),
    ),
    description: 'The events in between cannot be delivered: read the state over REST. What follows is the present.',
  },
  ...MESSAGE_COMMANDS.map(({ op, versions, own }) =>
    answer(op, versions, `Done: the answer of ${own.method} ${own.path}.`, own.response),
  ),
  {
    name: 'error',
    versions: [3],
    frame: frameOf(Type.String({ maxLength: MAX_OP_ECHO }), refused, exactly(errorFields)),
    description: 'Not done. The `op` is the command’s, or `error` when the frame could not be read.',
  },
]
