import type { Answer } from '@lamplighter/http'

/** The answer to a creation of auth, which has no `Location`; a repetition says so. */
export function creationAnswer(body: unknown, replayed: boolean): Answer {
  return replayed ? { headers: { 'idempotency-replayed': 'true' }, body } : { body }
}
