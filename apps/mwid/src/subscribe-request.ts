import { EVENT_LIST, type IncomingRequest, listItems, parseEvent, parseUri, type SipRequest } from '@lamplighter/sip'
import { ALLOWED_EVENTS, EVENT_PACKAGES, type EventPackageName } from './packages/index.js'

/** An answer that refuses. */
export type Refusal = Parameters<IncomingRequest['respond']>

const NAMES = Object.keys(EVENT_PACKAGES) as EventPackageName[]

/** What is wrong before anybody's identity matters: the event, the accepted types, the body (RFC 6665 4.2.1.1). */
export function refuseForm(request: SipRequest): Refusal | undefined {
  const event = parseEvent(request.headers.get('event'))?.name
  const offered = NAMES.filter((name) => EVENT_PACKAGES[name].event === event)
  if (offered.length === 0) return [489, [['Allow-Events', ALLOWED_EVENTS]]]
  const types = offered.flatMap((name) => EVENT_PACKAGES[name].types).join(', ')
  if (!offered.some((name) => accepts(request, name))) return [406, [['Accept', types]]]
  if (request.body.length > 0) return [415, [['Accept', types]]]
  return undefined
}

/**
 * The package a SUBSCRIBE asks for. A list is given to who can read one, says so in Supported and in Accept, and asks for
 * its own name: a number is one mailbox however it is asked for.
 */
export function choosePackage(request: SipRequest, forOwnName: boolean): EventPackageName {
  const event = parseEvent(request.headers.get('event'))?.name
  if (forOwnName && event === 'message-summary' && wantsList(request)) return 'message-summary-list'
  return event === 'dialog' ? 'dialog' : 'message-summary'
}

function wantsList(request: SipRequest): boolean {
  const extensions = [...listItems(request.headers, 'supported'), ...listItems(request.headers, 'require')]
  return (
    extensions.includes(EVENT_LIST) && acceptedTypes(request).length > 0 && accepts(request, 'message-summary-list')
  )
}

function accepts(request: SipRequest, name: EventPackageName): boolean {
  const accepted = acceptedTypes(request)
  // A list is never meant by a wildcard: the phone must know what it gets.
  const anything = ['application/*', '*/*'].some((type) => accepted.includes(type)) && name !== 'message-summary-list'
  return accepted.length === 0 || anything || EVENT_PACKAGES[name].types.every((type) => accepted.includes(type))
}

function acceptedTypes({ headers }: SipRequest): string[] {
  return listItems(headers, 'accept').map((type) => (type.split(';')[0] ?? '').trim().toLowerCase())
}

/**
 * The number of the mailbox that is asked for; undefined: what the device's own name stands for. A number may have an
 * access code before it, as keys of some phones are programmed (`*981001`; users.md 2.1, 22).
 */
export function requestedNumber(
  { uri }: SipRequest,
  ownName: string,
  accessCodes: readonly string[],
): string | undefined {
  const user = decodeUser(parseUri(uri)?.user)
  if (user === undefined || user === ownName || accessCodes.includes(user)) return undefined
  const code = accessCodes.find((one) => user.startsWith(one))
  return code === undefined ? user : user.slice(code.length)
}

/** A user part may be escaped, `%2A97` for `*97`. */
function decodeUser(user: string | undefined): string | undefined {
  try {
    return user === undefined ? undefined : decodeURIComponent(user)
  } catch {
    return user
  }
}
