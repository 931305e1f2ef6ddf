import { InvalidInputError } from '@lamplighter/domain'
import { describe, expect, it } from 'vitest'
import { fingerprint, readIdempotencyKey } from './idempotency.js'

const secret = Buffer.from('a secret')

describe('an idempotency key', () => {
  it('is what the header says, and absent without it', () => {
    expect(readIdempotencyKey({ headers: { 'idempotency-key': 'abc-1' } })).toBe('abc-1')
    expect(readIdempotencyKey({ headers: {} })).toBe(undefined)
  })

  it.each(['', 'a b', 'é', 'x'.repeat(256)])('is refused when it reads %j', (key) => {
    expect(() => readIdempotencyKey({ headers: { 'idempotency-key': key } })).toThrow(InvalidInputError)
  })
})

describe('the fingerprint of a request', () => {
  const of = (path: string, body: unknown) => fingerprint(secret, path, body)

  it('does not depend on the order of keys', () => {
    expect(of('/a', { b: { d: 1, c: [2] }, a: 1 })).toBe(of('/a', { a: 1, b: { c: [2], d: 1 } }))
  })

  it('depends on path, values and the order of lists', () => {
    const all = [of('/a', { a: [1, 2] }), of('/b', { a: [1, 2] }), of('/a', { a: [2, 1] }), of('/a', { a: ['1', 2] })]
    expect(new Set(all).size).toBe(4)
  })

  it('cannot be made by who does not know the secret: it is kept beside hashed passwords', () => {
    expect(fingerprint(Buffer.from('another'), '/a', {})).not.toBe(of('/a', {}))
  })
})
