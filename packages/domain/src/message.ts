import type { FolderId } from './folder.js'
import type { MailboxId, MessageId, TenantId } from './ids.js'

/** A voicemail message. Its audio is immutable and lies outside the row, under `audioKey`. */
export type Message = {
  readonly id: MessageId
  readonly tenantId: TenantId
  readonly mailboxId: MailboxId
  readonly folderId: FolderId
  readonly urgent: boolean
  readonly callerIdName: string | null
  readonly callerIdNum: string | null
  /** When it was left, epoch seconds. */
  readonly leftAt: number
  readonly durationMs: number
  readonly audioKey: string
  readonly audioBytes: number
}

/** Duration as the contract counts it: whole seconds, and 0 only for a message without sound. */
export function durationSeconds(durationMs: number): number {
  return durationMs === 0 ? 0 : Math.max(1, Math.round(durationMs / 1000))
}
