import type { MessageSummary } from './summary.js'

/** A lamp is lit exactly when something new waits (sip.md 1.1, bus.md 4.4). */
export function isLampLit(summary: MessageSummary): boolean {
  return summary.new > 0
}

/** How a device wants to be told. `auto` and `solicited` follow its subscription; `off` never tells it anything. */
export type MwiMode = 'auto' | 'solicited' | 'off'

/** Why a lamp is as it is. One line of the ledger has exactly one. */
export type LampReason =
  /** The device answered 2xx to the state it should show. */
  | 'acknowledged'
  /** The device has no live subscription. */
  | 'no_subscription'
  /** A NOTIFY is on its way or waits for its turn. */
  | 'pending'
  /** The device did not answer; it is told again when it comes back. */
  | 'unreachable'
  /** The device answered that it does not want this. */
  | 'peer_refused'
