import { type DeviceId, EMPTY_SUMMARY, type LampCause, type LampReason, type MessageSummary } from '@lamplighter/domain'
import type { DeliveringGateway, GatewayLamp, WatchedMailbox } from '@lamplighter/store'
import type { OpenDecision } from '../lamp-trace.js'
import type { GiveUp, Showing } from './delivery.js'
import type { GatewayLedger } from './gateway-ledger.js'

type Lamp = GatewayLamp & { readonly cause: LampCause }

/** What the ledger calls the end of a delivery. */
const REASONS: Readonly<Record<GiveUp, LampReason>> = {
  absent: 'no_contact',
  refused: 'peer_refused',
  unreachable: 'unreachable',
}

/** Puts into the ledger's and the trace's words what happens to the lamps of gateways. */
export class GatewayRecords {
  readonly #ledger: GatewayLedger

  constructor(ledger: GatewayLedger) {
    this.#ledger = ledger
  }

  /** It should show something else than it did. */
  pending(lamp: Lamp, reason: 'pending' | 'unreachable'): void {
    this.#record(lamp, reason, null)
  }

  /** It shows already what it should. @param forget it is dark and shown no more */
  settled(lamp: Lamp, forget: boolean): void {
    this.#record(lamp, toldReason(lamp), null, forget)
  }

  /** A request about it goes out. */
  sending(lamp: Lamp, summary: MessageSummary): OpenDecision {
    return this.#ledger.trace.decide([toWatched({ ...lamp, summary })], 'notify', 'pending')
  }

  /** It was acknowledged. */
  acknowledged(
    lamp: Lamp,
    showing: Showing<Lamp>,
    decision: OpenDecision,
    facts: {
      readonly status: number
      readonly target: string | null
      readonly publication: GatewayLamp['publication']
      readonly forget: boolean
    },
  ): void {
    const { number, context, address } = showing.tag
    const shown = showing.summary
    const reason = showing.tag.revision < lamp.revision ? 'pending' : toldReason(lamp)
    this.#ledger.trace.settle(decision, toldReason(lamp), facts.status)
    this.#ledger.record({ ...lineOf(lamp), number, context, address, acknowledged: shown, reason, ...facts })
  }

  /** Not taken; it is tried again. */
  retrying(lamp: Lamp, decision: OpenDecision, status: number): void {
    this.#ledger.trace.settle(decision, 'retrying', status)
    this.#record(lamp, 'retrying', status)
  }

  /** Not taken, and not tried again until something changes. That an extension is not there is nobody's fault. */
  givenUp(
    gateway: DeliveringGateway,
    lamp: Lamp,
    decision: OpenDecision,
    why: GiveUp,
    status: number,
    forget: boolean,
  ): void {
    const reason = REASONS[why]
    this.#ledger.trace.settle(decision, reason, status)
    this.#record(lamp, reason, status, forget)
    if (reason === 'unreachable' || reason === 'peer_refused')
      this.#ledger.fail(gateway, lamp.mailboxId, reason, status)
  }

  #record(lamp: Lamp, reason: LampReason, status: number | null, forget = false): void {
    this.#ledger.record({
      ...lineOf(lamp),
      acknowledged: undefined,
      reason,
      status,
      target: null,
      publication: undefined,
      forget,
    })
  }
}

function lineOf({ gatewayId, mailboxId, number, context, address, revision, summary }: Lamp) {
  return { gatewayId, mailboxId, number, context, address, revision, summary }
}

/** A lamp that is as dark as a switch wants it says which. */
function toldReason({ blockedBy }: Lamp): LampReason {
  if (blockedBy === null) return 'acknowledged'
  return blockedBy === 'policy' ? 'blocked_by_policy' : 'blocked_by_gateway'
}

/** The trace knows owners of lamps; a gateway is one as a device is. */
function toWatched(lamp: Lamp): WatchedMailbox {
  return {
    deviceId: lamp.gatewayId as DeviceId,
    tenantId: lamp.tenantId,
    watched: lamp.served,
    own: false,
    mwiMode: 'auto',
    blocked: lamp.blockedBy === 'policy',
    acknowledged: lamp.acknowledged?.summary ?? EMPTY_SUMMARY,
    mailboxId: lamp.mailboxId,
    number: lamp.number,
    revision: lamp.revision,
    summary: lamp.summary,
    cause: lamp.cause,
  }
}
