import { isIP } from 'node:net'
import { type EnvironmentReader, StartError } from '@lamplighter/runtime'

/** Files with certificates; PEM. The lists go together, one key for each certificate. */
export type TlsFiles = {
  readonly port: number
  readonly certificates: readonly string[]
  readonly keys: readonly string[]
  /** Whom to believe; undefined: the authorities Node knows. */
  readonly ca: string | undefined
  readonly clientCertificates: 'none' | 'optional' | 'required'
}

/** What the process is told of its SIP side. */
export type SipConfig = {
  readonly host: string
  readonly port: number
  /** Undefined: no TCP. */
  readonly tcpPort: number | undefined
  /** Undefined: no TLS. */
  readonly tls: TlsFiles | undefined
  /** Whose pages may open web sockets. */
  readonly webSocketOrigins: 'same' | 'any' | readonly string[]
  readonly realm: string
  readonly advertisedHost: string | undefined
  /** How often every lamp is compared with the truth. */
  readonly reconcileSec: number
  /** How many NOTIFYs go out a second, in all and to one next hop. */
  readonly notifyRates: { readonly perSec: number; readonly perHopPerSec: number }
  readonly accessCodes: readonly string[]
}

const PORTS = { min: 0, max: 65_535 }
const RATES = { min: 1, max: 1_000_000 }
const CLIENT_CERTIFICATES = ['none', 'optional', 'required'] as const

/** Reads `LAMPLIGHTER_SIP_*`. @throws StartError */
export function readSip(read: EnvironmentReader): SipConfig {
  const port = read.integer('LAMPLIGHTER_SIP_PORT', 5060, PORTS)
  return {
    host: readHost(read.text('LAMPLIGHTER_SIP_HOST') ?? '127.0.0.1'),
    port,
    tcpPort:
      read.text('LAMPLIGHTER_SIP_TCP_PORT') === 'off'
        ? undefined
        : read.integer('LAMPLIGHTER_SIP_TCP_PORT', port, PORTS),
    tls: readTls(read),
    webSocketOrigins: readOrigins(read.text('LAMPLIGHTER_SIP_WS_ORIGINS') ?? 'same'),
    realm: read.text('LAMPLIGHTER_SIP_REALM') ?? 'lamplighter',
    advertisedHost: read.text('LAMPLIGHTER_SIP_ADVERTISED_HOST'),
    reconcileSec: read.integer('LAMPLIGHTER_SIP_RECONCILE_SEC', 300, { min: 1, max: 86_400 }),
    notifyRates: {
      perSec: read.integer('LAMPLIGHTER_SIP_NOTIFY_RATE', 4000, RATES),
      perHopPerSec: read.integer('LAMPLIGHTER_SIP_HOP_RATE', 1000, RATES),
    },
    accessCodes: list(read.text('LAMPLIGHTER_ACCESS_CODES') ?? '*97,*98'),
  }
}

/** A name would be bound to whichever of its addresses comes first. @throws StartError */
function readHost(host: string): string {
  if (isIP(host) !== 0 || host === 'localhost') return host
  throw new StartError(`LAMPLIGHTER_SIP_HOST must be an address, like 0.0.0.0 or ::, not "${host}"`)
}

function readTls(read: EnvironmentReader): TlsFiles | undefined {
  const certificates = list(read.text('LAMPLIGHTER_SIP_TLS_CERTIFICATE') ?? '')
  const keys = list(read.text('LAMPLIGHTER_SIP_TLS_KEY') ?? '')
  if (certificates.length !== keys.length) {
    throw new StartError('LAMPLIGHTER_SIP_TLS_CERTIFICATE and LAMPLIGHTER_SIP_TLS_KEY must name as many files')
  }
  if (certificates.length === 0) return undefined
  return {
    port: read.integer('LAMPLIGHTER_SIP_TLS_PORT', 5061, PORTS),
    certificates,
    keys,
    ca: read.text('LAMPLIGHTER_SIP_TLS_CA'),
    clientCertificates: read.choice('LAMPLIGHTER_SIP_TLS_CLIENT_CERTIFICATES', 'none', CLIENT_CERTIFICATES),
  }
}

/** @throws StartError */
function readOrigins(text: string): SipConfig['webSocketOrigins'] {
  if (text === 'same' || text === 'any') return text
  const origins = list(text).map((origin) => origin.toLowerCase())
  const wrong = origins.find((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin)
  if (wrong === undefined) return origins
  throw new StartError(
    `LAMPLIGHTER_SIP_WS_ORIGINS must be same, any, or origins like https://phone.example, not "${wrong}"`,
  )
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
