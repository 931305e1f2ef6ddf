import { queryRows } from '../database.js'
import { NAMES, type Seat } from './gateway-client.js'

/** An event as the log has it, as far as it is compared. */
export type LogRow = {
  readonly eventId: string
  readonly cursor: number
  readonly mailbox: number | null
  readonly tenant: string | null
  /** Users the headers name; `*` is everyone. */
  readonly users: readonly string[]
  readonly name: string
  /** MD5 of the body. */
  readonly body: string
  /** When its transaction began, in milliseconds. */
  readonly createdAt: number
  readonly message: string | null
  readonly folder: number | null
}

const ROWS = `
  SELECT event_id::text AS "eventId", cursor::int, mailbox_id AS mailbox, headers->>'tenant_uuid' AS tenant,
    ARRAY(SELECT substr(key, 11) FROM jsonb_object_keys(headers) key WHERE key LIKE 'user_uuid:%') AS users,
    name, md5(body) AS body, extract(epoch FROM created_at)::float8 * 1000 AS "createdAt",
    body::json #>> '{data,message_id}' AS message, (body::json #>> '{data,message,folder,id}')::int AS folder
  FROM event WHERE cursor > $1 ORDER BY cursor`

/** The log after a cursor, in its order. */
export function readLog(databaseUrl: string, after: number): Promise<LogRow[]> {
  return queryRows<LogRow>(databaseUrl, ROWS, [after])
}

const STATE = `
  SELECT coalesce(max(cursor), 0)::int AS head,
    count(*) FILTER (WHERE cursor IS NULL OR cursor > (SELECT confirmed_cursor FROM relay_progress)) AS waiting
  FROM event`

/** The last cursor, once the broker confirmed everything. */
export async function headOfLog(databaseUrl: string): Promise<number | undefined> {
  const [row] = await queryRows<{ head: number; waiting: string }>(databaseUrl, STATE)
  return row?.waiting === '0' ? row.head : undefined
}

/** What of the log a client must be shown: decided here once more, from the headers alone. */
export function visibleTo(log: readonly LogRow[], { tenant, user }: Seat): LogRow[] {
  return log.filter(
    (row) =>
      row.tenant === tenant &&
      NAMES.includes(row.name) &&
      (user === undefined || row.users.includes(user) || row.users.includes('*')),
  )
}
