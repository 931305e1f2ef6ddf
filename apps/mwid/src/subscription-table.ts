import type { DeviceId, TenantId } from '@lamplighter/domain'
import type { Dialog } from '@lamplighter/sip'
import type { StoredSubscription } from '@lamplighter/store'
import type { Subscription } from './subscription.js'
import { isSamePhone } from './subscription-row.js'

/** Subscriptions one device may have at a time; a further one replaces its oldest. */
const MAX_PER_DEVICE = 20

const NONE: readonly Subscription[] = []

/** A SUBSCRIBE that is being served: it may read what a device watches just before that changes. */
export type Opening = {
  /** Whether something was shown to the device's subscriptions meanwhile. */
  changed: boolean
}

/** The live subscriptions of this worker, found by dialog and by device. */
export class SubscriptionTable {
  /** By our tag: chance enough to name the dialog. */
  readonly #byTag = new Map<string, Subscription>()
  readonly #byDevice = new Map<DeviceId, readonly Subscription[]>()
  readonly #openings = new Map<DeviceId, Set<Opening>>()
  readonly #byFlow = new Map<string, Set<Subscription>>()
  readonly #onChange: (deviceId: DeviceId) => void

  /** @param onChange told of each device whose subscriptions are others than before */
  constructor(onChange: (deviceId: DeviceId) => void) {
    this.#onChange = onChange
  }

  /** Every subscription. */
  all(): IterableIterator<Subscription> {
    return this.#byTag.values()
  }

  /** Devices that have one, of a tenant or of all. */
  devices(tenantId?: TenantId): DeviceId[] {
    const own = ([first]: readonly Subscription[]) => tenantId === undefined || first?.row.tenantId === tenantId
    return [...this.#byDevice].filter(([, subscriptions]) => own(subscriptions)).map(([id]) => id)
  }

  /** The subscriptions of a device. */
  ofDevice(deviceId: DeviceId): readonly Subscription[] {
    return this.#byDevice.get(deviceId) ?? NONE
  }

  /** A SUBSCRIBE of a device begins to be served; `closed` ends that. */
  opening(deviceId: DeviceId): Opening {
    const opening = { changed: false }
    const openings = this.#openings.get(deviceId) ?? new Set()
    this.#openings.set(deviceId, openings.add(opening))
    return opening
  }

  /** It was served, or refused. */
  closed(deviceId: DeviceId, opening: Opening): void {
    const openings = this.#openings.get(deviceId)
    openings?.delete(opening)
    if (openings?.size === 0) this.#openings.delete(deviceId)
  }

  /** What the device watches was looked at, and may differ from what a SUBSCRIBE under way has read. */
  looked(deviceId: DeviceId): void {
    for (const opening of this.#openings.get(deviceId) ?? []) opening.changed = true
  }

  /** The subscription of a dialog. */
  find(callId: string, localTag: string, remoteTag: string): Subscription | undefined {
    const found = this.#byTag.get(localTag)
    return found?.row.callId === callId && found.row.remoteTag === remoteTag ? found : undefined
  }

  /** The subscription that this very SUBSCRIBE, without a To tag, has already made. */
  madeBy(
    deviceId: DeviceId,
    { callId, remoteTag }: Pick<StoredSubscription, 'callId' | 'remoteTag'>,
    cseq: number,
  ): Subscription | undefined {
    return this.ofDevice(deviceId).find(
      ({ row }) => row.callId === callId && row.remoteTag === remoteTag && row.remoteCseq === cseq,
    )
  }

  /** Adds one and returns those it replaces: of the same phone for the same thing, and what is too many. */
  add(subscription: Subscription): Subscription[] {
    const { row } = subscription
    const own = this.ofDevice(row.deviceId)
    const replaced = own.filter((other) => asksTheSame(other.row, row) && isSamePhone(other.row, row))
    const kept = own.filter((other) => !replaced.includes(other))
    replaced.push(...kept.slice(0, Math.max(0, kept.length + 1 - MAX_PER_DEVICE)))
    for (const old of replaced) this.#forget(old)
    this.#byDevice.set(row.deviceId, [...this.ofDevice(row.deviceId), subscription])
    this.#byTag.set(row.localTag, subscription)
    this.seen(subscription)
    this.#onChange(row.deviceId)
    return replaced
  }

  /** Notes the connection its latest SUBSCRIBE came by. */
  seen(subscription: Subscription): void {
    const flow = flowOf(subscription)
    if (flow !== undefined) this.#byFlow.set(flow, (this.#byFlow.get(flow) ?? new Set()).add(subscription))
  }

  /** The subscriptions whose connection this is, taken from the index because it is gone. */
  takeFlow(flow: string): readonly Subscription[] {
    const seen = this.#byFlow.get(flow) ?? []
    this.#byFlow.delete(flow)
    // One that moved to another connection since stays where it went.
    return [...seen].filter((subscription) => flowOf(subscription) === flow)
  }

  /** Forgets one. */
  remove(subscription: Subscription): void {
    this.#forget(subscription)
    this.#onChange(subscription.row.deviceId)
  }

  #forget(subscription: Subscription): void {
    const { row } = subscription
    this.#byTag.delete(row.localTag)
    this.#byFlow.get(flowOf(subscription) ?? '')?.delete(subscription)
    const left = this.ofDevice(row.deviceId).filter((one) => one !== subscription)
    if (left.length === 0) this.#byDevice.delete(row.deviceId)
    else this.#byDevice.set(row.deviceId, left)
  }
}

function flowOf({ row }: Subscription): string | undefined {
  return (row.dialog as Dialog).flow.flow
}

/** A sum and a list tell the same lamp, so that one replaces the other. */
function asksTheSame(a: StoredSubscription, b: StoredSubscription): boolean {
  const shown = ({ eventPackage }: StoredSubscription) => eventPackage.replace(/-list$/, '')
  return a.mailboxId === b.mailboxId && shown(a) === shown(b)
}
