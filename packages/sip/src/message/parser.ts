import { canonicalName, type Header, Headers, knownName } from './headers.js'
import type { SipMessage } from './message.js'
import { isWellFormed } from './well-formed.js'

/** What is wrong with bytes that are no message. */
export type ParseProblem =
  | 'too_large'
  | 'start_line'
  | 'version'
  | 'header_line'
  | 'header_limit'
  | 'line_limit'
  | 'missing_header'
  | 'repeated_header'
  | 'content_length'
  | 'truncated'
  | 'bad_header'

/** Where parsing stopped. `partial` is what could be read: enough to answer 400 when it is a request with a Via. */
export type ParseFailure = {
  readonly ok: false
  readonly problem: ParseProblem
  /** Byte offset of the line that is wrong. */
  readonly position: number
  readonly partial: SipMessage | undefined
}

/** The message, or why there is none. */
export type ParseResult = { readonly ok: true; readonly message: SipMessage } | ParseFailure

/** Limits of what is read at all. */
export const PARSER_LIMITS = { messageBytes: 65_536, headerBytes: 16_384, lineBytes: 8192, headers: 128 } as const

/** A line as it stands at its byte offset, or with its continuation lines. */
type Line = { readonly text: string; readonly position: number; readonly folded: boolean }
type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly uri: string; readonly broken?: true }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string; readonly broken?: true }

/** Would end a line for somebody else. */
const CONTROL = /[\0\r\n]/
const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/
const OTHER_VERSION = / SIP\/(?!2\.0\s*$)\d+\.\d+\s*$/i
const NEEDED = ['via', 'from', 'to', 'call-id', 'cseq']
const SINGLE = new Set([
  'call-id',
  'cseq',
  'from',
  'to',
  'max-forwards',
  'content-length',
  'event',
  'expires',
  'content-type',
])

/**
 * Reads one datagram: bytes in, a message or a positioned problem out; it never throws. Without Content-Length the body
 * is the rest of the datagram; bytes after it are ignored (sip.md 1.3).
 */
export function parseDatagram(bytes: Buffer): ParseResult {
  if (bytes.length > PARSER_LIMITS.messageBytes) return failure('too_large', 0)
  const headEnd = findHeadEnd(bytes)
  if (headEnd.at > PARSER_LIMITS.headerBytes) return failure('header_limit', PARSER_LIMITS.headerBytes)
  const lines = unfold(bytes.toString('latin1', 0, headEnd.at))
  if ('problem' in lines) return lines
  const first = lines[0]
  const start = first && (parseStartLine(first.text) ?? brokenStartLine(first.text))
  if (!start) return failure('start_line', 0)
  const parsed = parseHeaders(lines, bytes)
  const body = bytes.subarray(headEnd.at + headEnd.length)
  const message = messageOf(start, parsed.headers, body)
  if (start.broken) return { ...failure('start_line', 0), partial: message }
  if (parsed.problem) return { ...parsed.problem, partial: message }
  if (!first.text.endsWith(' SIP/2.0') && OTHER_VERSION.test(first.text))
    return { ...failure('version', 0), partial: message }
  return checkMessage(message, headEnd.length === 0)
}

function messageOf(start: StartLine, headers: Headers, body: Buffer): SipMessage {
  return start.kind === 'request'
    ? { kind: 'request', method: start.method, uri: start.uri, headers, body }
    : { kind: 'response', status: start.status, reason: start.reason, headers, body }
}

function failure(problem: ParseProblem, position: number): ParseFailure {
  return { ok: false, problem, position, partial: undefined }
}

/** Where the headers end and how long the empty line is; length 0 when there is none yet. */
export function findHeadEnd(bytes: Buffer): { at: number; length: number } {
  const crlf = bytes.indexOf('\r\n\r\n')
  const lf = bytes.indexOf('\n\n')
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return { at: crlf, length: 4 }
  return lf >= 0 ? { at: lf, length: 2 } : { at: bytes.length, length: 0 }
}

