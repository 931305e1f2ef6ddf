import type { LampReason } from '@lamplighter/domain'
import type { SipStack } from '@lamplighter/sip'
import type { Epoch } from './epoch.js'
import type { LampContent } from './lamp-content.js'
import type { LampMetrics } from './lamp-metrics.js'
import type { Ledger } from './ledger.js'
import type { NotifyPacer } from './notify-pacer.js'

/** What a subscription (`Self`) needs of the worker. */
export type SubscriptionContext<Self> = {
  readonly stack: () => SipStack
  readonly ledger: Ledger
  readonly metrics: LampMetrics
  readonly pacer: NotifyPacer
  readonly epoch: Epoch
  /** What a phone dials from its envelope key where nobody says otherwise. */
  readonly accessCode: string
  /** Its phone acknowledged this. */
  readonly onAcknowledged: (subscription: Self, content: LampContent) => void
  /** Whether its phone can be reached may have changed. */
  readonly onReach: (subscription: Self) => void
  /** The subscription is over; its row can go. */
  readonly onEnd: (subscription: Self, reason: LampReason) => void
}
