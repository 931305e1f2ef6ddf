import { parseVia } from '../message/fields.js'
import { Headers } from '../message/headers.js'
import { type SipResponse, serialize, serializeCompact } from '../message/message.js'

/** What an answer can do without when it must be short: the peer finds out elsewhere, or the default says the same. */
const EXTRAS = new Set(['Allow', 'Accept'])
const DEFAULT_ALGORITHM = /, algorithm=MD5(?=,|$)/

/**
 * The bytes of an answer to a datagram nobody has proved to have sent, never more than it had: else whoever forges a
 * sender could turn us on it. Undefined when the answer cannot be that short: then it is not given.
 */
export function frugalAnswer(response: SipResponse, maxBytes: number): Buffer | undefined {
  const whole = serialize(response)
  if (whole.length <= maxBytes) return whole
  const lines = response.headers.list.filter(({ name }) => !EXTRAS.has(name))
  const short = new Headers(
    lines.map(({ name, value }) => ({ name, value: name === 'WWW-Authenticate' ? shortened(value) : value })),
  )
  const compact = serializeCompact({ ...response, headers: short })
  if (compact.length <= maxBytes) return compact
  const shortest = serializeCompact({ ...response, headers: withoutReceived(short) })
  return shortest.length <= maxBytes ? shortest : undefined
}

/** A challenge without what is the default anyway. */
function shortened(challenge: string): string {
  return challenge.replace(DEFAULT_ALGORITHM, '').replaceAll(', ', ',')
}

/** `received` says nothing new where the Via names the same address already. */
function withoutReceived(headers: Headers): Headers {
  const copy = new Headers(headers.list)
  const top = headers.get('via') ?? ''
  const via = parseVia(top.split(',')[0] ?? '')
  const received = via?.params.get('received')
  if (received !== undefined && received === via?.host) copy.replaceVia(top.replace(`;received=${received}`, ''))
  return copy
}
