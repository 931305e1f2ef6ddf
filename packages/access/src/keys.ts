import { hkdfSync } from 'node:crypto'

/** Keys for separate purposes, all from the one secret of the installation. */
export type InstallationKeys = {
  readonly tokenKey: Buffer
  readonly refreshKey: Buffer
  readonly nonceKey: Buffer
  readonly fingerprintKey: Buffer
  readonly linkKey: Buffer
  /** Seals the passwords we present to other servers. */
  readonly peerSecretKey: Buffer
}

const KEY_BYTES = 32
/** A shorter secret could be guessed. */
const MIN_SECRET_CHARS = 32

/** Derives the keys every process of an installation shares. @throws RangeError when the secret is too short */
export function deriveKeys(secret: string): InstallationKeys {
  if (secret.length < MIN_SECRET_CHARS)
    throw new RangeError(`the secret must have at least ${MIN_SECRET_CHARS} characters`)
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', secret, 'lamplighter', purpose, KEY_BYTES))
  return {
    tokenKey: derive('token'),
    refreshKey: derive('refresh token'),
    nonceKey: derive('sip nonce'),
    fingerprintKey: derive('request fingerprint'),
    linkKey: derive('recording link'),
    peerSecretKey: derive('peer secret'),
  }
}
