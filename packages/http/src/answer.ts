import type { Readable } from 'node:stream'

/** What a handler answers. The status defaults to the contract's. */
export type Answer = {
  readonly status?: number
  readonly body?: unknown
  /** Streamed instead of a body. */
  readonly stream?: Readable
  readonly headers?: Readonly<Record<string, string | number>>
}

/** The answer to a creation; `replayed` says that the request was a repetition and nothing was created by it. */
export function createdAnswer(location: string, body: unknown, replayed: boolean): Answer {
  return { headers: { location, ...(replayed ? { 'idempotency-replayed': 'true' } : {}) }, body }
}
