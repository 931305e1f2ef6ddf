import { EVENT_LIST, eventOf, type IncomingRequest, listItems, requestUri, type SipRequest } from '@lamplighter/sip'
import { ALLOWED_EVENTS, EVENT_PACKAGES, type EventPackageName } from './packages/index.js'

/** An answer that refuses. */
export type Refusal = Parameters<IncomingRequest['respond']>

const NAMES = Object.keys(EVENT_PACKAGES) as EventPackageName[]

/** What is wrong before anybody's identity matters: the event, the accepted types, the body (RFC 6665 4.2.1.1). */
export function refuseForm(request: SipRequest): Refusal | undefined {
  const event = eventOf(request.headers)?.name
  const offered = NAMES.filter((name) => EVENT_PACKAGES[name].event === event)
  if (offered.length === 0) return [489, [['Allow-Events', ALLOWED_EVENTS]]]
  const accepted = acceptedTypes(request)
  if (!offered.some((name) => accepts(accepted, name))) return [406, [['Accept', typesOf(offered)]]]
  if (request.body.length > 0) return [415, [['Accept', typesOf(offered)]]]
  return undefined
}

function typesOf(packages: readonly EventPackageName[]): string {
  return packages.flatMap((name) => EVENT_PACKAGES[name].types).join(', ')
}

/**
 * The package a SUBSCRIBE asks for. A list is given to who can read one, says so in Supported and in Accept, and asks for
 * its own name: a number is one mailbox however it is asked for.
 */
export function choosePackage(request: SipRequest, forOwnName: boolean): EventPackageName {
  const event = eventOf(request.headers)?.name
  if (forOwnName && event === 'message-summary' && wantsList(request)) return 'message-summary-list'
  return event === 'dialog' ? 'dialog' : 'message-summary'
}

function wantsList(request: SipRequest): boolean {
  const isNamed = (header: string) => listItems(request.headers, header).includes(EVENT_LIST)
  if (!isNamed('supported') && !isNamed('require')) return false
  const accepted = acceptedTypes(request)
  return accepted.length > 0 && accepts(accepted, 'message-summary-list')
}

function accepts(accepted: readonly string[], name: EventPackageName): boolean {
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
  request: SipRequest,
  ownName: string,
  accessCodes: readonly string[],
): string | undefined {
  const user = decodeUser(requestUri(request)?.user)
  if (user === undefined || user === ownName || accessCodes.includes(user)) return undefined
  const code = accessCodes.find((one) => user.startsWith(one))
  return code === undefined ? user : user.slice(code.length)
}

/** A user part may be escaped, `%2A97` for `*97`. */
function decodeUser(user: string | undefined): string | undefined {
  try {
    return user?.includes('%') ? decodeURIComponent(user) : user
  } catch {
    return user
  }
}
