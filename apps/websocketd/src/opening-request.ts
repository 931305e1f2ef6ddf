import type { IncomingMessage } from 'node:http'
import { OPENING, PROTOCOL_VERSIONS, type ProtocolVersion, TOKEN_HEADER } from '@lamplighter/contracts'
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
    version: readVersion(firstOf(query.getAll(OPENING.version))),
    // The query wins; an empty one counts as absent.
    token: firstOf([...query.getAll(OPENING.token), header(request, TOKEN_HEADER)]),
    ticket: firstOf(query.getAll(OPENING.ticket)),
    resume: firstOf(query.getAll(OPENING.resume)),
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
  return PROTOCOL_VERSIONS.find((one) => one === version) ?? 'unknown'
}
