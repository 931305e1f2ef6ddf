import { isLampLit, type LampCause, type MailboxId, RECONCILE, sameSummary } from '@lamplighter/domain'
import type { GatewayLamp } from '@lamplighter/store'

/** Lamps that are told again whatever they acknowledged; what is null does not narrow it. */
export type Again = {
  readonly tenantId: string | null
  readonly inSync: boolean | null
  readonly lit: boolean | null
}

/** What somebody asked to be told again: a mailbox, a gateway, or all of a tenant. */
export type GatewayReassertion = Again & {
  readonly tenantId: string
  readonly gatewayId: string | null
  readonly mailboxId: MailboxId | null
}

/** Every lamp. */
export const ALL_AGAIN: Again = { tenantId: null, inSync: null, lit: null }

/** Whether a lamp is among those told again; null: none is. */
export function isAgain(lamp: GatewayLamp, again: Again | null): boolean {
  if (again === null) return false
  const { tenantId, inSync, lit } = again
  return (
    (tenantId === null || lamp.tenantId === tenantId) &&
    (inSync === null || isInSync(lamp) === inSync) &&
    (lit === null || isLampLit(lamp.summary) === lit)
  )
}

function isInSync({ acknowledged, number, context, summary }: GatewayLamp): boolean {
  if (!acknowledged) return false
  return (
    acknowledged.number === number && acknowledged.context === context && sameSummary(acknowledged.summary, summary)
  )
}

/** What is told again because its time has come, or because its gateway is back. */
export const REASSERTION: LampCause = { ...RECONCILE, kind: 'reassert' }
