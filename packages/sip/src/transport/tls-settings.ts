import { X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext, type TlsOptions } from 'node:tls'

/** A certificate with its chain, and its key, both PEM. */
export type TlsIdentity = { readonly certificate: string; readonly key: string }

/** How TLS is spoken: with which certificates, and whom it believes. */
export type TlsSettings = {
  /** The first is shown where the peer names no host of the others. */
  readonly identities: readonly [TlsIdentity, ...TlsIdentity[]]
  /** Whom we believe, PEM; absent: the authorities Node knows. */
  readonly ca?: string
  /** Certificates of peers: never asked for, taken when offered, or demanded. Absent: never. */
  readonly clientCertificates?: 'none' | 'optional' | 'required'
}

const MIN_VERSION = 'TLSv1.2'
const HANDSHAKE_MS = 10_000

/** Options of the listening side. @throws when a certificate or key is none */
export function serverOptions({ identities, ca, clientCertificates = 'none' }: TlsSettings): TlsOptions {
  const [first] = identities
  const named = identities.map((identity) => ({
    certificate: new X509Certificate(identity.certificate),
    context: createSecureContext({
      cert: identity.certificate,
      key: identity.key,
      ...(ca && { ca }),
      minVersion: MIN_VERSION,
    }),
  }))
  const choose = (name: string): SecureContext | undefined =>
    named.find(({ certificate }) => certificate.checkHost(name) !== undefined)?.context
  return {
    cert: first.certificate,
    key: first.key,
    ...(ca && { ca }),
    minVersion: MIN_VERSION,
    handshakeTimeout: HANDSHAKE_MS,
    requestCert: clientCertificates !== 'none',
    rejectUnauthorized: clientCertificates === 'required',
    SNICallback: (name, done) => done(null, choose(name)),
  }
}

/** Options of a connection we open: our own certificate is offered, the peer's is verified unless that is given up. */
export function clientOptions(
  { identities: [own], ca }: TlsSettings,
  serverName: string | undefined,
  rejectUnauthorized: boolean,
) {
  return {
    cert: own.certificate,
    key: own.key,
    ...(ca && { ca }),
    ...(serverName && { servername: serverName }),
    minVersion: MIN_VERSION,
    rejectUnauthorized,
  } as const
}
