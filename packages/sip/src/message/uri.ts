/** Parameters of a URI or header: a name in lower case, and a value unless it is a flag. */
export type Params = ReadonlyMap<string, string | undefined>

/** A `sip:` or `sips:` URI (RFC 3261 19.1). The user stays escaped as it came; the host is lower case. */
export type SipUri = {
  readonly scheme: 'sip' | 'sips'
  readonly user: string | undefined
  readonly host: string
  readonly port: number | undefined
  readonly params: Params
  /** Whether a `?header` part followed. It is never used: it could steer our own requests. */
  readonly hasHeaders: boolean
}

const NO_PARAMS: Params = new Map()
const HOST = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.?)$/
const USER = /^[A-Za-z0-9\-_.!~*'()&=+$,;?/%#]+$/

/** Parses a URI; undefined when it is not a well-formed `sip:` or `sips:` one. */
export function parseUri(text: string): SipUri | undefined {
  const scheme = schemeOf(text)
  if (scheme === undefined) return undefined
  // An `@` inside the user is escaped, so the first one ends it.
  const at = text.indexOf('@')
  const user = at < 0 ? undefined : before(text.slice(scheme.length + 1, at), ':')
  if (user !== undefined && !USER.test(user)) return undefined
  const rest = text.slice(at < 0 ? scheme.length + 1 : at + 1)
  const address = before(rest, '?')
  const hostPort = before(address, ';')
  const place = parseHostPort(hostPort)
  if (!place) return undefined
  const { host, port } = place
  const params = parseParams(address.slice(hostPort.length + 1))
  return { scheme, user, host, port, params, hasHeaders: address.length < rest.length }
}

function schemeOf(text: string): SipUri['scheme'] | undefined {
  if (text.startsWith('sip:')) return 'sip'
  const scheme = text.slice(0, Math.max(0, text.indexOf(':'))).toLowerCase()
  return scheme === 'sip' || scheme === 'sips' ? scheme : undefined
}

/** Splits `host:port`, IPv6 in brackets. */
export function parseHostPort(text: string): { host: string; port: number | undefined } | undefined {
  const trimmed = text.trim()
  const colon = trimmed.indexOf(':', trimmed.indexOf(']') + 1)
  const host = colon < 0 ? trimmed : trimmed.slice(0, colon)
  const port = colon < 0 ? undefined : readPort(trimmed.slice(colon + 1))
  if (!HOST.test(host) || port === 'bad') return undefined
  return { host: host.toLowerCase(), port }
}

function readPort(digits: string): number | 'bad' {
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0
  return port >= 1 && port <= 65_535 ? port : 'bad'
}

/** Parses `a=1;b;c="x"`; a repeated name keeps its first value. */
export function parseParams(text: string): Params {
  if (text === '') return NO_PARAMS
  const params = new Map<string, string | undefined>()
  for (const part of splitOutsideQuotes(text, ';')) {
    const name = before(part, '=')
    const key = name.trim().toLowerCase()
    if (key !== '' && !params.has(key))
      params.set(key, name.length === part.length ? undefined : unquote(part.slice(name.length + 1).trim()))
  }
  return params
}

/** Splits at a character that stands outside double quotes and angle brackets. */
export function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  if (!text.includes(separator)) return [text]
  if (!text.includes('"') && !text.includes('<')) return text.split(separator)
  const parts: string[] = []
  let start = 0
  let quoted = false
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (quoted) {
      if (char === '\\') at++
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === '<') depth++
    else if (char === '>') depth--
    else if (char === separator && depth <= 0) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}

/** Takes the quotes and their escapes away. */
export function unquote(text: string): string {
  return text.startsWith('"') && text.endsWith('"') && text.length > 1 ? unescaped(text.slice(1, -1)) : text
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/g, '$1') : text
}

/** What stands before the first of these characters: all, where there is none. */
function before(text: string, separator: string): string {
  const at = text.indexOf(separator)
  return at < 0 ? text : text.slice(0, at)
}
