import {
  StreamTransport,
  type TlsCredentials,
  type Transport,
  UdpTransport,
  type WebSocketTransport,
} from '@lamplighter/sip'

/** Where the SIP worker listens. Port 0 takes a free one. */
export type TransportSettings = {
  readonly host: string
  /** UDP. */
  readonly port: number
  /** Absent: no TCP. */
  readonly tcpPort?: number
  /** Absent: no TLS. */
  readonly tls?: { readonly port: number; readonly credentials: TlsCredentials }
}

/** The transports of one term; UDP stands for the worker where no peer is in question. */
export function createTransports(
  { host, port, tcpPort, tls }: TransportSettings,
  webSockets: WebSocketTransport,
): [Transport, ...Transport[]] {
  return [
    new UdpTransport({ host, port }),
    webSockets,
    ...(tcpPort === undefined ? [] : [new StreamTransport({ host, port: tcpPort })]),
    ...(tls === undefined ? [] : [new StreamTransport({ host, port: tls.port, tls: tls.credentials })]),
  ]
}
