/** Why a socket is closed by us (bus.md 3.5). Clients decide by these codes whether to come back. */
export const CLOSE = {
  /** The server stops; come back. */
  shutdown: { code: 1001, reason: '' },
  /** A version that is not a number; the original's own answer. */
  badVersion: { code: 1011, reason: '' },
  /** Tokens cannot be checked now; come back. */
  tryAgain: { code: 1013, reason: 'try again later' },
  noToken: { code: 4001, reason: 'no token' },
  authenticationFailed: { code: 4002, reason: 'authentication failed' },
  authenticationExpired: { code: 4003, reason: 'authentication expired' },
  /** The client broke the protocol; coming back as it is would end the same. */
  protocolError: { code: 4004, reason: '' },
  /** The client reads too slowly; come back and resume. */
  tooSlow: { code: 4008, reason: 'too slow' },
} as const

/** One of {@link CLOSE}. */
export type CloseReason = (typeof CLOSE)[keyof typeof CLOSE]
