import { contactsOf, listItems, parseNameAddress, partyOf } from '../message/fields.js'
import { Headers } from '../message/headers.js'
import type { SipRequest } from '../message/message.js'
import { parseUri, type SipUri } from '../message/uri.js'
import { type RemoteAddress, readTransportName, type TransportName } from '../transport/transport.js'

/** A dialog a SUBSCRIBE made, seen from us, the UAS. Plain data: it is kept in a table and goes on after a restart. */
export type Dialog = {
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  /** Our From without its tag: their To, to the letter. */
  readonly localAddress: string
  /** Our To with its tag: their From, to the letter. */
  readonly remoteAddress: string
  /** Contact of the latest SUBSCRIBE: where requests of ours are addressed. */
  readonly remoteTarget: string
  /** Record-Route of the SUBSCRIBE that made the dialog, in its order (RFC 3261 12.1.1). */
  readonly routeSet: readonly string[]
  /** `id` of the Event, repeated in every NOTIFY. */
  readonly eventId: string | null
  /** Where the latest SUBSCRIBE really came from. */
  readonly flow: RemoteAddress
}

/** Why a SUBSCRIBE cannot make or refresh a dialog. */
export type DialogProblem = 'no contact' | 'bad contact' | 'no from tag'

/** Makes the dialog of an accepted SUBSCRIBE, or says what is wrong with it (RFC 3261 12.1.1). */
export function createDialog(
  request: SipRequest,
  localTag: string,
  eventId: string | undefined,
  flow: RemoteAddress,
): Dialog | DialogProblem {
  const { headers } = request
  const remoteTag = partyOf(headers, 'from')?.params.get('tag')
  if (!remoteTag) return 'no from tag'
  const remoteTarget = contactOf(request)
  if (remoteTarget === 'no contact' || remoteTarget === 'bad contact') return remoteTarget
  return {
    callId: headers.get('call-id') ?? '',
    localTag,
    remoteTag,
    localAddress: headers.get('to') ?? '',
    remoteAddress: headers.get('from') ?? '',
    remoteTarget,
    routeSet: listItems(headers, 'record-route'),
    eventId: eventId ?? null,
    flow,
  }
}

/** The dialog after a refresh: the newest Contact and flow count (RFC 3261 12.2.2). */
export function refreshDialog(dialog: Dialog, request: SipRequest, flow: RemoteAddress): Dialog | DialogProblem {
  const remoteTarget = contactOf(request)
  if (remoteTarget === 'no contact' || remoteTarget === 'bad contact') return remoteTarget
  return { ...dialog, remoteTarget, flow }
}

/** The one Contact a SUBSCRIBE must have. A `?header` part would let a peer write into our requests. */
function contactOf(request: SipRequest): string | 'no contact' | 'bad contact' {
  const contacts = contactsOf(request.headers)
  const [address] = contacts
  if (contacts.length === 0) return 'no contact'
  if (contacts.length !== 1 || !address?.uri || address.uri.hasHeaders) return 'bad contact'
  return address.uriText
}

/** A request inside the dialog, without Via: the stack adds it. */
export function dialogRequest(dialog: Dialog, method: string, cseq: number): SipRequest {
  const { uri, routes } = routed(dialog)
  const headers = new Headers()
  headers.add('Max-Forwards', '70')
  for (const route of routes) headers.add('Route', route)
  headers.add('From', `${dialog.localAddress};tag=${dialog.localTag}`)
  headers.add('To', dialog.remoteAddress)
  headers.add('Call-ID', dialog.callId)
  headers.add('CSeq', `${cseq} ${method}`)
  return { kind: 'request', method, uri, headers, body: Buffer.alloc(0) }
}

/** A peer we send to on our own account: where to, by which proxies, and where it was last seen. */
export type Reachable = Pick<Dialog, 'remoteTarget' | 'routeSet' | 'flow'>

/** The Request-URI and the Route lines; a first proxy without `lr` is a strict router (RFC 3261 12.2.1.1). */
export function routed({ remoteTarget, routeSet }: Omit<Reachable, 'flow'>): {
  uri: string
  routes: readonly string[]
} {
  const [first, ...rest] = routeSet
  const firstUri = first === undefined ? undefined : parseNameAddress(first)
  if (!firstUri || firstUri.uri?.params.has('lr')) return { uri: remoteTarget, routes: routeSet }
  return { uri: firstUri.uriText, routes: [...rest, `<${remoteTarget}>`] }
}

/**
 * Where a request inside the dialog goes: the route set wins; else the Contact where it can be the peer's own address;
 * else, behind NAT, back where the SUBSCRIBE came from (sip.md 1.3). On a stream the connection the SUBSCRIBE came by
 * is taken first: a browser's or a phone's Contact may be reachable by no other.
 */
export function nextHop({ flow, routeSet, remoteTarget }: Reachable): RemoteAddress {
  const [route] = routeSet
  const routeUri = route === undefined ? undefined : parseNameAddress(route)?.uri
  const target = routeUri ? addressOf(routeUri) : directTarget(parseUri(remoteTarget), flow)
  return flow.flow === undefined ? target : { ...target, flow: flow.flow }
}

/** Without a proxy: the Contact only where it names the address the peer was seen at. */
function directTarget(contact: SipUri | undefined, flow: RemoteAddress): RemoteAddress {
  return contact && bare(contact.host) === flow.host ? addressOf(contact, flow.transport) : flow
}

/** Where a URI leads: its `transport=`, TLS for `sips:`, else the given transport (RFC 3261 19.1, RFC 3263 4.1). */
function addressOf(uri: SipUri, otherwise?: TransportName): RemoteAddress {
  const named = readTransportName(uri.params.get('transport')) ?? otherwise
  const transport = uri.scheme === 'sips' ? secured(named) : named
  const [host, port] = [bare(uri.host), uri.port ?? 0]
  return transport === undefined ? { host, port } : { host, port, transport }
}

function secured(named: TransportName | undefined): TransportName {
  return named === 'WS' || named === 'WSS' ? 'WSS' : 'TLS'
}

function bare(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}

const NOTIFIES_PER_EPOCH = 65_536

/** The highest number a worker may give within one epoch; before it runs out the worker must begin another. */
export const LAST_SEQUENCE = NOTIFIES_PER_EPOCH - 1

/**
 * CSeq of a NOTIFY. Every take-over of the subscriptions raises the epoch, so it jumps forward and never goes back,
 * without a write per NOTIFY (sip.md 5.3).
 */
export function notifyCSeq(epochNow: number, epochOfDialog: number, sequence: number): number {
  return (epochNow - epochOfDialog) * NOTIFIES_PER_EPOCH + sequence
}
