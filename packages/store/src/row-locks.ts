import type { DeviceId, MwiSourceId, UserId } from '@lamplighter/domain'
import type { TenantScope } from './scope.js'
import type { Sql } from './sql.js'

/** Locks one row of a table that has a tenant, if it is in scope. The parts of the text are ours, never a client's. */
function lockText(table: string, key: string, type: string): string {
  return `
    SELECT r.${key} FROM ${table} r JOIN tenant t ON t.uuid = r.tenant_uuid
    WHERE r.${key} = $1::${type} AND (r.tenant_uuid = $2::uuid OR ($3 AND t.ancestors @> ARRAY[$2::uuid]))
    FOR UPDATE OF r`
}

const CONTEXT = lockText('context', 'id', 'int')
const DEVICE = lockText('device', 'uuid', 'uuid')
const GATEWAY = lockText('gateway', 'uuid', 'uuid')
const MWI_POLICY = lockText('mwi_policy', 'uuid', 'uuid')
const MWI_SOURCE = lockText('mwi_source', 'uuid', 'uuid')
const POLICY = lockText('policy', 'uuid', 'uuid')
/** Whatever is written in the tenant meanwhile need not wait. */
const TENANT = `
  SELECT t.uuid FROM tenant t
  WHERE t.uuid = $1::uuid AND (t.uuid = $2::uuid OR ($3 AND t.ancestors @> ARRAY[$2::uuid])) FOR NO KEY UPDATE OF t`
const USER = lockText('"user"', 'uuid', 'uuid')

/**
 * Locks of configuration rows, held to the end of the transaction: between looking at a resource and changing it nobody
 * else changes it. Mailboxes have their own lock, their summary's.
 */
export class RowLocks {
  readonly #sql: Sql
  readonly #scope: TenantScope

  constructor(sql: Sql, scope: TenantScope) {
    this.#sql = sql
    this.#scope = scope
  }

  /** Locks a context. */
  async context(id: number): Promise<void> {
    await this.#lock('lock.context', CONTEXT, id)
  }

  /** Locks a SIP device. */
  async device(uuid: DeviceId): Promise<void> {
    await this.#lock('lock.device', DEVICE, uuid)
  }

  /** Locks a gateway. */
  async gateway(uuid: string): Promise<void> {
    await this.#lock('lock.gateway', GATEWAY, uuid)
  }

  /** Locks an MWI policy. */
  async mwiPolicy(uuid: string): Promise<void> {
    await this.#lock('lock.mwi_policy', MWI_POLICY, uuid)
  }

  /** Locks a source of message-waiting counts. */
  async mwiSource(uuid: MwiSourceId): Promise<void> {
    await this.#lock('lock.mwi_source', MWI_SOURCE, uuid)
  }

  /** Locks a user. */
  async user(uuid: UserId): Promise<void> {
    await this.#lock('lock.user', USER, uuid)
  }

  /** A policy of auth. */
  async policy(uuid: string): Promise<void> {
    await this.#lock('lock.policy', POLICY, uuid)
  }

  /** A tenant itself. */
  async tenant(uuid: string): Promise<void> {
    await this.#lock('lock.tenant', TENANT, uuid)
  }

  async #lock(name: string, text: string, key: string | number): Promise<void> {
    await this.#sql.rows(name, text, [key, this.#scope.tenantId, this.#scope.subtree])
  }
}
