import type { DeviceId } from '@lamplighter/domain'
import type { Logger } from '@lamplighter/runtime'
import type { ContactRepository, SipRepository } from '@lamplighter/store'
import { LAMP_EVENTS } from './consumers.js'
import { Subscription } from './subscription.js'
import type { SubscriptionContext } from './subscription-context.js'
import type { SubscriptionTable } from './subscription-table.js'
import type { UnsolicitedNotifier } from './unsolicited-notifier.js'

/** What a take-over reads, and where it puts what it finds. */
export type TakeOverParts = {
  readonly sip: SipRepository
  readonly contacts: ContactRepository
  readonly table: SubscriptionTable
  readonly unsolicited: UnsolicitedNotifier
  readonly context: SubscriptionContext<Subscription>
  /** Forgets the row of a subscription that another has replaced. */
  readonly forget: (subscription: Subscription) => void
  readonly log: Logger
}

const CHUNK = 200

/**
 * Goes on with the subscriptions and contacts of the worker before. Nothing is sent by it; the reconciliation that follows
 * tells what differs, and devices of which the ledger may not know what they show.
 */
export async function takeOver(parts: TakeOverParts): Promise<void> {
  const doubtful = await parts.sip.doubtfulDevices(LAMP_EVENTS)
  const subscriptions = await takeOverSubscriptions(parts, doubtful)
  await takeOverContacts(parts, doubtful)
  const epoch = parts.context.epoch.now
  if (subscriptions > 0) parts.log.info({ subscriptions, epoch, inDoubt: doubtful.size }, 'subscriptions taken over')
}

async function takeOverSubscriptions(
  { sip, table, context, forget }: TakeOverParts,
  doubtful: ReadonlySet<DeviceId>,
): Promise<number> {
  const loaded = await sip.loadSubscriptions()
  // Browsers were on sockets that ended with the last worker.
  const rows = loaded.filter(({ transport }) => transport !== 'WS' && transport !== 'WSS')
  for (let from = 0; from < rows.length; from += CHUNK) {
    const chunk = rows.slice(from, from + CHUNK)
    const devices = [...new Set(chunk.map((row) => row.deviceId))]
    const [forms, watched] = await Promise.all([sip.forms(devices), sip.watched(devices)])
    for (const row of chunk) {
      const form = forms.get(row.deviceId)
      if (!form) continue
      const subscription = new Subscription(row, form, context)
      // The phone has forgotten the older one, whose row could not be deleted any more.
      for (const old of table.add(subscription)) {
        old.drop()
        forget(old)
      }
      const own = watched.filter(({ deviceId }) => deviceId === row.deviceId)
      subscription.resume(own, !doubtful.has(row.deviceId))
    }
  }
  return rows.length
}

async function takeOverContacts(
  { sip, contacts, unsolicited }: TakeOverParts,
  doubtful: ReadonlySet<DeviceId>,
): Promise<void> {
  const rows = await contacts.takeOver()
  const forms = await sip.forms([...new Set(rows.map(({ deviceId }) => deviceId))])
  unsolicited.takeOver(rows, forms, doubtful)
}
