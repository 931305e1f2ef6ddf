/** Limits and intervals of the gateway. */
export type GatewaySettings = {
  /** A socket that answered nothing between two pings is dead. */
  readonly pingIntervalMs: number
  /** How often every session is looked at in the store, for what no event said. */
  readonly recheckIntervalMs: number
  /** How often the log is looked at while the bus is away, and every so often anyway. */
  readonly pollIntervalMs: number
  /** How long a socket without a token may take to send one. */
  readonly firstFrameMs: number
  /** Sockets and streams of one user in this process. */
  readonly socketsPerUser: number
  readonly subscriptions: number
  /** What may wait for one client. */
  readonly bufferedEvents: number
  readonly bufferedBytes: number
  /** How long the client of a stream that ended may take to read what waits for it. */
  readonly lingerMs: number
  /** Events delivered to a client that comes back; with more it reads the state instead. */
  readonly replayedEvents: number
  /** Events of the log looked through for one client that comes back. */
  readonly replayedRows: number
}

/** What holds where nothing else is said. */
export const DEFAULT_SETTINGS: GatewaySettings = {
  pingIntervalMs: 20_000,
  recheckIntervalMs: 15_000,
  pollIntervalMs: 2000,
  firstFrameMs: 5000,
  socketsPerUser: 50,
  subscriptions: 1000,
  bufferedEvents: 1000,
  bufferedBytes: 1024 * 1024,
  lingerMs: 5000,
  replayedEvents: 10_000,
  replayedRows: 100_000,
}