/** Lines with their continuation lines joined (RFC 3261 7.3.1). */
function unfold(head: string): Line[] | ParseFailure {
  const lines: { text: string; position: number; folded: boolean }[] = []
  let position = 0
  for (const raw of head.split('\n')) {
    const text = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (text.length > PARSER_LIMITS.lineBytes) return failure('line_limit', position)
    const last = lines.at(-1)
    if ((text.startsWith(' ') || text.startsWith('\t')) && last && lines.length > 1) {
      last.text += ` ${text.trim()}`
      last.folded = true
    } else lines.push({ text, position, folded: false })
    position += raw.length + 1
  }
  if (lines.length > PARSER_LIMITS.headers + 1) return failure('header_limit', lines.at(-1)?.position ?? 0)
  return lines
}

function parseStartLine(text: string): StartLine | undefined {
  if (CONTROL.test(text)) return undefined
  const response = /^SIP\/\d+\.\d+ (\d{3})(?: (.*))?$/i.exec(text)
  if (response) return { kind: 'response', status: Number(response[1]), reason: response[2] ?? '' }
  // A blank at the end is tolerated, several in between are not (RFC 4475 3.1.2.8 to 10).
  const request = /^(\S+) (\S+) SIP\/\d+\.\d+[ \t]*$/i.exec(text)
  const [, method = '', uri = ''] = request ?? []
  return TOKEN.test(method) && !/^<|>$/.test(uri) && uri !== '' ? { kind: 'request', method, uri } : undefined
}

/** Enough of a request to be told that it cannot be read. */
function brokenStartLine(text: string): (StartLine & { readonly broken: true }) | undefined {
  const method = /^(\S+)[ \t].*SIP\/\d+\.\d+[ \t]*$/i.exec(text)?.[1]
  return method !== undefined && TOKEN.test(method) && !CONTROL.test(text)
    ? { kind: 'request', method, uri: '', broken: true }
    : undefined
}

/** The lines behind the first. */
function parseHeaders(lines: readonly Line[], bytes: Buffer): { headers: Headers; problem: ParseFailure | undefined } {
  const list: Header[] = []
  const names: string[] = []
  let problem: ParseFailure | undefined
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at] as Line
    const { text, position } = line
    const colon = text.indexOf(':')
    const name = text.slice(0, Math.max(colon, 0)).trim()
    const known = knownName(name)
    if (colon < 1 || (known === undefined && !TOKEN.test(name)) || CONTROL.test(text))
      problem ??= failure('header_line', position)
    else {
      list.push({ name, value: readValue(line, colon, bytes) })
      names.push(known ?? canonicalName(name))
    }
  }
  return { headers: new Headers(list, names), problem }
}

/** Latin-1 was only the way to the text: values are UTF-8. A value does not keep the text of its message alive. */
function readValue({ text, position, folded }: Line, colon: number, bytes: Buffer): string {
  const value = text.slice(colon + 1).trim()
  if (folded) return Buffer.from(value, 'latin1').toString('utf8')
  const start = position + text.indexOf(value, colon + 1)
  return bytes.toString('utf8', start, start + value.length)
}

function checkMessage(message: SipMessage, noEnd: boolean): ParseResult {
  const { headers } = message
  const bad = (problem: ParseProblem): ParseFailure => ({ ok: false, problem, position: 0, partial: message })
  const { names } = headers
  if (!NEEDED.every((name) => names.includes(name))) return bad('missing_header')
  if (names.some((name, at) => SINGLE.has(name) && names.indexOf(name) < at)) return bad('repeated_header')
  if (noEnd) return bad('truncated')
  if (!isWellFormed(message)) return bad('bad_header')
  const length = headers.get('content-length')
  if (length === undefined) return { ok: true, message }
  if (!/^\d{1,9}$/.test(length)) return bad('content_length')
  if (Number(length) > message.body.length) return bad('truncated')
  if (Number(length) === message.body.length) return { ok: true, message }
  return { ok: true, message: { ...message, body: message.body.subarray(0, Number(length)) } }
}
