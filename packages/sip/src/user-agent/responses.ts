import { partyOf } from '../message/fields.js'
import { Headers } from '../message/headers.js'
import type { SipRequest, SipResponse } from '../message/message.js'
import { randomHex } from '../random-hex.js'

/** Reason phrases of what we answer. */
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  415: 'Unsupported Media Type',
  416: 'Unsupported URI Scheme',
  420: 'Bad Extension',
  423: 'Interval Too Brief',
  439: 'First Hop Lacks Outbound Support',
  481: 'Subscription Does Not Exist',
  489: 'Bad Event',
  500: 'Server Internal Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  505: 'Version Not Supported',
}

/** Header lines of an answer, in order. */
export type HeaderLines = readonly (readonly [name: string, value: string])[]

/** A new tag: unguessable and unique. */
export function newTag(): string {
  return randomHex(8)
}

/** A tag that begins no dialog: short, because some answers must be. */
export function shortTag(): string {
  return randomHex(3)
}

/** An answer to a request: what RFC 3261 8.2.6.2 has copied, a To tag, and the given lines. */
export function createResponse(
  request: SipRequest,
  status: number,
  lines: HeaderLines = [],
  toTag: string = shortTag(),
): SipResponse {
  const headers = new Headers()
  for (const via of request.headers.all('via')) headers.add('Via', via)
  const to = request.headers.get('to')
  const tagged = partyOf(request.headers, 'to')?.params.has('tag')
  const copied: (readonly [string, string | undefined])[] = [
    ['From', request.headers.get('from')],
    ['To', to === undefined || tagged ? to : `${to};tag=${toTag}`],
    ['Call-ID', request.headers.get('call-id')],
    ['CSeq', request.headers.get('cseq')],
    ...lines,
  ]
  for (const [name, value] of copied) if (value !== undefined) headers.add(name, value)
  return { kind: 'response', status, reason: REASONS[status] ?? 'Unknown', headers, body: Buffer.alloc(0) }
}
