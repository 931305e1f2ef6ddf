import { createHash } from 'node:crypto'

/**
 * As little SIP as a load generator needs, for benchmarks and for thousands of phones in one process. It reads what the
 * servers under test write, long header names in their usual case, and nothing else.
 */

/** The value of the first header line of this name. */
export function headerOf(text: string, name: string): string | undefined {
  const at = text.indexOf(`\r\n${name}:`)
  if (at < 0) return undefined
  const from = at + name.length + 3
  return text.slice(from, text.indexOf('\r\n', from)).trim()
}

/** Every header line of this name, as it came. */
function headerLines(text: string, name: string): string[] {
  const lines: string[] = []
  for (let at = text.indexOf(`\r\n${name}:`); at >= 0; at = text.indexOf(`\r\n${name}:`, at + 2))
    lines.push(text.slice(at + 2, text.indexOf('\r\n', at + 2)))
  return lines
}

/** An answer to a request, a 200 unless told otherwise. */
export function answerTo(request: string, status = '200 OK'): Buffer {
  const lines = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].flatMap((name) => headerLines(request, name))
  return Buffer.from(`SIP/2.0 ${status}\r\n${lines.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`, 'latin1')
}

/** A challenge as far as it is answered. */
export type LeanChallenge = { readonly header: 'Authorization' | 'Proxy-Authorization'; realm: string; nonce: string }

/** The challenge of a 401 or 407. */
export function challengeOf(response: string): LeanChallenge | undefined {
  const line = headerOf(response, 'WWW-Authenticate')
  const value = line ?? headerOf(response, 'Proxy-Authenticate')
  const realm = /realm="([^"]*)"/.exec(value ?? '')?.[1]
  const nonce = /nonce="([^"]*)"/.exec(value ?? '')?.[1]
  if (realm === undefined || nonce === undefined) return undefined
  return { header: line === undefined ? 'Proxy-Authorization' : 'Authorization', realm, nonce }
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

/** Credentials for a challenge, MD5 with qop=auth. */
export function credentials(
  { header, realm, nonce }: LeanChallenge,
  {
    name,
    password,
    method,
    uri,
    count,
  }: { name: string; password: string; method: string; uri: string; count: number },
): string {
  const nc = count.toString(16).padStart(8, '0')
  const response = md5(`${md5(`${name}:${realm}:${password}`)}:${nonce}:${nc}:0a4f113b:auth:${md5(`${method}:${uri}`)}`)
  return `${header}: Digest username="${name}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5, cnonce="0a4f113b", qop=auth, nc=${nc}\r\n`
}
