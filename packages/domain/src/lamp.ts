import type { MessageSummary } from './summary.js'

/** A lamp is lit exactly when something new waits (sip.md 1.1, bus.md 4.4). */
export function isLampLit(summary: MessageSummary): boolean {
  return summary.new > 0
}

/**
 * How a device is told. `auto`: by its subscription while it has one, else by unsolicited NOTIFY to where it is
 * registered. `solicited` and `unsolicited`: in that way only. `off`: never.
 */
export type MwiMode = 'auto' | 'solicited' | 'unsolicited' | 'off'

/** Why a lamp is as it is. One line of the ledger has exactly one. */
export type LampReason =
  /** The device answered 2xx to the state it should show. */
  | 'acknowledged'
  /** The device is told by subscription only, and has no live one. */
  | 'no_subscription'
  /** The device is registered nowhere and has no subscription: nobody knows where it is. */
  | 'no_contact'
  /** The device's `mwi_mode` is `off`. */
  | 'switched_off'
  /** A NOTIFY is on its way or waits for its turn. */
  | 'pending'
  /** The device did not answer; it is told again when it comes back. */
  | 'unreachable'
  /** The device answered that it does not want this. */
  | 'peer_refused'
  /** The device answered that it should be told later, or failed to take it; it is tried again. */
  | 'retrying'
  /** The counts could not be read; the lamp keeps what it showed. */
  | 'held_unknown_counts'
  /** A policy of the mailbox or the tenant lets no lamp show it. */
  | 'blocked_by_policy'
  /** The gateway that would show it tells nothing. */
  | 'blocked_by_gateway'

/** What was done about a lamp: `skip`: it shows this already; `hold`: it cannot or may not be told; `end`: it is told no more. */
export type LampAction = 'notify' | 'skip' | 'hold' | 'end'

/** What made the worker look at a lamp. */
export type LampCause = {
  readonly kind: 'event' | 'request' | 'reconcile' | 'reassert'
  /** Name of the event, or method of the request. */
  readonly name: string | null
  /** Of the event, in the event log. */
  readonly eventId: string | null
  /** When the change was committed, epoch milliseconds; null where nothing changed. */
  readonly committedAtMs: number | null
}

/** Nothing in particular: every lamp is looked at now and then. */
export const RECONCILE: LampCause = { kind: 'reconcile', name: null, eventId: null, committedAtMs: null }

/** A request of the device. */
export function requestCause(method: string): LampCause {
  return { kind: 'request', name: method, eventId: null, committedAtMs: null }
}
