import Type, { type TObject } from 'typebox'
import { text } from '../rest/schemas.js'

/** Protocol versions the gateway speaks. */
export type ProtocolVersion = 1 | 2 | 3

/** What a client may say: `{"op": …, "data": …}`; other keys are ignored. The only description of each command. */
export type CommandContract<Data extends TObject | null = TObject | null> = {
  readonly op: string
  readonly versions: readonly ProtocolVersion[]
  /** Null: `data` is not looked at. */
  readonly data: Data
  readonly description: string
}

function command<Data extends TObject | null>(contract: CommandContract<Data>): CommandContract<Data> {
  return contract
}

/** Longest name that is worth comparing; longer ones are no event's. */
export const MAX_EVENT_NAME = 256

/** Protocols 1 and 2 take any text, as the original does; a name of no event just never comes. */
const subscribeCommand = command({
  op: 'subscribe',
  versions: [1, 2],
  data: Type.Object({ event_name: Type.String() }),
  description: 'Events of this name from now on; `*` alone is every name.',
})

/** Protocol 3 takes names and patterns of events there are. */
const subscribePatternCommand = command({
  op: 'subscribe',
  versions: [3],
  data: Type.Object({ event_name: text(MAX_EVENT_NAME, 1) }),
  description: 'Events of this name, or of all names that fit a pattern in which `*` stands for any text.',
})

/** Takes a subscription back. */
const unsubscribeCommand = command({
  op: 'unsubscribe',
  versions: [3],
  data: Type.Object({ event_name: text(MAX_EVENT_NAME, 1) }),
  description: 'Takes back what was subscribed to with exactly this name or pattern.',
})

/** Nothing is delivered before it. */
const startCommand = command({
  op: 'start',
  versions: [1, 2, 3],
  data: null,
  description: 'Begins the delivery; its answer comes before the first event.',
})

/** A fresh token for the same user and tenant; in protocol 3 also the first frame of a socket opened without one. */
const tokenCommand = command({
  op: 'token',
  versions: [1, 2, 3],
  data: Type.Object({ token: Type.String() }),
  description: 'Goes on with another token of the same user and tenant; any other closes with 4002.',
})

/** An application's own ping, for clients that cannot see those of the socket. */
const pingCommand = command({
  op: 'ping',
  versions: [1, 2, 3],
  data: Type.Object({ payload: Type.String() }),
  description: 'Answered with `pong` and the same payload (silently accepted in protocol 1).',
})

/** Says what the client has already. */
const resumeCommand = command({
  op: 'resume',
  versions: [3],
  data: Type.Object({ cursor: text(128, 1) }),
  description: 'Before `start`: what came after this cursor is delivered first, then the present.',
})

/** Every command about the socket itself. */
export const GATEWAY_COMMANDS: readonly CommandContract[] = [
  subscribeCommand,
  subscribePatternCommand,
  unsubscribeCommand,
  startCommand,
  tokenCommand,
  pingCommand,
  resumeCommand,
]
