import { splitOutsideQuotes, unquote } from '../message/uri.js'

/** Parameters of a `Digest` header: names in lower case, values without quotes. */
export type DigestParams = ReadonlyMap<string, string>

/** Reads a `Digest` challenge or credentials liberally: any order, quoted or not, extra blanks (sip.md 1.4). */
export function parseDigest(header: string): DigestParams | undefined {
  const match = /^\s*digest\s+(.*)$/is.exec(header)
  if (!match) return undefined
  const params = new Map<string, string>()
  for (const part of splitOutsideQuotes(match[1] ?? '', ',')) {
    const at = part.indexOf('=')
    const name = part.slice(0, Math.max(at, 0)).trim().toLowerCase()
    if (name !== '' && !params.has(name)) params.set(name, unquote(part.slice(at + 1).trim()))
  }
  return params
}

/** Puts a value into double quotes. */
export function quote(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}
