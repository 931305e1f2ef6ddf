import { randomUUID } from 'node:crypto'
import { type DeviceId, requestCause } from '@lamplighter/domain'
import {
  createDialog,
  DEFAULT_EXPIRY,
  type Dialog,
  type ExpiryPolicy,
  grantExpiry,
  hasTag,
  type IncomingRequest,
  listItems,
  MESSAGE_SUMMARY,
  MESSAGE_SUMMARY_TYPE,
  newTag,
  parseCSeq,
  parseEvent,
  parseNameAddress,
  parseSeconds,
  parseUri,
  refreshDialog,
  type SipRequest,
} from '@lamplighter/sip'
import type { SipDevice, SipRepository, StoredSubscription, WatchedMailbox } from '@lamplighter/store'
import type { SipAuthentication } from './authentication.js'
import type { Batcher } from './batcher.js'
import type { DeviceReads } from './device-reads.js'
import type { Target } from './lamp-content.js'
import { Subscription, type SubscriptionContext } from './subscription.js'
import type { SubscriptionTable } from './subscription-table.js'

/** What the handler is made of. */
export type SubscribeDependencies = {
  readonly sip: SipRepository
  readonly authentication: SipAuthentication
  readonly table: SubscriptionTable
  readonly reads: DeviceReads
  readonly commits: Batcher<StoredSubscription>
  /** Looks at the device once more: what changed while it subscribed found no subscription to tell. */
  readonly recheck: (deviceId: DeviceId) => void
  /** Forgets the row of a subscription that was replaced. */
  readonly forget: (subscription: Subscription) => void
  readonly context: SubscriptionContext
  /** Users of a Request-URI that mean "my own lamp". */
  readonly accessCodes: readonly string[]
  readonly expiry?: ExpiryPolicy
}

/** Accepts, refreshes, answers polls and ends subscriptions to message-summary (RFC 6665 4.2.1; sip.md 1.2). */
export class SubscribeHandler {
  readonly #parts: SubscribeDependencies
  readonly #expiry: ExpiryPolicy

  constructor(parts: SubscribeDependencies) {
    this.#parts = parts
    this.#expiry = parts.expiry ?? DEFAULT_EXPIRY
  }

