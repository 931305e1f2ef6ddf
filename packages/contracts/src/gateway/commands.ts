import Type, { type TObject } from 'typebox'
import { text } from '../rest/schemas.js'

/** Protocol versions the gateway speaks. */
export const PROTOCOL_VERSIONS = [1, 2, 3] as const
/** One of {@link PROTOCOL_VERSIONS}. */
export type ProtocolVersion = (typeof PROTOCOL_VERSIONS)[number]

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

const patternExample = { examples: ['user_voicemail_*'] }

/** Protocols 1 and 2 take any text, as the original does; a name of no event just never comes. */
const subscribeCommand = command({
  op: 'subscribe',
  versions: [1, 2],
  data: Type.Object({ event_name: Type.String({ examples: ['user_voicemail_message_created'] }) }),
  description: 'Events of this name from now on; `*` alone is every name.',
})

/** Protocol 3 takes names and patterns of events there are. */
const subscribePatternCommand = command({
  op: 'subscribe',
  versions: [3],
  data: Type.Object({ event_name: Type.String({ ...text(MAX_EVENT_NAME, 1), ...patternExample }) }),
  description: 'Events of this name, or of all names that fit a pattern in which `*` stands for any text.',
})

/** Takes a subscription back. */
const unsubscribeCommand = command({
  op: 'unsubscribe',
  versions: [3],
  data: Type.Object({ event_name: Type.String({ ...text(MAX_EVENT_NAME, 1), ...patternExample }) }),
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
  data: Type.Object({ payload: Type.String({ examples: ['pong'] }) }),
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
