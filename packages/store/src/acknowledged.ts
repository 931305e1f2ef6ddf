import type { MessageSummary } from '@lamplighter/domain'

/** What the ledger says was acknowledged last; null where nothing was. */
export type AcknowledgedColumns = {
  acknowledged_new: number | null
  acknowledged_old: number | null
  acknowledged_urgent_new: number | null
  acknowledged_urgent_old: number | null
}

/** The counts that were acknowledged last; none where nothing was. */
export function toAcknowledged(row: AcknowledgedColumns): MessageSummary {
  return {
    new: row.acknowledged_new ?? 0,
    old: row.acknowledged_old ?? 0,
    urgentNew: row.acknowledged_urgent_new ?? 0,
    urgentOld: row.acknowledged_urgent_old ?? 0,
  }
}
