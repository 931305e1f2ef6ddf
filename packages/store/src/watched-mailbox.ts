import type { DeviceId, LampCause, MailboxId, MessageSummary, MwiMode, TenantId } from '@lamplighter/domain'
import { type AcknowledgedColumns, toAcknowledged } from './acknowledged.js'

/** A mailbox a device watches, or watched, with what it shows now. */
export type WatchedMailbox = {
  readonly deviceId: DeviceId
  readonly tenantId: TenantId
  /** How the device is told. */
  readonly mwiMode: MwiMode
  /** False: the ledger still has a line, which must go dark. */
  readonly watched: boolean
  /** The policy of the mailbox keeps its lamps dark. */
  readonly blocked: boolean
  /** What the device last acknowledged of it. */
  readonly acknowledged: MessageSummary | undefined
  readonly mailboxId: MailboxId
  readonly number: string
  /** Whether it is the personal mailbox of the device's user. */
  readonly own: boolean
  readonly revision: number
  readonly summary: MessageSummary
  /** Why the worker looked at it; undefined where it is only shown along with another one. The store does not know. */
  readonly cause?: LampCause | undefined
}

/**
 * The same mailbox, looked at for this reason. Field by field: objects that are made by spreading one into another each get a
 * layout of their own, which weighs more than what they hold.
 */
export function withCause(mailbox: WatchedMailbox, cause: LampCause | undefined): WatchedMailbox {
  return {
    deviceId: mailbox.deviceId,
    tenantId: mailbox.tenantId,
    mwiMode: mailbox.mwiMode,
    watched: mailbox.watched,
    blocked: mailbox.blocked,
    mailboxId: mailbox.mailboxId,
    number: mailbox.number,
    own: mailbox.own,
    revision: mailbox.revision,
    summary: mailbox.summary,
    acknowledged: mailbox.acknowledged,
    cause,
  }
}

/** A row of the statement that says what devices watch. */
export type WatchedRow = AcknowledgedColumns & {
  device_uuid: string
  tenant_uuid: string
  mwi_mode: string
  watched: boolean
  own: boolean
  id: number
  number: string
  revision: number
  shown: boolean
  blocked: boolean
  new_count: number
  old_count: number
  urgent_new_count: number
  urgent_old_count: number
}

/** What a row stands for. */
export function toWatched(row: WatchedRow): WatchedMailbox {
  const shown = (count: number) => (row.shown ? count : 0)
  return {
    deviceId: row.device_uuid as DeviceId,
    tenantId: row.tenant_uuid as TenantId,
    mwiMode: row.mwi_mode as MwiMode,
    watched: row.watched,
    blocked: row.blocked,
    mailboxId: row.id as MailboxId,
    number: row.number,
    own: row.own,
    revision: Number(row.revision),
    summary: {
      new: shown(row.new_count),
      old: shown(row.old_count),
      urgentNew: shown(row.urgent_new_count),
      urgentOld: shown(row.urgent_old_count),
    },
    acknowledged: row.acknowledged_new === null ? undefined : toAcknowledged(row),
    cause: undefined,
  }
}
