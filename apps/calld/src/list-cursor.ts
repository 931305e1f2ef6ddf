import { createHash } from 'node:crypto'
import { InvalidInputError, isUuid } from '@lamplighter/domain'
import type { ListPosition, MessageOrder } from '@lamplighter/store'

/** What must not change from page to page: order, direction, selection and filters. */
export type ListIdentity = Readonly<Record<string, unknown>>

const CURSOR = /^[A-Za-z0-9_-]{1,1024}$/
const KEYS: Readonly<Record<MessageOrder, (key: unknown) => boolean>> = {
  id: isId,
  caller_id_name: (key) => key === null || (typeof key === 'string' && key.length <= 256 && !key.includes('\0')),
  duration: (key) => isInteger(key, 2 ** 31),
  timestamp: (key) => isInteger(key, Number.MAX_SAFE_INTEGER),
}

/** Text of a position: opaque to clients, and good only for the list it comes from. */
export function writeCursor(identity: ListIdentity, { key, id }: ListPosition): string {
  return Buffer.from(JSON.stringify([fingerprint(identity), key, id])).toString('base64url')
}

/** The position a cursor stands for. @throws InvalidInputError when it is none, or one of another list */
export function readCursor(identity: ListIdentity, order: MessageOrder, cursor: string): ListPosition {
  const [list, key, id] = parse(cursor)
  if (list !== fingerprint(identity)) {
    throw InvalidInputError.of('cursor', 'cursor', 'belongs to a list of another order, direction or filter')
  }
  if (!isId(id) || !KEYS[order](key)) throw noCursor()
  return { key: key as ListPosition['key'], id: id as string }
}

function parse(cursor: string): unknown[] {
  if (!CURSOR.test(cursor)) throw noCursor()
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(value)) return value
  } catch {
    // Said below, like everything else that we did not write.
  }
  throw noCursor()
}

function noCursor(): InvalidInputError {
  return InvalidInputError.of('cursor', 'cursor', 'is not a cursor of this list')
}

function fingerprint(identity: ListIdentity): string {
  const known = Object.entries(identity).filter(([, value]) => value !== undefined)
  const text = JSON.stringify(known.sort(([a], [b]) => (a < b ? -1 : 1)))
  return createHash('sha256').update(text).digest('base64url').slice(0, 16)
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && isUuid(value)
}

function isInteger(value: unknown, below: number): boolean {
  return Number.isInteger(value) && Math.abs(value as number) < below
}
