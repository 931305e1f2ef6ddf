import { type MailboxHead, type MailboxId, mailboxSubject, type PinCounter, type TenantId } from '@lamplighter/domain'
import type { TenantScope } from './scope.js'
import type { Sql } from './sql.js'

/** What a PIN is checked against. */
export type PinCredential = {
  readonly tenantId: TenantId
  readonly mailboxId: MailboxId
  /** Number of the mailbox. */
  readonly number: string
  /** Undefined while no PIN is set. */
  readonly hash: string | undefined
  /** It was one of the last PINs already when it was set. */
  readonly reused: boolean
  /** Of the tenant. */
  readonly minLength: number
}

/** Hashes of the PIN of a mailbox and of those before it. */
export type KnownPins = { readonly current: string | undefined; readonly former: readonly string[] }

type CredentialRow = {
  id: number
  tenant_uuid: string
  number: string
  pin_hash: string | null
  pin_reused: boolean
  pin_min_length: number
}
type CounterRow = { subject: string; failures: number; locks: number; locked_until: Date | null; updated_at: Date }

const IN_SCOPE =
  'm.id = $1 AND m.deleted_at IS NULL AND (m.tenant_uuid = $2::uuid OR ($3 AND t.ancestors @> ARRAY[$2::uuid]))'
const FIND = `
  SELECT m.id, m.tenant_uuid::text, m.number, m.pin_hash, m.pin_reused, t.pin_min_length
  FROM mailbox m JOIN tenant t ON t.uuid = m.tenant_uuid WHERE ${IN_SCOPE}`
const KNOWN = `
  SELECT m.pin_hash AS current, ARRAY(SELECT h.pin_hash FROM pin_history h WHERE h.mailbox_id = m.id ORDER BY h.id DESC) AS former
  FROM mailbox m JOIN tenant t ON t.uuid = m.tenant_uuid WHERE ${IN_SCOPE}`

/** How many former PINs cannot be used again. */
const REMEMBERED = 5
const REMEMBER =
  'INSERT INTO pin_history (mailbox_id, pin_hash) SELECT id, pin_hash FROM mailbox WHERE id = $1 AND pin_hash IS NOT NULL'
const FORGET = `
  DELETE FROM pin_history WHERE mailbox_id = $1
    AND id NOT IN (SELECT id FROM pin_history WHERE mailbox_id = $1 ORDER BY id DESC LIMIT ${REMEMBERED})`

/** Always in the order of subjects, so that two tries never wait for each other. */
const LOCK = `
  INSERT INTO pin_failure AS f (tenant_uuid, subject)
  SELECT $1::uuid, subject FROM json_array_elements_text($2::json) AS asked(subject) ORDER BY subject
  ON CONFLICT (tenant_uuid, subject) DO UPDATE SET subject = excluded.subject
  RETURNING f.subject, f.failures, f.locks, f.locked_until, f.updated_at`
const SAVE = `
  UPDATE pin_failure f SET failures = e.failures, locks = e.locks, locked_until = e.locked_until, updated_at = e.updated_at
  FROM json_to_recordset($2::json) AS e(subject text, failures int, locks int, locked_until timestamptz, updated_at timestamptz)
  WHERE f.tenant_uuid = $1::uuid AND f.subject = e.subject`
const REMOVE = `
  UPDATE mailbox SET pin_hash = NULL, pin_reused = false
  WHERE id = $1 AND tenant_uuid = $2::uuid AND pin_hash IS NOT NULL RETURNING id`
const CLEAR = `
  DELETE FROM pin_failure WHERE tenant_uuid = $1::uuid AND subject IN (SELECT json_array_elements_text($2::json))
  RETURNING failures, locks`
/** Anything older has faded and unlocked long ago. */
const PURGE = "DELETE FROM pin_failure WHERE greatest(updated_at, locked_until) < now() - interval '7 days'"

/** PINs as hashes, and how often wrong ones were tried. */
export class PinRepository {
  readonly #sql: Sql
  readonly #scope: TenantScope

  constructor(sql: Sql, scope: TenantScope) {
    this.#sql = sql
    this.#scope = scope
  }

  /** What a PIN of the mailbox is checked against. */
  async credential(id: MailboxId): Promise<PinCredential | undefined> {
    const [row] = await this.#sql.rows<CredentialRow>('pin.credential', FIND, this.#place(id))
    return row && toCredential(row)
  }

  /** The PINs a new one must differ from. */
  async known(id: MailboxId): Promise<KnownPins> {
    const values = this.#place(id)
    const [row] = await this.#sql.rows<{ current: string | null; former: string[] }>('pin.known', KNOWN, values)
    return { current: row?.current ?? undefined, former: row?.former ?? [] }
  }

  /** Keeps the PIN of a mailbox found in scope among the former ones; to be called just before it is replaced. */
  async remember(id: MailboxId): Promise<void> {
    await this.#sql.rows('pin.remember', REMEMBER, [id])
    await this.#sql.rows('pin.forget', FORGET, [id])
  }

  /** Takes the PIN of a mailbox found in scope away, and what was counted of wrong ones; false when it had none. */
  async remove({ id, tenantId }: Pick<MailboxHead, 'id' | 'tenantId'>): Promise<boolean> {
    await this.remember(id)
    const removed = await this.#sql.rows('pin.remove', REMOVE, [id, tenantId])
    const counted = await this.clearCounters(tenantId, [mailboxSubject(id)])
    return removed.length === 1 || counted
  }

  /** Locks the counters of these subjects to the end of the transaction. */
  async lockCounters(tenantId: TenantId, subjects: readonly string[]): Promise<Map<string, PinCounter>> {
    const rows = await this.#sql.rows<CounterRow>('pin.lock', LOCK, [tenantId, JSON.stringify(subjects)])
    return new Map(rows.map((row) => [row.subject, toCounter(row)]))
  }

  /** Writes counters whose lock is held. */
  async saveCounters(tenantId: TenantId, counters: ReadonlyMap<string, PinCounter>): Promise<void> {
    const rows = [...counters].map(([subject, { failures, locks, lockedUntil, updatedAt }]) => ({
      subject,
      failures,
      locks,
      locked_until: lockedUntil,
      updated_at: updatedAt,
    }))
    await this.#sql.rows('pin.save', SAVE, [tenantId, JSON.stringify(rows)])
  }

  /** Forgets everything about these subjects; false when there was nothing. */
  async clearCounters(tenantId: TenantId, subjects: readonly string[]): Promise<boolean> {
    const values = [tenantId, JSON.stringify(subjects)]
    const rows = await this.#sql.rows<{ failures: number; locks: number }>('pin.clear', CLEAR, values)
    return rows.some(({ failures, locks }) => failures > 0 || locks > 0)
  }

  #place(id: MailboxId): [number, string, boolean] {
    return [id, this.#scope.tenantId, this.#scope.subtree]
  }
}

/** Deletes counters nobody needs any more, of all tenants: callers come and go. */
export async function purgePinCounters(sql: Sql): Promise<void> {
  await sql.rows('pin.purge', PURGE, [])
}

function toCredential(row: CredentialRow): PinCredential {
  return {
    tenantId: row.tenant_uuid as TenantId,
    mailboxId: row.id as MailboxId,
    number: row.number,
    hash: row.pin_hash ?? undefined,
    reused: row.pin_reused,
    minLength: row.pin_min_length,
  }
}

function toCounter(row: CounterRow): PinCounter {
  return { failures: row.failures, locks: row.locks, lockedUntil: row.locked_until, updatedAt: row.updated_at }
}
