import type { Greeting, GreetingName, MailboxHead } from '@lamplighter/domain'
import type { Sql } from './sql.js'

type GreetingRow = {
  name: GreetingName
  audio_key: string
  audio_bytes: number
  audio_sha256: string
  duration_ms: number
}

const PLACE = 'mailbox_id = $1 AND tenant_uuid = $2::uuid AND name = $3'
const FIND = `SELECT name, audio_key, audio_bytes, audio_sha256, duration_ms FROM greeting WHERE ${PLACE}`
const PUT = `
  INSERT INTO greeting (mailbox_id, tenant_uuid, name, audio_key, audio_bytes, audio_sha256, duration_ms)
  VALUES ($1, $2::uuid, $3, $4, $5, $6, $7)
  ON CONFLICT (mailbox_id, name) DO UPDATE SET audio_key = excluded.audio_key, audio_bytes = excluded.audio_bytes,
    audio_sha256 = excluded.audio_sha256, duration_ms = excluded.duration_ms, updated_at = now()`
const DELETE_ALL = 'DELETE FROM greeting WHERE mailbox_id = $1 AND tenant_uuid = $2::uuid RETURNING name'
const DELETE = `DELETE FROM greeting WHERE ${PLACE} RETURNING name`

/** The part of a mailbox that says where its greetings are. */
type Place = Pick<MailboxHead, 'id' | 'tenantId'>

/**
 * Greetings of mailboxes that were found in scope. Written only under the mailbox's lock; audio that no row names any
 * more is swept later.
 */
export class GreetingRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** The greeting, if it is recorded. */
  async find({ id, tenantId }: Place, name: GreetingName): Promise<Greeting | undefined> {
    const [row] = await this.#sql.rows<GreetingRow>('greeting.find', FIND, [id, tenantId, name])
    return row && toGreeting(row)
  }

  /** Records the greeting over what is there. */
  async put({ id, tenantId }: Place, greeting: Greeting): Promise<void> {
    const { name, audioKey, audioBytes, audioSha256, durationMs } = greeting
    await this.#sql.rows('greeting.put', PUT, [id, tenantId, name, audioKey, audioBytes, audioSha256, durationMs])
  }

  /** Removes every greeting of the mailbox, and says which there were. */
  async deleteAll({ id, tenantId }: Place): Promise<GreetingName[]> {
    const rows = await this.#sql.rows<Pick<GreetingRow, 'name'>>('greeting.delete-all', DELETE_ALL, [id, tenantId])
    return rows.map(({ name }) => name).sort()
  }

  /** Removes the greeting; false when there was none. */
  async delete({ id, tenantId }: Place, name: GreetingName): Promise<boolean> {
    return (await this.#sql.rows('greeting.delete', DELETE, [id, tenantId, name])).length === 1
  }
}

function toGreeting(row: GreetingRow): Greeting {
  return {
    name: row.name,
    audioKey: row.audio_key,
    audioBytes: row.audio_bytes,
    audioSha256: row.audio_sha256,
    durationMs: row.duration_ms,
  }
}
