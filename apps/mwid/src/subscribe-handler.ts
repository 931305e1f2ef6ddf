import { randomUUID } from 'node:crypto'
import { type DeviceId, requestCause } from '@lamplighter/domain'
import {
  createDialog,
  cseqNumberOf,
  DEFAULT_EXPIRY,
  type Dialog,
  type ExpiryPolicy,
  eventOf,
  grantExpiry,
  type IncomingRequest,
  newTag,
  parseSeconds,
  partyOf,
  refreshDialog,
  type SipRequest,
} from '@lamplighter/sip'
import {
  type DeviceForm,
  type SipDevice,
  type SipRepository,
  type StoredSubscription,
  type WatchedMailbox,
  withCause,
} from '@lamplighter/store'
import type { SipAuthentication } from './authentication.js'
import type { Batcher } from './batcher.js'
import type { DeviceReads } from './device-reads.js'
import type { Target } from './lamp-content.js'
import { ALLOWED_EVENTS, EVENT_PACKAGES, type EventPackageName } from './packages/index.js'
import { listFits } from './packages/list-package.js'
import { RecentAnswers } from './recent-answers.js'
import type { RefusalAudit } from './refusal-audit.js'
import { choosePackage, type Refusal, refuseForm, requestedNumber } from './subscribe-request.js'
import { Subscription } from './subscription.js'
import type { SubscriptionContext } from './subscription-context.js'
import { subscriptionRow } from './subscription-row.js'
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
  readonly refusals: RefusalAudit
  readonly context: SubscriptionContext<Subscription>
  /** Users of a Request-URI that mean "my own lamp". */
  readonly accessCodes: readonly string[]
  readonly expiry?: ExpiryPolicy
  /** 0 to 1: spreads the refreshes of phones that ask for the same. */
  readonly random?: () => number
}

const SUBSCRIBED = requestCause('SUBSCRIBE')

/** Accepts, refreshes, answers polls and ends subscriptions (RFC 6665 4.2.1; sip.md 1.2). */
export class SubscribeHandler {
  readonly #parts: SubscribeDependencies
  readonly #expiry: ExpiryPolicy
  readonly #random: () => number
  readonly #recent = new RecentAnswers()

  constructor(parts: SubscribeDependencies) {
    this.#parts = parts
    this.#expiry = parts.expiry ?? DEFAULT_EXPIRY
    this.#random = parts.random ?? Math.random
  }

  async handle(incoming: IncomingRequest): Promise<void> {
    const first = this.#recent.admit(incoming, performance.now())
    if (!first) return
    try {
      await this.#serve(first)
    } catch (error) {
      first.ignore()
      throw error
    }
  }

