import { describe, expect, it } from 'vitest'
import { hashSecret, verifySecret } from './secret.js'

describe('secrets', () => {
  it('are verified against their hash only', async () => {
    const hashed = await hashSecret('4711')
    expect(hashed).not.toContain('4711')
    expect(await verifySecret(hashed, '4711')).toBe(true)
    expect(await verifySecret(hashed, '4712')).toBe(false)
  })

  it('are refused for nobody after the same work', async () => {
    expect(await verifySecret(undefined, '4711')).toBe(false)
  })
})
