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

const HOST = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.?)$/
const USER = /^[A-Za-z0-9\-_.!~*'()&=+$,;?/%#]+$/

/** Parses a URI; undefined when it is not a well-formed `sip:` or `sips:` one. */
export function parseUri(text: string): SipUri | undefined {
  const scheme = /^(sips?):/i.exec(text)?.[1]?.toLowerCase()
  if (scheme !== 'sip' && scheme !== 'sips') return undefined
  const rest = text.slice(scheme.length + 1)
  // An `@` inside the user is escaped, so the first one ends it.
  const at = rest.indexOf('@')
  const user = at >= 0 ? rest.slice(0, at).split(':')[0] : undefined
  if (user !== undefined && !USER.test(user)) return undefined
  const [address = '', headers] = cut(rest.slice(at + 1), '?')
  const [hostPort = '', params] = cut(address, ';')
  const place = parseHostPort(hostPort)
  return place && { scheme, user, ...place, params: parseParams(params ?? ''), hasHeaders: headers !== undefined }
}

/** Splits `host:port`, IPv6 in brackets. */
export function parseHostPort(text: string): { host: string; port: number | undefined } | undefined {
  const match = /^(\[[^\]]*\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text.trim())
  const host = match?.[1] ?? ''
  const port = match?.[2] === undefined ? undefined : Number(match[2])
  if (!HOST.test(host) || (port !== undefined && (port < 1 || port > 65_535))) return undefined
  return { host: host.toLowerCase(), port }
}

/** Parses `a=1;b;c="x"`; a repeated name keeps its first value. */
export function parseParams(text: string): Params {
  const params = new Map<string, string | undefined>()
  for (const part of splitOutsideQuotes(text, ';')) {
    const [name = '', value] = cut(part, '=')
    const key = name.trim().toLowerCase()
    if (key !== '' && !params.has(key)) params.set(key, value === undefined ? undefined : unquote(value.trim()))
  }
  return params
}

/** Splits at a character that stands outside double quotes and angle brackets. */
export function splitOutsideQuotes(text: string, separator: string): string[] {
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
  return text.startsWith('"') && text.endsWith('"') && text.length > 1
    ? text.slice(1, -1).replace(/\\(.)/g, '$1')
    : text
}

function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
