/** Why a socket is closed by the gateway (bus.md 3.5). Clients decide by these codes whether to come back. */
export const CLOSE = {
  /** The server stops; come back. */
  shutdown: { code: 1001, reason: '' },
  /** A version that is not a number; the original's own answer. */
  badVersion: { code: 1011, reason: '' },
  /** No answer to a ping; come back and resume. */
  unreachable: { code: 1011, reason: 'keepalive ping timeout' },
  /** Tokens cannot be checked, or the log cannot be read, right now; come back. */
  tryAgain: { code: 1013, reason: 'try again later' },
  noToken: { code: 4001, reason: 'no token' },
  /** The token or ticket is not good for the gateway, or a renewal is of somebody else; log in again. */
  authenticationFailed: { code: 4002, reason: 'authentication failed' },
  /** The session ended: its time ran out, or somebody ended it; log in again. */
  authenticationExpired: { code: 4003, reason: 'authentication expired' },
  /** The client broke the protocol; coming back as it is would end the same. */
  protocolError: { code: 4004, reason: '' },
  /** The client reads too slowly; come back and resume. */
  tooSlow: { code: 4008, reason: 'too slow' },
  /** The user has as many sockets as are allowed; close one first. */
  tooManySockets: { code: 4029, reason: 'too many sessions' },
} as const

/** One of {@link CLOSE}. */
export type CloseReason = (typeof CLOSE)[keyof typeof CLOSE]
