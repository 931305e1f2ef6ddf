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
  let text = `SIP/2.0 ${status} \r\n`
  for (const { name, value } of headers.list) text += `${oneLine(SHORT[name] ?? name)}:${oneLine(value)}\r\n`
  return Buffer.from(`${text}l:0\r\n\r\n`)
}

/**
 * The bytes of a message, with the Content-Length it really has.
 *
 * @param via a Via that stands before its other lines
 */
export function serialize(message: SipMessage, via?: string): Buffer {
  const { headers, body } = message
  const start =
    message.kind === 'request'
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`
  let head = `${oneLine(start)}\r\n`
  if (via !== undefined) head += `${oneLine(`Via: ${via}`)}\r\n`
  for (const { name, value } of headers.list) head += `${oneLine(`${name}: ${value}`)}\r\n`
  head += `Content-Length: ${body.length}\r\n\r\n`
  if (body.length === 0) return Buffer.from(head)
  const length = Buffer.byteLength(head)
  const bytes = Buffer.allocUnsafe(length + body.length)
  bytes.write(head)
  body.copy(bytes, length)
  return bytes
}

function oneLine(text: string): string {
  if (/[\r\n\0]/.test(text)) throw new SerializationError('a header line contains a line end')
  return text
}
