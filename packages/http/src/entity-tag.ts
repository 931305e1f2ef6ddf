import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { always, LamplighterError, type Precondition } from '@lamplighter/domain'
import type { Answer } from './answer.js'

/** Strong tag of a resource's state: whatever its answer is made of, links apart, is in it. */
export function entityTag(state: object): string {
  return `"${createHash('sha256').update(JSON.stringify(state)).digest('base64url').slice(0, 27)}"`
}

/** A resource with its ETag, or 304 when the client has this very state (RFC 9110 13.1.2). */
export function taggedAnswer(headers: IncomingHttpHeaders, state: object, body: unknown): Answer {
  const etag = entityTag(state)
  const known = headers['if-none-match']
  if (known !== undefined && names(known, etag, 'weak')) return { status: 304, headers: { etag } }
  return { headers: { etag }, body }
}

/** What `If-Match` asks of a change (RFC 9110 13.1.1); nothing when it is absent. */
export function preconditionOf(headers: IncomingHttpHeaders): Precondition {
  const wanted = headers['if-match']
  if (wanted === undefined) return always
  return (current) => {
    const etag = entityTag(current)
    if (names(wanted, etag, 'strong')) return
    throw new LamplighterError('precondition-failed', 'the resource changed since it was read', { etag })
  }
}

/** Whether a list of tags holds this one. A weak tag never matches strongly. */
function names(list: string, etag: string, comparison: 'weak' | 'strong'): boolean {
  if (list.trim() === '*') return true
  const tags = list.split(',').map((tag) => tag.trim())
  return tags.includes(etag) || (comparison === 'weak' && tags.includes(`W/${etag}`))
}
