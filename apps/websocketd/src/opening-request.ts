import type { IncomingMessage } from 'node:http'
import type { ProtocolVersion } from '@lamplighter/contracts'
import type { Peer } from './message-commands.js'

/** What a client said when it opened the socket (bus.md 3.1). */
export type OpeningRequest = {
  readonly version: ProtocolVersion | 'unknown' | 'not a number'
  readonly token: string | undefined
  readonly ticket: string | undefined
  readonly resume: string | undefined
  readonly peer: Peer
}

/** Reads the request of an upgrade. */
export function readOpening(request: IncomingMessage): OpeningRequest {
  const [, search = ''] = (request.url ?? '').split(/\?(.*)/s)
  const query = new URLSearchParams(search)
  const forwarded = request.headers['x-forwarded-for']
  return {
    version: readVersion(firstOf(query.getAll('version'))),
    // The query wins; an empty one counts as absent.
    token: firstOf([...query.getAll('token'), header(request, 'x-auth-token')]),
    ticket: firstOf(query.getAll('ticket')),
    resume: firstOf(query.getAll('resume')),
    peer: {
      address: request.socket.remoteAddress ?? '',
      forwardedFor: Array.isArray(forwarded) ? forwarded.join(', ') : forwarded,
    },
  }
}

function header({ headers }: IncomingMessage, name: string): string {
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? ''
}

function firstOf(values: readonly string[]): string | undefined {
  return values.find((value) => value !== '')
}

function readVersion(text: string | undefined): OpeningRequest['version'] {
  if (text === undefined) return 1
  if (!/^ *[+-]?\d{1,9} *$/.test(text)) return 'not a number'
  const version = Number(text)
  return version === 1 || version === 2 || version === 3 ? version : 'unknown'
}