  async #serve(incoming: IncomingRequest): Promise<void> {
    const { request, respond } = incoming
    const { table, recheck, authentication } = this.#parts
    const refusal = refuseForm(request)
    if (refusal) return respond(...refusal)
    const inDialog = partyOf(request.headers, 'to')?.params.has('tag')
    const known = inDialog ? this.#find(request) : undefined
    if (inDialog && !known) return respond(481)
    const user = partyOf(request.headers, 'from')?.uri?.user
    const device = await authentication.authenticate(incoming, user)
    if (!device) return
    const grantedSec = grantExpiry(parseSeconds(request.headers.get('expires')), this.#expiry, this.#random)
    if (grantedSec === 'too brief') return respond(423, [['Min-Expires', String(this.#expiry.minSec)]])
    if (device.mwiMode === 'off' || device.mwiMode === 'unsolicited') return respond(403)
    const opening = table.opening(device.uuid)
    try {
      if (known) await known.inTurn(() => this.#refresh(incoming, known, device, grantedSec))
      else await this.#create(incoming, device, grantedSec)
    } finally {
      table.closed(device.uuid, opening)
    }
    if (opening.changed) recheck(device.uuid)
  }

  #find({ headers }: SipRequest): Subscription | undefined {
    const localTag = partyOf(headers, 'to')?.params.get('tag') ?? ''
    const remoteTag = partyOf(headers, 'from')?.params.get('tag') ?? ''
    return this.#parts.table.find(headers.get('call-id') ?? '', localTag, remoteTag)
  }

  async #create(incoming: IncomingRequest, device: SipDevice, grantedSec: number): Promise<void> {
    const { request, from, respond } = incoming
    const { table, commits, context, forget } = this.#parts
    const dialog = createDialog(request, newTag(), eventOf(request.headers)?.id, from)
    if (typeof dialog === 'string') return respond(400)
    // Made before a take-over whose new worker knows no transactions of the old one (sip.md 5.3).
    const made = grantedSec > 0 ? table.madeBy(device.uuid, dialog, cseqNumberOf(request.headers)) : undefined
    if (made) return this.#accept(incoming, made.row, made.leftSec)
    const reading = this.#watched(device)
    reading.catch(() => {})
    const target = await this.#resolveTarget(incoming, device, reading)
    if (typeof target === 'object' && target !== null) return respond(...target.refusal)
    const eventPackage = await this.#choosePackage(incoming, target, reading)
    const epoch = context.epoch.now
    const row = subscriptionRow(request, device, {
      uuid: randomUUID(),
      target,
      eventPackage,
      dialog,
      grantedSec,
      epoch,
    })
    const subscription = new Subscription(row, formOf(device), context)
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
    subscription.subscribed(row, formOf(device), watched)
  }

  /** In the dialog's turn: of two refreshes at one moment the later one is seen by its CSeq. */
  async #refresh(
    incoming: IncomingRequest,
    subscription: Subscription,
    device: SipDevice,
    grantedSec: number,
  ): Promise<void> {
    const { request, from, respond } = incoming
    const { row } = subscription
    if (row.deviceId !== device.uuid) return respond(403)
    if (subscription.over) return respond(481)
    const event = eventOf(request.headers)
    const current = row.dialog as Dialog
    if ((event?.id ?? null) !== current.eventId || event?.name !== EVENT_PACKAGES[packageOf(row)].event)
      return respond(489, [['Allow-Events', ALLOWED_EVENTS]])
    if (cseqNumberOf(request.headers) === row.remoteCseq) return this.#accept(incoming, row, subscription.leftSec)
    if (cseqNumberOf(request.headers) < row.remoteCseq) return respond(500)
    const dialog = refreshDialog(current, request, from)
    if (typeof dialog === 'string') return respond(400)
    const { uuid, mailboxId: target, epoch } = row
    const facts = { uuid, target, eventPackage: packageOf(row), dialog, grantedSec, epoch }
    const renewed = subscriptionRow(request, device, facts)
    const watched = await subscription.renewing(() => this.#commit(device, renewed, grantedSec))
    if (subscription.over) {
      this.#parts.forget(subscription)
      return respond(481)
    }
    this.#accept(incoming, renewed, grantedSec)
    if (grantedSec > 0) {
      subscription.subscribed(renewed, formOf(device), watched)
      this.#parts.table.seen(subscription)
    } else subscription.unsubscribed(watched)
  }

  async #commit(device: SipDevice, row: StoredSubscription, grantedSec: number): Promise<readonly WatchedMailbox[]> {
    const committed = grantedSec > 0 ? this.#parts.commits.add(row) : undefined
    const [watched] = await Promise.all([this.#watched(device), committed])
    return watched
  }

  async #watched({ uuid }: SipDevice): Promise<readonly WatchedMailbox[]> {
    return (await this.#parts.reads.watched(uuid)).map((mailbox) => withCause(mailbox, SUBSCRIBED))
  }

  /** Own name or access code: what the device's name stands for. A number: that mailbox, if the device may watch it. */
  async #resolveTarget(
    { request, from }: IncomingRequest,
    device: SipDevice,
    reading: Promise<readonly WatchedMailbox[]>,
  ): Promise<Target | { refusal: Refusal }> {
    const asked = requestedNumber(request, device.sipUsername, this.#parts.accessCodes)
    if (asked === undefined) return null
    const mailbox = (await reading).find(({ number, watched: may }) => may && number === asked)
    if (mailbox) return mailbox.mailboxId
    const foreign = await this.#parts.sip.findNumber(device.tenantId, asked)
    if (foreign === undefined) return { refusal: [404] }
    this.#parts.refusals.record(device, foreign, asked, from.host)
    return { refusal: [403] }
  }

  /** A list that would not go through by datagrams is given as the sum. */
  async #choosePackage(
    { request, from }: IncomingRequest,
    target: Target,
    reading: Promise<readonly WatchedMailbox[]>,
  ): Promise<EventPackageName> {
    const chosen = choosePackage(request, target === null)
    return chosen === 'message-summary-list' && !listFits(await reading, from) ? 'message-summary' : chosen
  }

  /** The Contact is where refreshes come: the same on every worker, with the subscription's id as the user. */
  #accept({ request, from, respond }: IncomingRequest, row: StoredSubscription, grantedSec: number): void {
    const { require } = EVENT_PACKAGES[packageOf(row)]
    const routes = request.headers.all('record-route').map((route) => ['Record-Route', route] as const)
    const contact = this.#parts.context.stack().contact(row.uuid, from)
    const required = require === undefined ? [] : [['Require', require] as const]
    respond(200, [...routes, ['Contact', contact], ['Expires', String(grantedSec)], ...required], row.localTag)
  }
}

/** What a subscription keeps of its device: not its secrets. */
function formOf({ profile, aggregate, messageAccount }: SipDevice): DeviceForm {
  return { profile, aggregate, messageAccount }
}

function packageOf(row: StoredSubscription): EventPackageName {
  return row.eventPackage as EventPackageName
}
