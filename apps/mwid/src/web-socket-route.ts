import type { WebSocketRoute } from '@lamplighter/http'
import type { RemoteAddress, SipSocket } from '@lamplighter/sip'

/** Where browsers open their SIP sockets. */
const SIP_SOCKET_PATH = '/api/sip'

/** Whose pages may open sockets: `same`, pages of this very host; `any`; or these origins. */
export type AllowedOrigins = 'same' | 'any' | readonly string[]

/** Takes a socket; undefined while this process does not notify. */
export type SocketTaker = ((socket: SipSocket, peer: RemoteAddress) => void) | undefined

/** SIP over web sockets beside the APIs (RFC 7118): sub-protocol `sip`, and a page that may (RFC 6455 10.2). */
export function sipSocketRoute(origins: AllowedOrigins, taker: () => SocketTaker): WebSocketRoute {
  return {
    paths: [SIP_SOCKET_PATH],
    protocol: 'sip',
    refuse: ({ headers, host }) => {
      if (!mayOpen(headers.origin, host, origins)) return 403
      return taker() ? undefined : 503
    },
    accept: (socket, request) => {
      const take = taker()
      if (!take) return socket.close(1013)
      const { remotePort = 0 } = request.raw.socket
      take(socket, { host: request.ip, port: remotePort, transport: request.protocol === 'https' ? 'WSS' : 'WS' })
    },
  }
}

/** Only browsers send an Origin, and only they can be led by a stranger's page. */
function mayOpen(origin: string | undefined, host: string, allowed: AllowedOrigins): boolean {
  if (origin === undefined || allowed === 'any') return true
  if (allowed !== 'same') return allowed.includes(origin.toLowerCase())
  return URL.canParse(origin) && new URL(origin).host === host
}
