import type { Headers } from './headers.js'
import type { SipRequest } from './message.js'
import { type Params, parseHostPort, parseParams, parseUri, type SipUri, splitOutsideQuotes } from './uri.js'

/** A Via (RFC 3261 20.42). */
export type Via = {
  readonly transport: string
  readonly host: string
  readonly port: number | undefined
  readonly params: Params
}

/** A From, To, Contact, Route: a URI, its display name, and the header's own parameters. */
export type NameAddress = {
  readonly uriText: string
  readonly uri: SipUri | undefined
  readonly display: string
  readonly params: Params
}

/** A CSeq. */
export type CSeq = { readonly number: number; readonly method: string }

/** Sequence numbers stay below 2^31 (RFC 3261 8.1.1.5). */
const MAX_CSEQ = 2 ** 31

/** The items of a list header, over all its lines. */
export function listItems(headers: Headers, name: string): readonly string[] {
  const values = headers.all(name)
  const [only] = values
  if (only === undefined) return values
  if (values.length === 1 && !only.includes(',')) return [only.trim()]
  return values.flatMap((value) => splitOutsideQuotes(value, ',')).map((item) => item.trim())
}

/** The From or To of a message; undefined when it is neither an address nor there. */
export function partyOf(headers: Headers, name: 'from' | 'to'): NameAddress | undefined {
  return headers.once(name, () => parseNameAddress(headers.get(name) ?? ''))
}

/** The addresses of a message's Contact lines, in order; undefined for each that is none. */
export function contactsOf(headers: Headers): readonly (NameAddress | undefined)[] {
  return headers.once('contact', () => listItems(headers, 'contact').map(parseNameAddress))
}

/** The URI a request is addressed to; undefined when it is no well-formed `sip:` or `sips:` one. */
export function requestUri({ uri, headers }: SipRequest): SipUri | undefined {
  return headers.once('request-uri', () => parseUri(uri))
}

/** Parses one Via. */
export function parseVia(text: string): Via | undefined {
  const [, transport = '', sentBy = '', params = ''] =
    /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9-]+)\s+([^;]+)(?:;(.*))?$/s.exec(text.trim()) ?? []
  // Blanks around the colon are allowed, and rare.
  const place = parseHostPort(sentBy) ?? parseHostPort(sentBy.replace(/\s*:\s*/, ':'))
  if (!place) return undefined
  return { transport: transport.toUpperCase(), host: place.host, port: place.port, params: parseParams(params) }
}

/** The topmost Via: how a response finds back. */
export function topVia(headers: Headers): Via | undefined {
  return headers.once('via', () => {
    const first = listItems(headers, 'via')[0]
    return first === undefined ? undefined : parseVia(first)
  })
}

/** Parses `"Name" <uri>;params` or `uri;params`; undefined when it is neither. */
export function parseNameAddress(text: string): NameAddress | undefined {
  const trimmed = text.trim()
  const open = openingBracket(trimmed)
  if (open === undefined) return undefined
  if (open < 0) return parseBareAddress(trimmed)
  const close = trimmed.indexOf('>', open)
  const display = trimmed.slice(0, open).trim()
  const uriText = trimmed.slice(open + 1, close)
  const rest = trimmed.slice(close + 1).trim()
  if (
    close < 0 ||
    uriText === '' ||
    /\s/.test(uriText) ||
    !isDisplayName(display) ||
    (rest !== '' && !rest.startsWith(';'))
  )
    return undefined
  return { uriText, uri: parseUri(uriText), display, params: parseParams(rest.slice(1)) }
}

/** Position of `<` outside quotes, −1 when there is none, undefined when a quote is never closed. */
function openingBracket(text: string): number | undefined {
  if (!text.startsWith('"')) return text.indexOf('<')
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return text.indexOf('<', at)
  }
  return undefined
}

/** Without brackets everything after the first semicolon belongs to the header, and a `?` or comma is an error. */
function parseBareAddress(text: string): NameAddress | undefined {
  const semicolon = text.indexOf(';')
  const uriText = (semicolon < 0 ? text : text.slice(0, semicolon)).trim()
  if (uriText === '' || /[\s?,"]/.test(uriText)) return undefined
  return {
    uriText,
    uri: parseUri(uriText),
    display: '',
    params: parseParams(semicolon < 0 ? '' : text.slice(semicolon + 1)),
  }
}

function isDisplayName(text: string): boolean {
  return text === '' || /^(?:"(?:[^"\\]|\\.)*"|[A-Za-z0-9\-.!%*_+`'~ \t\u0080-\uffff]*)$/s.test(text)
}

/** Parses a CSeq; undefined when it is malformed or too large. */
export function parseCSeq(text: string | undefined): CSeq | undefined {
  const match = /^(\d{1,10})\s+([A-Za-z0-9\-.!%*_+`'~]+)$/.exec(text ?? '')
  const number = Number(match?.[1])
  return match && number < MAX_CSEQ ? { number, method: match[2] ?? '' } : undefined
}

/** The CSeq of a message; undefined when it has none that can be read. */
export function cseqOf(headers: Headers): CSeq | undefined {
  return headers.once('cseq', () => parseCSeq(headers.get('cseq')))
}

/** The number of a message's CSeq; 0, which is not newer than any, when it has none that can be read. */
export function cseqNumberOf(headers: Headers): number {
  return cseqOf(headers)?.number ?? 0
}

/** Largest number of seconds any of our rules looks at; larger ones are clamped to it. */
const MAX_SECONDS = 2 ** 32 - 1

/** Parses a number of seconds, clamped; undefined when it is absent or not a number. */
export function parseSeconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,20}$/.test(text.trim()) ? Math.min(Number(text), MAX_SECONDS) : undefined
}

/** An Event: its package in lower case, and the `id` that must be repeated in every NOTIFY. */
export type EventField = { readonly name: string; readonly id: string | undefined }

/** Parses an Event; undefined when there is none. */
export function parseEvent(text: string | undefined): EventField | undefined {
  if (text === undefined) return undefined
  const semicolon = text.indexOf(';')
  if (semicolon < 0) return { name: text.trim().toLowerCase(), id: undefined }
  return { name: text.slice(0, semicolon).trim().toLowerCase(), id: parseParams(text.slice(semicolon + 1)).get('id') }
}

/** The Event of a message; undefined when it has none. */
export function eventOf(headers: Headers): EventField | undefined {
  return headers.once('event', () => parseEvent(headers.get('event')))
}

/** A Subscription-State as a subscriber looks at it (RFC 6665 8.2.3). */
export type SubscriptionStateField = {
  readonly state: 'active' | 'pending' | 'terminated'
  readonly reason: string | undefined
  readonly expiresSec: number | undefined
  readonly retryAfterSec: number | undefined
}

/** Parses a Subscription-State; undefined when it is none of the three states. */
export function parseSubscriptionState(text: string | undefined): SubscriptionStateField | undefined {
  const [word = '', ...rest] = (text ?? '').split(';')
  const state = word.trim().toLowerCase()
  if (state !== 'active' && state !== 'pending' && state !== 'terminated') return undefined
  const params = parseParams(rest.join(';'))
  return {
    state,
    reason: params.get('reason'),
    expiresSec: parseSeconds(params.get('expires')),
    retryAfterSec: parseSeconds(params.get('retry-after')),
  }
}
