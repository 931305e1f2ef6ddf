import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SecretBox } from './sealed-secret.js'

describe('a sealed secret', () => {
  const box = new SecretBox(randomBytes(32))

  it('opens for its row, and never looks the same twice', () => {
    const [one, two] = [box.seal('påssword', 'row-1'), box.seal('påssword', 'row-1')]
    expect([box.open(one, 'row-1'), box.open(two, 'row-1')]).toEqual(['påssword', 'påssword'])
    expect(one).not.toBe(two)
  })

  it('does not open for another row, with another key, or when a bit of it changed', () => {
    const sealed = box.seal('password', 'row-1')
    const tampered = Buffer.from(sealed, 'base64')
    tampered[tampered.length - 1] = (tampered.at(-1) ?? 0) ^ 1
    expect(box.open(sealed, 'row-2')).toBeUndefined()
    expect(new SecretBox(randomBytes(32)).open(sealed, 'row-1')).toBeUndefined()
    expect(box.open(tampered.toString('base64'), 'row-1')).toBeUndefined()
    expect(box.open('', 'row-1')).toBeUndefined()
  })
})
