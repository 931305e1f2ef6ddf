import { createHmac } from 'node:crypto'
import { InvalidInputError } from '@lamplighter/domain'
import type { FastifyRequest } from 'fastify'

/** The client's Idempotency-Key, if it sent one. @throws InvalidInputError when it is not 1 to 255 visible characters */
export function readIdempotencyKey({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const header = headers['idempotency-key']
  const key = Array.isArray(header) ? header[0] : header
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw InvalidInputError.of('Idempotency-Key', 'regex', 'must be 1 to 255 printable characters')
}

/**
 * Tells two requests apart by path and body, whatever the order of the keys. Keyed, because it is kept and a body may
 * hold a password.
 */
export function fingerprint(secret: Uint8Array, path: string, body: unknown): string {
  return createHmac('sha256', secret)
    .update(`${path}\n${canonicalJson(body)}`)
    .digest('hex')
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
  })
}
