import { type LampCause, type MailboxId, RECONCILE } from '@lamplighter/domain'

/** What is told again: a mailbox, a gateway, or all of a tenant. */
export type GatewayReassertion = {
  readonly tenantId: string
  readonly gatewayId: string | null
  readonly mailboxId: MailboxId | null
}

/** What is told again because its time has come, or because its gateway is back. */
export const REASSERTION: LampCause = { ...RECONCILE, kind: 'reassert' }
