import { type DeviceId, EMPTY_SUMMARY, type MailboxId, requestCause, type TenantId } from '@lamplighter/domain'
import { createLogger } from '@lamplighter/runtime'
import type { SipRepository, WatchedMailbox } from '@lamplighter/store'
import { describe, expect, it, vi } from 'vitest'
import type { LampMetrics } from './lamp-metrics.js'
import type { LampTrace } from './lamp-trace.js'
import { LampWorker } from './lamp-worker.js'
import { Ledger } from './ledger.js'
import type { Subscription } from './subscription.js'
import type { SubscriptionTable } from './subscription-table.js'
import type { UnsolicitedNotifier } from './unsolicited-notifier.js'

const log = createLogger('silent')
const DEVICE = '0d7f0000-0000-4000-8000-000000000001' as DeviceId

const lit = (mailboxId: number): WatchedMailbox => ({
  deviceId: DEVICE,
  tenantId: '0d7f0000-0000-4000-8000-0000000000aa' as TenantId,
  mwiMode: 'auto',
  watched: true,
  blocked: false,
  acknowledged: EMPTY_SUMMARY,
  mailboxId: mailboxId as MailboxId,
  number: String(mailboxId),
  own: true,
  revision: 1,
  summary: { ...EMPTY_SUMMARY, new: 1 },
})

/** A worker whose device has one subscription, whatever the table says it watches, and a ledger that has not been written. */
function setUp(read: readonly WatchedMailbox[]) {
  const forms = vi.fn(async () => new Map())
  const sip = { watched: async () => read, forms } as unknown as SipRepository
  const ledger = new Ledger(sip, { decide: () => [] } as unknown as LampTrace, log)
  const told: WatchedMailbox[][] = []
  const subscription = {
    changed: (mailboxes: WatchedMailbox[]) => void told.push(mailboxes),
    reform: () => {},
    shown: [],
  }
  const table = { ofDevice: () => [subscription as unknown as Subscription], looked: () => {} }
  const unsolicited = { changed: () => [], reform: () => {} } as unknown as UnsolicitedNotifier
  const worker = new LampWorker(sip, table as unknown as SubscriptionTable, unsolicited, ledger, {} as LampMetrics, log)
  return { worker, ledger, told, forms }
}

describe('the lamp worker', () => {
  it('darkens a mailbox that a device stopped to watch before the ledger had written that it shows it', async () => {
    const [kept, left] = [lit(1), lit(2)]
    const { worker, ledger, told } = setUp([kept])
    ledger.record([kept, left], true, 'acknowledged', 200)
    worker.deviceChanged(DEVICE, requestCause('SUBSCRIBE'))
    await vi.waitFor(() => expect(told).toHaveLength(1))
    expect(told[0]?.map(({ mailboxId, watched, summary }) => [mailboxId, watched, summary.new])).toEqual([
      [1, true, 1],
      [2, false, 0],
    ])
    expect(told[0]?.[1]?.acknowledged).toMatchObject({ new: 1 })
    await worker.stop()
  })

  it('reads how devices want to be told only of those that were named, whatever the ledger has still to write', async () => {
    const { worker, ledger, told, forms } = setUp([lit(1)])
    ledger.record([lit(1)], true, 'acknowledged', 200)
    worker.mailboxChanged(lit(1).mailboxId, requestCause('SUBSCRIBE'))
    await vi.waitFor(() => expect(told).toHaveLength(1))
    expect(forms).not.toHaveBeenCalled()
    worker.deviceChanged(DEVICE, requestCause('SUBSCRIBE'))
    await vi.waitFor(() => expect(forms).toHaveBeenCalledWith([DEVICE]))
    await worker.stop()
  })
})
