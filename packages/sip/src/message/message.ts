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

/** The bytes of a message, with the Content-Length it really has. */
export function serialize(message: SipMessage): Buffer {
  const start =
    message.kind === 'request'
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`
  const lines = [start, ...message.headers.list.map(({ name, value }) => `${name}: ${value}`)]
  lines.push(`Content-Length: ${message.body.length}`)
  for (const line of lines) if (/[\r\n\0]/.test(line)) throw new SerializationError('a header line contains a line end')
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8')
  return message.body.length === 0 ? head : Buffer.concat([head, message.body])
}
