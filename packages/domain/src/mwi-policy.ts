import type { TenantId } from './ids.js'

/** A class of mailboxes, and whether lamps may tell of what waits in them (Exchange's AllowMessageWaitingIndicator). */
export type MwiPolicy = {
  readonly uuid: string
  readonly tenantId: TenantId
  readonly name: string
  readonly allowMwi: boolean
}

/** What a client may set of a policy. */
export type MwiPolicyFields = Pick<MwiPolicy, 'name' | 'allowMwi'>

/** Which switch keeps a lamp dark: the mailbox's policy, the gateway's own switch, or the mode of the device. */
export type MwiBlock = 'policy' | 'gateway' | 'device'
