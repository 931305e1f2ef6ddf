import { createHash, createHmac } from 'node:crypto'

/**
 * Makes refresh tokens. A token is derived from its row's id with the installation's key, so that a repeated login can
 * be given the same one again although only its hash is kept (decision 0009).
 */
export class RefreshTokenIssuer {
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  /** The token of a row: 43 characters, 256 bits nobody can guess without the key. */
  issue(id: string): string {
    return createHmac('sha256', this.#key).update(id).digest('base64url')
  }
}

/** What is kept of a refresh token. It has 256 random-looking bits, so a fast hash is enough. */
export function hashRefreshToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
