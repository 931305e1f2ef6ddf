import { PROTOCOL_VERSIONS, type ProtocolVersion } from './commands.js'

/** How a socket may end: what the close frame says, in which protocols, and what it means to the client. */
export type CloseContract = {
  readonly code: number
  readonly reason: string
  readonly versions: readonly ProtocolVersion[]
  readonly description: string
}

/** Why a socket is closed by the gateway (bus.md 3.5). Clients decide by these codes whether to come back. */
export const CLOSE = {
  shutdown: {
    code: 1001,
    reason: '',
    versions: PROTOCOL_VERSIONS,
    description: 'The server stops; come back.',
  },
  /** The library's own, as the next two are: the gateway never sees such frames. */
  badFraming: {
    code: 1002,
    reason: '',
    versions: PROTOCOL_VERSIONS,
    description: 'The client broke RFC 6455: a frame without mask, a wrong opcode or length.',
  },
  notUtf8: {
    code: 1007,
    reason: '',
    versions: PROTOCOL_VERSIONS,
    description: 'A text frame that is not UTF-8.',
  },
  frameTooBig: {
    code: 1009,
    reason: '',
    versions: PROTOCOL_VERSIONS,
    description: 'A frame over 1 MiB.',
  },
  /** The original's own answer to such a version, and ours when something fails that should not. */
  badVersion: {
    code: 1011,
    reason: '',
    versions: PROTOCOL_VERSIONS,
    description: 'The version is not a number, or the gateway failed.',
  },
  unreachable: {
    code: 1011,
    reason: 'keepalive ping timeout',
    versions: PROTOCOL_VERSIONS,
    description: 'Two pings were not answered; come back and resume.',
  },
  tryAgain: {
    code: 1013,
    reason: 'try again later',
    versions: PROTOCOL_VERSIONS,
    description: 'Tokens cannot be checked, or the log cannot be read, right now; come back.',
  },
  noToken: {
    code: 4001,
    reason: 'no token',
    versions: PROTOCOL_VERSIONS,
    description: 'There is no token, or none came in time; log in.',
  },
  authenticationFailed: {
    code: 4002,
    reason: 'authentication failed',
    versions: PROTOCOL_VERSIONS,
    description: 'The token or ticket is not good for the gateway, or a renewal is of somebody else; log in again.',
  },
  authenticationExpired: {
    code: 4003,
    reason: 'authentication expired',
    versions: PROTOCOL_VERSIONS,
    description: 'The session ended: its time ran out, or somebody ended it; log in again.',
  },
  /** Protocol 3 answers such mistakes; an unknown version is spoken to as the old ones are. */
  protocolError: {
    code: 4004,
    reason: '',
    versions: [1, 2],
    description:
      'The client broke the protocol or asked for an unknown version; coming back as it is would end the same.',
  },
  tooSlow: {
    code: 4008,
    reason: 'too slow',
    versions: PROTOCOL_VERSIONS,
    description: 'The client reads too slowly; come back and resume.',
  },
  tooManySockets: {
    code: 4029,
    reason: 'too many sessions',
    versions: PROTOCOL_VERSIONS,
    description: 'The user has as many sockets as are allowed; close one first.',
  },
} as const satisfies Readonly<Record<string, CloseContract>>

/** One of {@link CLOSE}. */
export type CloseReason = (typeof CLOSE)[keyof typeof CLOSE]
