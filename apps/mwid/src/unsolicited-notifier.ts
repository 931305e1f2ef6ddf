import { DEVICE_PROFILES, type DeviceId, type LampReason, type MwiMode, type TenantId } from '@lamplighter/domain'
import { type Dialog, parseUri, type RemoteAddress, type SipUri } from '@lamplighter/sip'
import type { DeviceForm, SipDevice, StoredContact, StoredSubscription, WatchedMailbox } from '@lamplighter/store'
import { type ContactContext, ContactLamp, type Standing } from './contact-lamp.js'
import { contentFor, type LampContent } from './lamp-content.js'
import type { Ledger } from './ledger.js'
import { accountUri } from './packages/message-account.js'
import { summaryPackage } from './packages/summary-package.js'
import type { RegisteredContact, RegistrationListener } from './register-handler.js'

/** A live subscription, as far as it decides whom it tells. */
type Telling = { readonly row: StoredSubscription }

/** What the notifier needs of the worker. */
export type UnsolicitedContext = Omit<
  ContactContext,
  'onMoved' | 'onOvertaken' | 'onExpired' | 'trace' | 'sender' | 'tenantOf'
> & {
  /** What phones dial from their envelope key where neither device nor tenant says otherwise. */
  readonly accessCode: string
  readonly ledger: Pick<Ledger, 'record' | 'trace'>
  /** Live subscriptions of a device. */
  readonly subscriptions: (deviceId: DeviceId) => readonly Telling[]
  /** Looks at the device once more: what it should show is not known here, or nobody tells it any more. */
  readonly recheck: (deviceId: DeviceId) => void
  /** Tells these lamps again by whatever way they are told. */
  readonly retell: (shown: readonly WatchedMailbox[]) => void
  /** Ends contacts in the table before their time. */
  readonly end: (contacts: readonly StoredContact[]) => void
}

type Registered = {
  form: DeviceForm
  mode: MwiMode
  tenantId: TenantId | undefined
  /** The mailboxes its contacts show, as they were read last. */
  shown: readonly WatchedMailbox[]
  readonly lamps: Map<string, ContactLamp>
}

/**
 * Tells devices that did not subscribe, at each of their live contacts. A phone that has a subscription is told by that
 * only; which contact is its own is known by where both came from (sip.md 0.5).
 */
export class UnsolicitedNotifier implements RegistrationListener {
  readonly #context: UnsolicitedContext
  readonly #contactContext: ContactContext
  readonly #devices = new Map<DeviceId, Registered>()
  readonly #byFlow = new Map<string, Set<ContactLamp>>()

  constructor(context: UnsolicitedContext) {
    this.#context = context
    this.#contactContext = {
      ...context,
      trace: context.ledger.trace,
      sender: (contact) => this.#sender(contact),
      tenantOf: ({ deviceId }) => this.#devices.get(deviceId)?.tenantId ?? '',
      onMoved: (lamp) => this.#report(lamp.contact.deviceId),
      onOvertaken: (lamp) => context.retell(this.#devices.get(lamp.contact.deviceId)?.shown ?? []),
      onExpired: (lamp) => this.#expired(lamp),
    }
  }

