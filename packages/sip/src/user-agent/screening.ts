import { contactsOf, listItems, requestUri } from '../message/fields.js'
import type { SipRequest } from '../message/message.js'
import type { HeaderLines } from './responses.js'

/** Why a request is not even looked at further. */
export type Refusal = { readonly status: number; readonly lines: HeaderLines }

/** Known methods that no application here offers: 405, not 501 (sip.md 1.8). */
const KNOWN_METHODS = new Set([
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'REGISTER',
  'OPTIONS',
  'SUBSCRIBE',
  'NOTIFY',
  'PUBLISH',
  'INFO',
  'REFER',
  'MESSAGE',
  'UPDATE',
  'PRACK',
])

/** Option tags a request of a method may require: Path and outbound of a REGISTER (RFC 3327, RFC 5626). */
const EXTENSIONS: Readonly<Record<string, readonly string[]>> = { REGISTER: ['path', 'outbound'] }

/** Checks what holds for every well-formed request, whatever its method (RFC 3261 8.2.1 to 8.2.3; sip.md 1.8). */
export function screen(
  request: SipRequest,
  allowed: readonly string[],
  supported: readonly string[] = [],
): Refusal | undefined {
  const { headers, method, uri } = request
  const bad: Refusal = { status: 400, lines: [] }
  if (!KNOWN_METHODS.has(method)) return { status: 501, lines: [] }
  if (!allowed.includes(method)) return { status: 405, lines: [['Allow', allowed.join(', ')]] }
  if (!/^sips?:/i.test(uri)) return { status: 416, lines: [] }
  const target = requestUri(request)
  // Header parts would steer requests of ours.
  if (!target || target.hasHeaders || contactsOf(headers).some((contact) => contact?.uri?.hasHeaders)) return bad
  const known = [...supported, ...(EXTENSIONS[method] ?? [])]
  const unsupported = listItems(headers, 'require').filter((tag) => tag !== '' && !known.includes(tag.toLowerCase()))
  if (unsupported.length > 0) return { status: 420, lines: [['Unsupported', unsupported.join(', ')]] }
  return undefined
}