  async handle(incoming: IncomingRequest): Promise<void> {
    const { request, respond } = incoming
    if (refuseForm(incoming)) return
    const inDialog = hasTag(request.headers.get('to') ?? '')
    const known = inDialog ? this.#find(request) : undefined
    if (inDialog && !known) return respond(481)
    const user = parseNameAddress(request.headers.get('from') ?? '')?.uri?.user
    const device = await this.#parts.authentication.authenticate(incoming, user)
    if (!device) return
    const grantedSec = grantExpiry(parseSeconds(request.headers.get('expires')), this.#expiry)
    if (grantedSec === 'too brief') return respond(423, [['Min-Expires', String(this.#expiry.minSec)]])
    if (device.mwiMode === 'off') return respond(403)
    const { table, recheck } = this.#parts
    const opening = table.opening(device.uuid)
    try {
      if (known) await this.#refresh(incoming, known, device, grantedSec)
      else await this.#create(incoming, device, grantedSec)
    } finally {
      table.closed(device.uuid, opening)
    }
    if (opening.changed) recheck(device.uuid)
  }

  #find({ headers }: SipRequest): Subscription | undefined {
    const localTag = parseNameAddress(headers.get('to') ?? '')?.params.get('tag') ?? ''
    const remoteTag = parseNameAddress(headers.get('from') ?? '')?.params.get('tag') ?? ''
    return this.#parts.table.find(headers.get('call-id') ?? '', localTag, remoteTag)
  }

  async #create(incoming: IncomingRequest, device: SipDevice, grantedSec: number): Promise<void> {
    const { request, from, respond } = incoming
    const { table, commits, context, forget } = this.#parts
    const reading = this.#watched(device)
    reading.catch(() => {})
    const target = await this.#resolveTarget(request, device, reading)
    if (typeof target === 'object' && target !== null) return respond(target.status)
    const dialog = createDialog(request, newTag(), parseEvent(request.headers.get('event'))?.id, from)
    if (typeof dialog === 'string') return respond(400)
    const row = this.#row(randomUUID(), device, target, dialog, request, grantedSec)
    const subscription = new Subscription(row, device, context)
    if (grantedSec === 0) {
      const watched = await reading
      this.#accept(incoming, row, 0)
      return subscription.unsubscribed(watched)
    }
    const [watched] = await Promise.all([reading, commits.add(row)])
    for (const old of table.add(subscription)) {
      old.drop()
      forget(old)
    }
    this.#accept(incoming, row, grantedSec)
    subscription.subscribed(row, device, watched)
  }

  async #refresh(
    incoming: IncomingRequest,
    subscription: Subscription,
    device: SipDevice,
    grantedSec: number,
  ): Promise<void> {
    const { request, from, respond } = incoming
    const { row } = subscription
    if (row.deviceId !== device.uuid) return respond(403)
    const event = parseEvent(request.headers.get('event'))
    const current = row.dialog as Dialog
    if ((event?.id ?? null) !== current.eventId) return respond(489, [['Allow-Events', MESSAGE_SUMMARY]])
    const cseq = parseCSeq(request.headers.get('cseq'))?.number ?? 0
    if (cseq <= row.remoteCseq) return respond(500)
    const dialog = refreshDialog(current, request, from)
    if (typeof dialog === 'string') return respond(400)
    const renewed = { ...this.#row(row.uuid, device, row.mailboxId, dialog, request, grantedSec), epoch: row.epoch }
    const committed = grantedSec > 0 ? this.#parts.commits.add(renewed) : undefined
    const [watched] = await Promise.all([this.#watched(device), committed])
    this.#accept(incoming, renewed, grantedSec)
    if (grantedSec > 0) {
      subscription.subscribed(renewed, device, watched)
      this.#parts.table.seen(subscription)
    } else subscription.unsubscribed(watched)
  }

  async #watched({ uuid }: SipDevice): Promise<readonly WatchedMailbox[]> {
    const cause = requestCause('SUBSCRIBE')
    return (await this.#parts.reads.watched(uuid)).map((mailbox) => ({ ...mailbox, cause }))
  }

  /** Own name or access code: the whole lamp set. A number: that mailbox, if the device may watch it. */
  async #resolveTarget(
    request: SipRequest,
    device: SipDevice,
    reading: Promise<readonly WatchedMailbox[]>,
  ): Promise<Target | { status: 403 | 404 }> {
    const user = decodeUser(parseUri(request.uri)?.user)
    if (user === undefined || user === device.sipUsername || this.#parts.accessCodes.includes(user)) return null
    const mailbox = (await reading).find(({ number, watched: may }) => may && number === user)
    if (mailbox) return mailbox.mailboxId
    return { status: (await this.#parts.sip.numberExists(device.tenantId, user)) ? 403 : 404 }
  }

  /** The Contact is where refreshes come: the same on every worker, with the subscription's id as the user. */
  #accept({ request, from, respond }: IncomingRequest, row: StoredSubscription, grantedSec: number): void {
    const routes = request.headers.all('record-route').map((route) => ['Record-Route', route] as const)
    const contact = this.#parts.context.stack().contact(row.uuid, from)
    respond(200, [...routes, ['Contact', contact], ['Expires', String(grantedSec)]], row.localTag)
  }

  #row(
    uuid: string,
    device: SipDevice,
    mailboxId: Target,
    dialog: Dialog,
    request: SipRequest,
    grantedSec: number,
  ): StoredSubscription {
    return {
      uuid,
      tenantId: device.tenantId,
      deviceId: device.uuid,
      mailboxId,
      callId: dialog.callId,
      localTag: dialog.localTag,
      remoteTag: dialog.remoteTag,
      dialog,
      transport: dialog.flow.transport ?? 'UDP',
      remoteHost: dialog.flow.host,
      remotePort: dialog.flow.port,
      remoteCseq: parseCSeq(request.headers.get('cseq'))?.number ?? 0,
      epoch: this.#parts.context.epoch.now,
      userAgent: request.headers.get('user-agent')?.slice(0, 200) ?? null,
      expiresAt: new Date(Date.now() + grantedSec * 1000),
    }
  }
}

/** What is wrong before anybody's identity matters: the event, the accepted types, the body. */
function refuseForm({ request, respond }: IncomingRequest): boolean {
  const { headers, body } = request
  if (parseEvent(headers.get('event'))?.name !== MESSAGE_SUMMARY) {
    respond(489, [['Allow-Events', MESSAGE_SUMMARY]])
    return true
  }
  const accepted = listItems(headers, 'accept').map((type) => (type.split(';')[0] ?? '').trim().toLowerCase())
  if (accepted.length > 0 && !accepted.some((type) => [MESSAGE_SUMMARY_TYPE, 'application/*', '*/*'].includes(type))) {
    respond(406, [['Accept', MESSAGE_SUMMARY_TYPE]])
    return true
  }
  if (body.length > 0) {
    respond(415, [['Accept', MESSAGE_SUMMARY_TYPE]])
    return true
  }
  return false
}

/** A user part may be escaped, `%2A97` for `*97`. */
function decodeUser(user: string | undefined): string | undefined {
  try {
    return user === undefined ? undefined : decodeURIComponent(user)
  } catch {
    return user
  }
}
