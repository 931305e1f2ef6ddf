import type { LampTraceView, LampView } from '@lamplighter/contracts'
import { isLampLit, presentGatewayReason, presentReason } from '@lamplighter/domain'
import type { Lamp, LampState, TracedDecision } from '@lamplighter/store'

/** A lamp as the API shows it. */
export function toLampView(lamp: Lamp): LampView {
  const { uuid, tenantId, device, gateway, mailbox, desired, acknowledged, inSync, lastStatus, contact, updatedAt } =
    lamp
  return {
    uuid,
    tenant_uuid: tenantId,
    device: device && { uuid: device.uuid, name: device.name, sip_username: device.sipUsername },
    gateway: gateway && { uuid: gateway.uuid, name: gateway.name },
    voicemail: mailbox,
    desired: toStateView(desired),
    acknowledged: acknowledged && { ...toStateView(acknowledged), at: acknowledged.at.toISOString() },
    in_sync: inSync,
    reason: reasonOf(lamp),
    last_status: lastStatus,
    contact: contact?.uri ?? null,
    transport: contact?.transport ?? null,
    expires_at: contact?.expiresAt.toISOString() ?? null,
    updated_at: updatedAt?.toISOString() ?? null,
  }
}

/** A trace as the API shows it. */
export function toTraceView(decisions: readonly TracedDecision[]): LampTraceView {
  const items = decisions.map(({ at, cause, causeName, eventId, state, action, status, reason }) => ({
    at: at.toISOString(),
    cause: { kind: cause, name: causeName, event_id: eventId },
    state: toStateView(state),
    action,
    status,
    reason,
  }))
  return { items, total: items.length }
}

function reasonOf({ ledgerReason, inSync, device, gateway, contact }: Lamp): string {
  if (gateway) return presentGatewayReason({ ledgerReason, inSync, blockedBy: gateway.blockedBy })
  const [hasSubscription, hasContact] = [contact?.subscribed === true, contact !== null]
  return presentReason({ ledgerReason, inSync, mwiMode: device?.mwiMode ?? 'auto', hasSubscription, hasContact })
}

function toStateView(state: LampState) {
  return {
    new: state.new,
    old: state.old,
    urgent_new: state.urgentNew,
    urgent_old: state.urgentOld,
    revision: state.revision,
    lit: isLampLit(state),
  }
}
