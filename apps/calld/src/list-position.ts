import { InvalidInputError } from '@lamplighter/domain'

/** The opaque cursor that names a position in a list. */
export function writePosition(...parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/** Reads a cursor back. @param fits what its parts must be @throws InvalidInputError when it is not one of ours */
export function readPosition<Parts extends readonly unknown[]>(
  cursor: string,
  fits: (parts: readonly unknown[]) => parts is Parts,
): Parts {
  const parts = parsed(cursor)
  if (Array.isArray(parts) && fits(parts)) return parts
  throw InvalidInputError.of('cursor', 'regex', 'is not a cursor of this list')
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
