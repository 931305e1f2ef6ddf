import { hash } from 'node:crypto'

/** Algorithms offered (RFC 7616); names compare without case. */
export type DigestAlgorithm = 'MD5' | 'SHA-256'

/** Hex hash of a text. */
function digestHash(algorithm: DigestAlgorithm, text: string): string {
  return hash(algorithm === 'MD5' ? 'md5' : 'sha256', text, 'hex')
}

/** HA1: what is kept instead of a password (RFC 7616 3.4.2). */
export function computeHa1(algorithm: DigestAlgorithm, username: string, realm: string, password: string): string {
  return digestHash(algorithm, `${username}:${realm}:${password}`)
}

/** What a response is computed from. Without qop it is the old form of RFC 2069. */
export type ResponseParts = {
  readonly ha1: string
  readonly method: string
  readonly uri: string
  readonly nonce: string
  readonly qop: { readonly nc: string; readonly cnonce: string } | undefined
}

/** The response of a digest (RFC 7616 3.4.1). */
export function computeResponse(algorithm: DigestAlgorithm, { ha1, method, uri, nonce, qop }: ResponseParts): string {
  const ha2 = digestHash(algorithm, `${method}:${uri}`)
  const middle = qop ? `${nonce}:${qop.nc}:${qop.cnonce}:auth` : nonce
  return digestHash(algorithm, `${ha1}:${middle}:${ha2}`)
}
