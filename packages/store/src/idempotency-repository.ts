import type { RepeatKey, TenantId } from '@lamplighter/domain'
import type { Sql } from './sql.js'

/** What a key was used for first: a fingerprint of the request and the answer it got. */
export type FirstAnswer = { readonly fingerprint: string; readonly response: unknown }

const FIND =
  'SELECT fingerprint, response FROM idempotency_key WHERE tenant_uuid = $1::uuid AND scope = $2 AND key = $3'
const ADD = `
  INSERT INTO idempotency_key (tenant_uuid, scope, key, fingerprint, response)
  VALUES ($1::uuid, $2, $3, $4, $5::jsonb)
  ON CONFLICT DO NOTHING RETURNING key`
const SETTLE = `
  UPDATE idempotency_key SET response = $4::jsonb WHERE tenant_uuid = $1::uuid AND scope = $2 AND key = $3`
const PURGE = `DELETE FROM idempotency_key WHERE created_at < now() - make_interval(hours => $1)`

/** How long a key is remembered. */
const MEMORY_HOURS = 48

/**
 * Remembers the first answer to each Idempotency-Key, per tenant and scope (one scope per kind of creation and place, or
 * per kind and caller).
 */
export class IdempotencyRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** The first answer this key got, if it was used. */
  async find(tenantId: TenantId, scope: string, key: string): Promise<FirstAnswer | undefined> {
    const [row] = await this.#sql.rows<FirstAnswer>('idempotency.find', FIND, [tenantId, scope, key])
    return row
  }

  /**
   * Remembers an answer in the transaction that produced it. False when another transaction used the key first: it
   * waits for that one to end, so only one of two simultaneous requests does the work.
   */
  async add(tenantId: TenantId, scope: string, key: string, answer: FirstAnswer): Promise<boolean> {
    const values = [tenantId, scope, key, answer.fingerprint, JSON.stringify(answer.response)]
    const rows = await this.#sql.rows('idempotency.add', ADD, values)
    return rows.length === 1
  }

  /**
   * Takes a key before the work begins, so that a simultaneous request waits here for this transaction to end. False
   * when the key was used: then {@link find} has the answer.
   */
  claim({ tenantId, scope, key, fingerprint }: RepeatKey): Promise<boolean> {
    return this.add(tenantId, scope, key, { fingerprint, response: null })
  }

  /** Writes down the answer to a claimed key, in the same transaction. */
  async settle({ tenantId, scope, key }: RepeatKey, response: unknown): Promise<void> {
    await this.#sql.rows('idempotency.settle', SETTLE, [tenantId, scope, key, JSON.stringify(response)])
  }

  /** Forgets keys older than two days. */
  async purge(): Promise<void> {
    await this.#sql.rows('idempotency.purge', PURGE, [MEMORY_HOURS])
  }
}
