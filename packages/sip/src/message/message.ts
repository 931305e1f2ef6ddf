import type { Headers } from './headers.js'

/** A request. `uri` stays as it came: a NOTIFY must repeat it to the letter. */
export type SipRequest = {
  readonly kind: 'request'
  readonly method: string
  readonly uri: string
  readonly headers: Headers
  readonly body: Buffer
}

/** A response. */
export type SipResponse = {
  readonly kind: 'response'
  readonly status: number
  readonly reason: string
  readonly headers: Headers
  readonly body: Buffer
}

/** A SIP message. */
export type SipMessage = SipRequest | SipResponse

/** Thrown when a message of ours would carry something that could end a header line. It is a bug, not an input. */
class SerializationError extends Error {
  override readonly name = 'SerializationError'
}

/** Compact names of what every answer carries (RFC 3261 7.3.3). */
const SHORT: Readonly<Record<string, string>> = { Via: 'v', From: 'f', To: 't', 'Call-ID': 'i', 'Allow-Events': 'u' }

/** The shortest bytes that say the same: compact names, no blanks, no reason phrase. Without a body. */
export function serializeCompact({ status, headers }: SipResponse): Buffer {
  return encode([
    `SIP/2.0 ${status} `,
    ...headers.list.map(({ name, value }) => `${SHORT[name] ?? name}:${value}`),
    'l:0',
  ])
}

/** The bytes of a message, with the Content-Length it really has. */
export function serialize(message: SipMessage): Buffer {
  const start =
    message.kind === 'request'
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`
  const lines = [start, ...message.headers.list.map(({ name, value }) => `${name}: ${value}`)]
  lines.push(`Content-Length: ${message.body.length}`)
  const head = encode(lines)
  return message.body.length === 0 ? head : Buffer.concat([head, message.body])
}

function encode(lines: readonly string[]): Buffer {
  for (const line of lines) if (/[\r\n\0]/.test(line)) throw new SerializationError('a header line contains a line end')
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8')
}
