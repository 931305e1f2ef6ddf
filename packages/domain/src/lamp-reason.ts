import type { LampReason, MwiMode } from './lamp.js'

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
