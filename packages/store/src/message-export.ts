import type { MailboxId, Message } from '@lamplighter/domain'
import { MESSAGE_COLUMNS, type MessageRow, toMessage } from './message-repository.js'
import type { TenantScope } from './scope.js'
import type { Sql } from './sql.js'

/** What an export covers: a mailbox known to be in scope, or a caller of the tenant over all its mailboxes. */
export type ExportSelection = { readonly mailboxId: MailboxId } | { readonly callerIdNum: string }

/** A message on its way into an archive. */
export type ExportedMessage = { readonly message: Message; readonly deleted: boolean }

/** Messages read at a time: what an export holds in memory. */
const BATCH = 200
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

const OF_MAILBOX = `
  SELECT ${MESSAGE_COLUMNS}, false AS deleted FROM message g
  WHERE g.mailbox_id = $1 AND g.deleted_at IS NULL AND g.id > $2::uuid ORDER BY g.id LIMIT ${BATCH}`
const OF_CALLER = `
  SELECT ${MESSAGE_COLUMNS}, g.deleted_at IS NOT NULL OR m.deleted_at IS NOT NULL AS deleted
  FROM message g JOIN mailbox m ON m.id = g.mailbox_id
  WHERE g.tenant_uuid = $1::uuid AND g.caller_id_num = $2 AND g.id > $3::uuid ORDER BY g.id LIMIT ${BATCH}`

type ExportRow = MessageRow & { deleted: boolean }

/** Every selected message once, in the order of ids, a batch of rows at a time. */
export async function* exportMessages(
  sql: Sql,
  { tenantId }: TenantScope,
  selection: ExportSelection,
): AsyncGenerator<ExportedMessage> {
  let last = FIRST_ID
  while (true) {
    const rows =
      'mailboxId' in selection
        ? await sql.rows<ExportRow>('export.mailbox', OF_MAILBOX, [selection.mailboxId, last])
        : await sql.rows<ExportRow>('export.caller', OF_CALLER, [tenantId, selection.callerIdNum, last])
    for (const row of rows) yield { message: toMessage(row), deleted: row.deleted }
    if (rows.length < BATCH) return
    last = rows.at(-1)?.id ?? last
  }
}
