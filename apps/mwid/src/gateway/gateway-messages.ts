import { fillTemplate, type GatewayTarget, type MessageSummary, type TemplateValues } from '@lamplighter/domain'
import { formatMessageSummary, Headers, MESSAGE_SUMMARY, MESSAGE_SUMMARY_TYPE, type SipRequest } from '@lamplighter/sip'
import type { DeliveringGateway, GatewayPlace } from '@lamplighter/store'

/** Which lamp is told, and what. */
export type GatewayMessage = GatewayPlace & {
  readonly mailboxId: number
  readonly summary: MessageSummary
}

/** What one request is made of beside the lamp: names that are new for each, and who we are. */
export type Envelope = {
  /** `host:port` under which this target reaches us. */
  readonly service: string
  /** Our Contact, which Asterisk insists on (asterisk.md 3). */
  readonly contact: string
  /** What a phone dials from its envelope key. */
  readonly account: string
  readonly tag: string
  readonly callId: string
}

/** How a profile wants to be told; the fixtures hold the bytes that come of it. */
type Shape = {
  /** Message-Account of RFC 3842; Asterisk takes its own. */
  readonly account: boolean
}

const SHAPES: Readonly<Record<DeliveringGateway['profile'], Shape>> = {
  exchange: { account: true },
  asterisk: { account: false },
  generic: { account: true },
}

/** How long a published state lives where the peer says nothing else. */
export const PUBLISH_EXPIRES_SEC = 3600
/** Asterisk counts in 32 bits and wraps (asterisk.md 4). */
const MAX_ASTERISK_COUNT = 2_147_483_647

/** `host:port` of a target, IPv6 in brackets. */
export function targetText({ host, port }: Pick<GatewayTarget, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** What a template may name of this lamp at this target. */
function valuesOf(
  { number, context, mailboxId }: GatewayMessage,
  target: GatewayTarget,
  service: string,
): TemplateValues {
  return { number, context, id: String(mailboxId), target: targetText(target), service }
}

/** A NOTIFY out of dialog, as Exchange sends it (sip.md 1.6): terminated, always with counts, never a To tag. */
export function notifyRequest(
  gateway: DeliveringGateway,
  target: GatewayTarget,
  message: GatewayMessage,
  envelope: Envelope,
): SipRequest {
  const headers = new Headers()
  const values = valuesOf(message, target, envelope.service)
  const uri = startRequest(headers, 'NOTIFY', gateway, message.address, values, envelope)
  headers.add('Event', MESSAGE_SUMMARY)
  headers.add('Subscription-State', 'terminated')
  headers.add('Content-Type', MESSAGE_SUMMARY_TYPE)
  return { kind: 'request', method: 'NOTIFY', uri, headers, body: summaryBody(gateway, message, envelope) }
}

/** A PUBLISH (RFC 3903): a new state, or with `etag` a newer one or a refreshed one; `expiresSec` 0 takes it away. */
export function publishRequest(
  gateway: DeliveringGateway,
  target: GatewayTarget,
  message: GatewayMessage,
  envelope: Envelope,
  { etag, expiresSec }: { readonly etag: string | undefined; readonly expiresSec: number },
): SipRequest {
  const headers = new Headers()
  const values = valuesOf(message, target, envelope.service)
  const uri = startRequest(headers, 'PUBLISH', gateway, message.address, values, envelope)
  const asterisk = gateway.profile === 'asterisk'
  headers.add('Event', asterisk ? 'asterisk-mwi' : MESSAGE_SUMMARY)
  headers.add('Expires', String(expiresSec))
  if (etag !== undefined) headers.add('SIP-If-Match', etag)
  if (expiresSec === 0) return { kind: 'request', method: 'PUBLISH', uri, headers, body: Buffer.alloc(0) }
  headers.add('Content-Type', asterisk ? 'application/json' : MESSAGE_SUMMARY_TYPE)
  const body = asterisk ? mailboxState(gateway, message, values) : summaryBody(gateway, message, envelope)
  return { kind: 'request', method: 'PUBLISH', uri, headers, body }
}

/** Asks a target whether it is there. */
export function optionsRequest(target: GatewayTarget, { service, contact, tag, callId }: Envelope): SipRequest {
  const headers = new Headers()
  const uri = `sip:${targetText(target)}`
  addCommon(headers, 'OPTIONS', `sip:voicemail@${service}`, uri, { contact, tag, callId })
  headers.add('Accept', MESSAGE_SUMMARY_TYPE)
  return { kind: 'request', method: 'OPTIONS', uri, headers, body: Buffer.alloc(0) }
}

/** The same request once more, with what a challenge asked for: a new transaction, so a higher CSeq (RFC 3261 22.2). */
export function withCredentials(
  request: SipRequest,
  header: 'Authorization' | 'Proxy-Authorization',
  value: string,
): SipRequest {
  const lines = request.headers.list.map((line) =>
    line.name === 'CSeq' ? { name: 'CSeq', value: `2 ${request.method}` } : line,
  )
  return { ...request, headers: new Headers([...lines, { name: header, value }]) }
}

/** Path and query that tell Asterisk the counts of a mailbox over ARI (asterisk.md 4). */
export function ariMailboxPath(gateway: DeliveringGateway, target: GatewayTarget, message: GatewayMessage): string {
  const name = fillTemplate(gateway.mailboxTemplate, valuesOf(message, target, ''))
  return `${gateway.ariPath}/mailboxes/${encodeURIComponent(name)}`
}

/** Counts as Asterisk takes them: new and old, both of them always. */
export function ariCounts({ summary }: GatewayMessage): string {
  return `?oldMessages=${asteriskCount(summary.old)}&newMessages=${asteriskCount(summary.new)}`
}

/** Whom it is about: the mailbox's own address there, else what the gateway's template makes. */
function startRequest(
  headers: Headers,
  method: string,
  { addressTemplate, fromTemplate }: DeliveringGateway,
  address: string | null,
  values: TemplateValues,
  envelope: Envelope,
): string {
  const uri = fillTemplate(address ?? addressTemplate, values)
  addCommon(headers, method, fillTemplate(fromTemplate, values), uri, envelope)
  return uri
}

function addCommon(
  headers: Headers,
  method: string,
  from: string,
  to: string,
  { contact, tag, callId }: Pick<Envelope, 'contact' | 'tag' | 'callId'>,
): void {
  headers.add('Max-Forwards', '70')
  headers.add('From', `<${from}>;tag=${tag}`)
  headers.add('To', `<${to}>`)
  headers.add('Call-ID', callId)
  headers.add('CSeq', `1 ${method}`)
  headers.add('Contact', contact)
}

function summaryBody({ profile }: DeliveringGateway, { summary }: GatewayMessage, { account }: Envelope): Buffer {
  return Buffer.from(formatMessageSummary(summary, SHAPES[profile].account ? account : undefined))
}

/** What Asterisk exchanges between its own servers (asterisk.md 3b). The eid says who says it: one per gateway. */
function mailboxState(
  { uuid, mailboxTemplate }: DeliveringGateway,
  { summary }: GatewayMessage,
  values: TemplateValues,
): Buffer {
  const eid = uuid.replaceAll('-', '').slice(0, 12).match(/../g)?.join(':')
  const uniqueid = fillTemplate(mailboxTemplate, values)
  const counts = { old: asteriskCount(summary.old), new: asteriskCount(summary.new) }
  return Buffer.from(JSON.stringify({ type: 'mailboxstate', uniqueid, ...counts, eid }))
}

function asteriskCount(count: number): number {
  return Math.min(count, MAX_ASTERISK_COUNT)
}