  /** Devices that are registered, of a tenant or of all. */
  devices(tenantId?: TenantId): DeviceId[] {
    const own = (registered: Registered) => tenantId === undefined || registered.tenantId === tenantId
    return [...this.#devices].filter(([, registered]) => own(registered)).map(([id]) => id)
  }

  /** What contacts should show, as it was read last. */
  everything(): WatchedMailbox[] {
    return [...this.#devices.values()].flatMap(({ shown }) => shown)
  }

  /**
   * Goes on with contacts a former worker had; what they should show is asked for by the reconciliation.
   *
   * @param doubtful devices of which it is not known what they show
   */
  takeOver(
    contacts: readonly StoredContact[],
    forms: ReadonlyMap<DeviceId, DeviceForm>,
    doubtful: ReadonlySet<DeviceId>,
  ): void {
    for (const contact of contacts) {
      const form = forms.get(contact.deviceId)
      if (!form) continue
      const from = { host: contact.remoteHost, port: contact.remotePort, transport: contact.transport }
      const lamp = new ContactLamp(contact, from as RemoteAddress, this.#contactContext)
      if (doubtful.has(contact.deviceId)) lamp.doubt()
      this.#of(contact.deviceId, form).lamps.set(contact.binding, lamp)
    }
    for (const id of this.#devices.keys()) this.subscriptionsChanged(id)
  }

  /** A phone that is new, started anew or was not told yet is told at once. */
  registered(device: SipDevice, set: readonly RegisteredContact[], removed: readonly string[]): void {
    for (const binding of removed) this.#remove(device.uuid, binding)
    if (set.length > 0) {
      const registered = this.#of(device.uuid, device)
      Object.assign(registered, { form: device, mode: device.mwiMode, tenantId: device.tenantId })
      const lamps = set.map((one) => this.#set(registered, one))
      this.subscriptionsChanged(device.uuid)
      for (const [index, { contact, from, fresh }] of set.entries()) lamps[index]?.registered(contact, from, fresh)
      const untold = lamps.some(({ standing }) => standing === 'pending' || standing === 'unreachable')
      if (untold || set.some(({ fresh }) => fresh)) this.#context.recheck(device.uuid)
    } else if (removed.length > 0) this.#context.recheck(device.uuid)
  }

  /** The device wants to be told otherwise from the next NOTIFY on. */
  reform(deviceId: DeviceId, form: DeviceForm): void {
    const registered = this.#devices.get(deviceId)
    if (registered) registered.form = form
  }

  /** What a device watches changed, or its mode. Returns those mailboxes that its contacts are told from here. */
  changed(deviceId: DeviceId, watched: readonly WatchedMailbox[]): readonly WatchedMailbox[] {
    const registered = this.#devices.get(deviceId)
    if (!registered) return []
    const [first] = watched
    if (first) Object.assign(registered, { mode: first.mwiMode, tenantId: first.tenantId })
    const silent = isQuiet(registered.mode) || watched.length === 0
    const content = this.#content(registered, silent ? [] : watched)
    registered.shown = content.tag
    for (const lamp of registered.lamps.values()) silent ? lamp.quieten(content) : lamp.show(content)
    this.#report(deviceId)
    return content.tag
  }

  /** A subscription of the device began or ended. One of no known contact may be of any that instances do not rule out. */
  subscriptionsChanged(deviceId: DeviceId): void {
    const registered = this.#devices.get(deviceId)
    if (!registered) return
    const subscriptions = this.#context.subscriptions(deviceId)
    const lamps = [...registered.lamps.values()]
    const strangers = subscriptions.filter(({ row }) => !lamps.some((lamp) => isOfPhone(row, lamp)))
    for (const lamp of lamps) {
      const own = subscriptions.some(({ row }) => isOfPhone(row, lamp))
      lamp.setSolicited(own || strangers.some(({ row }) => !isOfOther(row, lamp)))
    }
  }

  /** A subscription's phone acknowledged this: its contact needs no word of it when the subscription ends. */
  shown({ row }: Telling, content: LampContent): void {
    for (const lamp of this.#devices.get(row.deviceId)?.lamps.values() ?? [])
      if (isOfPhone(row, lamp)) lamp.shown(content)
  }

  /** A connection is gone, and with it the contacts that could be reached by no other way. */
  flowClosed(flow: string): void {
    const lamps = [...(this.#byFlow.get(flow) ?? [])]
    this.#byFlow.delete(flow)
    const lost = lamps.filter(({ contact }) => contact.flowBound)
    for (const lamp of lamps) lamp.flowClosed()
    for (const { contact } of lost) this.#remove(contact.deviceId, contact.binding)
    if (lost.length > 0) this.#context.end(lost.map(({ contact }) => contact))
    for (const id of new Set(lost.map(({ contact }) => contact.deviceId))) this.#context.recheck(id)
  }

  /** Its contacts go dark and are forgotten. */
  deviceDeleted(deviceId: DeviceId): void {
    const registered = this.#devices.get(deviceId)
    if (!registered) return
    const dark = this.#content(registered, [])
    this.#devices.delete(deviceId)
    for (const lamp of registered.lamps.values()) {
      this.#forgetFlow(lamp)
      lamp.leave(dark)
    }
  }

  stop(): void {
    for (const { lamps } of this.#devices.values()) for (const lamp of lamps.values()) lamp.drop()
    this.#devices.clear()
    this.#byFlow.clear()
  }

  #of(deviceId: DeviceId, form: DeviceForm): Registered {
    const present = this.#devices.get(deviceId)
    if (present) return present
    const registered: Registered = { form, mode: 'auto', tenantId: undefined, shown: [], lamps: new Map() }
    this.#devices.set(deviceId, registered)
    return registered
  }

  #set({ lamps }: Registered, { contact, from }: RegisteredContact): ContactLamp {
    const present = lamps.get(contact.binding)
    const lamp = present ?? new ContactLamp(contact, from, this.#contactContext)
    if (present) this.#forgetFlow(present)
    lamps.set(contact.binding, lamp)
    if (from.flow !== undefined) this.#byFlow.set(from.flow, (this.#byFlow.get(from.flow) ?? new Set()).add(lamp))
    return lamp
  }

  #remove(deviceId: DeviceId, binding: string): void {
    const registered = this.#devices.get(deviceId)
    const lamp = registered?.lamps.get(binding)
    if (!registered || !lamp) return
    lamp.drop()
    this.#forgetFlow(lamp)
    registered.lamps.delete(binding)
    if (registered.lamps.size === 0) this.#devices.delete(deviceId)
    else this.subscriptionsChanged(deviceId)
  }

  #forgetFlow(lamp: ContactLamp): void {
    const { flow } = lamp.from
    const own = flow === undefined ? undefined : this.#byFlow.get(flow)
    own?.delete(lamp)
    if (flow !== undefined && own?.size === 0) this.#byFlow.delete(flow)
  }

  #expired({ contact }: ContactLamp): void {
    this.#remove(contact.deviceId, contact.binding)
    this.#context.recheck(contact.deviceId)
  }

  #content({ form }: Registered, watched: readonly WatchedMailbox[]): LampContent {
    const { accessCode, stack } = this.#context
    const asked = {
      eventPackage: summaryPackage,
      target: null,
      form,
      localAddress: '',
      host: stack().address,
      accessCode,
    }
    return contentFor(asked, watched)
  }

  /** Some phones know a NOTIFY by its From or its Call-ID (users.md 2.1 row 23). */
  #sender(contact: StoredContact): { from: string; callId?: string } {
    const form = this.#devices.get(contact.deviceId)?.form
    const profile = DEVICE_PROFILES[form?.profile ?? 'default']
    const account = accountUri(form?.messageAccount ?? this.#context.accessCode, this.#context.stack().address)
    const from = profile.unsolicitedFrom === 'device' ? contact.addressOfRecord : account
    return profile.registerCallId ? { from, callId: contact.callId } : { from }
  }

  /** The device is in sync when every contact that takes unsolicited NOTIFYs has acknowledged. */
  #report(deviceId: DeviceId): void {
    const registered = this.#devices.get(deviceId)
    if (!registered || registered.shown.length === 0) return
    const lamps = [...registered.lamps.values()].filter(({ standing }) => standing !== 'quiet')
    const worst = WORST_FIRST.map((reason) => lamps.find(({ standing }) => standing === reason)).find(Boolean)
    if (!worst) return
    const reason = worst.standing as LampReason
    this.#context.ledger.record(registered.shown, reason === 'acknowledged', reason, worst.lastStatus)
  }
}

/** Modes in which contacts are not told without having subscribed. */
function isQuiet(mode: MwiMode): boolean {
  return mode === 'off' || mode === 'solicited'
}

/** Which contact of several stands for its device. Who refuses does not count while another takes it. */
const WORST_FIRST: readonly Standing[] = ['pending', 'unreachable', 'retrying', 'acknowledged', 'peer_refused']

/**
 * Whether a subscription and a contact are of one phone: one instance, one address, or one place they came from, but
 * for that of a proxy, where many come from.
 */
function isOfPhone(row: StoredSubscription, { contact, from }: ContactLamp): boolean {
  if (row.instance !== null && contact.instance !== null) return row.instance === contact.instance
  const { routeSet, remoteTarget } = row.dialog as Dialog
  const proxied = routeSet.length > 0 || contact.path.length > 0
  if (!proxied && row.remoteHost === from.host && row.remotePort === from.port) return true
  return sameAddress(parseUri(remoteTarget), parseUri(contact.uri))
}

/** Whether they are of two phones for sure. */
function isOfOther(row: StoredSubscription, { contact }: ContactLamp): boolean {
  return row.instance !== null && contact.instance !== null && row.instance !== contact.instance
}

function sameAddress(a: SipUri | undefined, b: SipUri | undefined): boolean {
  return a !== undefined && b !== undefined && a.user === b.user && a.host === b.host && a.port === b.port
}
