/** A login and its password as HTTP Basic carries them. */
export type BasicCredentials = { readonly username: string; readonly password: string }

/** Longest header worth decoding. */
const MAX_HEADER_CHARS = 2048

/**
 * Reads HTTP Basic credentials: UTF-8, else Latin-1; cut at the first colon; an empty login or password counts as none
 * (rest.md 4.2).
 */
export function readBasicCredentials(header: string | undefined): BasicCredentials | undefined {
  if (!header || header.length > MAX_HEADER_CHARS) return undefined
  const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header)?.[1]
  if (!encoded) return undefined
  const decoded = decode(Buffer.from(encoded, 'base64'))
  const colon = decoded.indexOf(':')
  if (colon < 1 || colon === decoded.length - 1 || decoded.includes('\0')) return undefined
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}
