import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { deriveKeys } from './keys.js'
import { hashRefreshToken, RefreshTokenIssuer } from './refresh-token.js'

const issuer = (secret: string) => new RefreshTokenIssuer(deriveKeys(secret).refreshKey)

describe('refresh tokens', () => {
  it('are the same for the same row, and another for every other row or installation', () => {
    const id = randomUUID()
    const ours = issuer('a secret of more than thirty-two characters')
    expect(ours.issue(id)).toBe(ours.issue(id))
    const tokens = [ours.issue(id), ours.issue(randomUUID()), issuer(randomUUID()).issue(id)]
    expect(new Set(tokens).size).toBe(3)
    expect(tokens[0]).toMatch(/^[\w-]{43}$/)
  })

  it('cannot be read back from what is kept', () => {
    const token = issuer(randomUUID()).issue(randomUUID())
    expect(hashRefreshToken(token)).toMatch(/^[0-9a-f]{64}$/)
    expect(hashRefreshToken(token)).not.toContain(token)
  })
})
