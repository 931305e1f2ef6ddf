import { fold, type MailboxId, type MessageId, type TenantId, type Transcription } from '@lamplighter/domain'
import { containing } from './like.js'
import type { TenantScope } from './scope.js'
import type { Sql } from './sql.js'
import { type TranscriptionRow, toTranscription } from './transcription-row.js'

/** Which transcriptions, in what order (rest.md 3.9). Times are epoch seconds; all that is given must hold. */
export type TranscriptionQuery = {
  readonly mailboxes?: readonly number[]
  readonly from?: number
  readonly until?: number
  readonly search?: string
  readonly order: 'created_at' | 'message_id'
  readonly direction: 'asc' | 'desc'
  readonly limit: number
  readonly offset: number
}

/** A transcription and the message it was made of. */
export type PlacedTranscription = {
  readonly messageId: MessageId
  readonly tenantId: TenantId
  readonly mailboxId: MailboxId
  readonly transcription: Transcription
}

type ListedRow = [messageId: string, tenantId: string, mailboxId: number, transcription: TranscriptionRow]

const ORDERS = {
  created_at: (direction: string) => `transcribed_at ${direction}, id ${direction}`,
  message_id: (direction: string) => `id ${direction}`,
} as const

/** The transcript in what a search looks through: behind the lines of the caller. */
const TRANSCRIPT = String.raw`substring(g.search_text FROM '^[^\n]*\n[^\n]*\n(.*)$')`

/** One statement, so that counts and page are of one snapshot; absent filters are null. $1 tenant. */
function listText({ order, direction }: TranscriptionQuery): string {
  return `
    WITH scoped AS (
        SELECT g.id, g.tenant_uuid, g.mailbox_id, g.transcribed_at, (
            ($2::int[] IS NULL OR g.mailbox_id = ANY ($2::int[]))
            AND ($3::bigint IS NULL OR g.transcribed_at >= to_timestamp($3::bigint))
            AND ($4::bigint IS NULL OR g.transcribed_at < to_timestamp($4::bigint))
            AND ($5::text IS NULL OR ${TRANSCRIPT} LIKE $5::text)) AS passes
        FROM tenant t JOIN message g ON g.tenant_uuid = t.uuid JOIN mailbox m ON m.id = g.mailbox_id AND m.deleted_at IS NULL
        WHERE t.ancestors @> ARRAY[$1::uuid] AND g.transcribed_at IS NOT NULL AND g.deleted_at IS NULL),
      page AS (SELECT * FROM scoped WHERE passes ORDER BY ${ORDERS[order](direction)} LIMIT $6 OFFSET $7)
    SELECT (SELECT count(*)::int FROM scoped) AS total, (SELECT count(*)::int FROM scoped WHERE passes) AS filtered,
      (SELECT json_agg(json_build_array(p.id, p.tenant_uuid, p.mailbox_id, g.transcription)
          ORDER BY ${ORDERS[order](direction).replaceAll(/\b(id|transcribed_at)\b/g, 'p.$1')})
        FROM page p JOIN message g ON g.id = p.id) AS items`
}

/** Transcriptions of a tenant and its descendants. */
export async function listTranscriptions(
  sql: Sql,
  { tenantId }: TenantScope,
  query: TranscriptionQuery,
): Promise<{ items: PlacedTranscription[]; total: number; filtered: number }> {
  const { mailboxes, from, until, search, order, direction, limit, offset } = query
  const pattern = search ? containing(fold(search)) : null
  const values = [tenantId, mailboxes ?? null, from ?? null, until ?? null, pattern, limit, offset]
  const name = `transcription.list.${order}.${direction}`
  const [row] = await sql.rows<{ total: number; filtered: number; items: ListedRow[] | null }>(
    name,
    listText(query),
    values,
  )
  return { items: (row?.items ?? []).flatMap(toPlaced), total: row?.total ?? 0, filtered: row?.filtered ?? 0 }
}

function toPlaced([id, tenantId, mailboxId, row]: ListedRow): PlacedTranscription[] {
  const transcription = toTranscription(row)
  if (!transcription) return []
  return [
    { messageId: id as MessageId, tenantId: tenantId as TenantId, mailboxId: mailboxId as MailboxId, transcription },
  ]
}
