import type { LampReason, MwiMode } from './lamp.js'
import type { MwiBlock } from './mwi-policy.js'

/** What is known of a lamp when somebody asks why it is as it is. */
export type LampFacts = {
  /** What the ledger says; null: nothing was ever decided about it. */
  readonly ledgerReason: LampReason | null
  readonly inSync: boolean
  readonly mwiMode: MwiMode
  readonly hasSubscription: boolean
  /** Of any kind: a subscription or a registration that has not run out. */
  readonly hasContact: boolean
}

/**
 * The reason as it is this moment. The ledger tells what was decided last; since then the mailbox may have changed, the
 * subscription may have run out, or nothing was ever decided.
 */
export function presentReason({ ledgerReason, inSync, mwiMode, hasSubscription, hasContact }: LampFacts): LampReason {
  if (mwiMode === 'off') return 'switched_off'
  const reason = ledgerReason ?? 'no_contact'
  if (reason === 'no_subscription' || reason === 'no_contact') {
    // Whoever is told by subscription only is not told by a registration.
    if (hasSubscription || (hasContact && mwiMode !== 'solicited')) return 'pending'
    return hasContact ? 'no_subscription' : 'no_contact'
  }
  // Told, but not what it should show by now: the change is on its way.
  if (reason === 'acknowledged' && !inSync) return 'pending'
  return reason
}

/** What is known of a gateway's lamp when somebody asks why it is as it is. */
export type GatewayLampFacts = Pick<LampFacts, 'ledgerReason' | 'inSync'> & {
  /** The switch that keeps it dark. */
  readonly blockedBy: Exclude<MwiBlock, 'device'> | null
}

/** As {@link presentReason}, for what a gateway shows. A gateway is always to be told, so what was never decided waits. */
export function presentGatewayReason({ ledgerReason, inSync, blockedBy }: GatewayLampFacts): LampReason {
  if (ledgerReason === null) return 'pending'
  const isSettled =
    ledgerReason === 'acknowledged' || ledgerReason === 'blocked_by_policy' || ledgerReason === 'blocked_by_gateway'
  if (!isSettled) return ledgerReason
  if (!inSync) return 'pending'
  // A switch may have been turned since: what it kept dark may be dark now because nothing waits.
  if (blockedBy === null) return 'acknowledged'
  return blockedBy === 'policy' ? 'blocked_by_policy' : 'blocked_by_gateway'
}
