import { X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls'

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

type Named = { readonly certificate: X509Certificate; readonly context: SecureContext }

/**
 * How TLS is spoken now. Certificates run out and are replaced while we run: connections that stand keep what they began
 * with, new ones get the new.
 */
export class TlsCredentials {
  readonly #listeners = new Set<() => void>()
  #settings: TlsSettings
  #named: readonly Named[]

  /** @throws when a certificate or key is none */
  constructor(settings: TlsSettings) {
    this.#settings = settings
    this.#named = settings.identities.map((identity) => toNamed(identity, settings))
  }

  /** From now on these. Whether certificates of peers are asked for stays as it was. @throws as the constructor, and keeps what it has */
  replace({ identities, ca }: Pick<TlsSettings, 'identities' | 'ca'>): void {
    const { clientCertificates } = this.#settings
    const settings = { identities, ...(ca && { ca }), ...(clientCertificates && { clientCertificates }) }
    this.#named = identities.map((identity) => toNamed(identity, settings))
    this.#settings = settings
    for (const listener of this.#listeners) listener()
  }

  /** When the first of the certificates runs out, in epoch milliseconds. */
  get expiresAtMs(): number {
    return Math.min(...this.#named.map(({ certificate }) => Date.parse(certificate.validTo)))
  }

  /** Calls the listener after each replacement, until what is returned is called. */
  onReplaced(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Options of the listening side; the certificate is chosen by the name a peer asks for, whichever is held then. */
  serverOptions(): TlsOptions {
    const { clientCertificates = 'none' } = this.#settings
    return {
      ...this.contextOptions(),
      handshakeTimeout: HANDSHAKE_MS,
      requestCert: clientCertificates !== 'none',
      rejectUnauthorized: clientCertificates === 'required',
      SNICallback: (name, done) => done(null, this.#choose(name)),
    }
  }

  /** What peers get that name no host of ours. */
  contextOptions(): SecureContextOptions {
    const { identities, ca } = this.#settings
    return contextOptions(identities[0], ca)
  }

  /** Options of a connection we open: our own certificate is offered, the peer's is verified unless that is given up. */
  clientOptions(serverName: string | undefined, rejectUnauthorized: boolean) {
    return { ...this.contextOptions(), ...(serverName && { servername: serverName }), rejectUnauthorized }
  }

  #choose(name: string): SecureContext | undefined {
    return this.#named.find(({ certificate }) => certificate.checkHost(name) !== undefined)?.context
  }
}

function toNamed(identity: TlsIdentity, { ca }: TlsSettings): Named {
  return {
    certificate: new X509Certificate(identity.certificate),
    context: createSecureContext(contextOptions(identity, ca)),
  }
}

function contextOptions({ certificate, key }: TlsIdentity, ca: string | undefined): SecureContextOptions {
  return { cert: certificate, key, ...(ca && { ca }), minVersion: MIN_VERSION }
}
