import type { TenantId, UserId } from '@lamplighter/domain'
import { ADMIN_POLICY_SLUG } from './account-repository.js'
import type { Sql } from './sql.js'

/** What a client says of a consumer. */
export type EventConsumerFields = {
  readonly name: string
  /** Null: a service of the tenant. */
  readonly userId: UserId | null
  /** Names of events. */
  readonly events: readonly string[]
  /** Keys of the topic exchange. */
  readonly bindings: readonly string[]
  readonly maxLength: number
  readonly messageTtlSec: number
  readonly expiresSec: number
}

/** A consumer of a tenant on AMQP. */
export type EventConsumer = EventConsumerFields & {
  readonly uuid: string
  readonly tenantId: TenantId
  readonly secretHash: string
  /** What its queue is bound to, as the control plane writes it; null before there is a queue of it. */
  readonly applied: readonly unknown[] | null
  readonly deleted: boolean
  /** Connections under its name may be of earlier credentials, and it is time to close them. */
  readonly mustClose: boolean
}

/** What whoever a consumer stands for may do now; undefined when it is gone or disabled. */
export type ConsumerRights = { readonly acl: readonly string[]; readonly admin: boolean }

type RightsRow = { readonly alive: boolean; readonly admin: boolean; readonly acl: string[] }
type Row = RightsRow & {
  uuid: string
  tenant_uuid: string
  name: string
  user_uuid: string | null
  events: string[]
  bindings: string[]
  max_length: number
  message_ttl_sec: number
  expires_sec: number
  secret_hash: string
  applied: unknown[] | null
  deleted: boolean
  must_close: boolean
}

/** A service lives as long as its tenant, a user while it is enabled. */
const RIGHTS_COLUMNS = `
    CASE WHEN c.user_uuid IS NULL THEN EXISTS (SELECT 1 FROM tenant t WHERE t.uuid = c.tenant_uuid)
      ELSE EXISTS (SELECT 1 FROM "user" u WHERE u.uuid = c.user_uuid AND u.tenant_uuid = c.tenant_uuid AND u.enabled) END AS alive,
    EXISTS (SELECT 1 FROM user_policy up JOIN policy p ON p.uuid = up.policy_uuid
      WHERE up.user_uuid = c.user_uuid AND p.slug = '${ADMIN_POLICY_SLUG}') AS admin,
    ARRAY(SELECT unnest(p.acl) FROM user_policy up JOIN policy p ON p.uuid = up.policy_uuid
      WHERE up.user_uuid = c.user_uuid ORDER BY p.slug) AS acl`
const SELECT = `
  SELECT c.uuid::text, c.tenant_uuid::text, c.name, c.user_uuid::text, c.events, c.bindings, c.max_length,
    c.message_ttl_sec, c.expires_sec, c.secret_hash, c.applied, c.deleted_at IS NOT NULL AS deleted,
    coalesce(c.close_at <= now(), false) AS must_close, ${RIGHTS_COLUMNS}
  FROM event_consumer c`
const RIGHTS = `SELECT ${RIGHTS_COLUMNS} FROM (SELECT $1::uuid AS tenant_uuid, $2::uuid AS user_uuid) c`
const LIST = `${SELECT} WHERE c.tenant_uuid = $1::uuid AND c.deleted_at IS NULL ORDER BY c.name LIMIT $2 OFFSET $3`
const COUNT = 'SELECT count(*)::int AS count FROM event_consumer WHERE tenant_uuid = $1::uuid AND deleted_at IS NULL'
const FIND = `${SELECT} WHERE c.tenant_uuid = $1::uuid AND c.name = $2`
const AFTER = `${SELECT} WHERE c.uuid > $1::uuid ORDER BY c.uuid LIMIT $2`
const LOCK = 'SELECT 1 AS yes FROM event_consumer WHERE uuid = $1::uuid FOR UPDATE'
const READ = `${SELECT} WHERE c.uuid = $1::uuid`
/** One at a time in a tenant, so that the count holds. */
const LOCK_TENANT = 'SELECT pg_advisory_xact_lock(hashtextextended($1, 4210300))::text AS done'
const COUNT_NAMES = 'SELECT count(*)::int AS count FROM event_consumer WHERE tenant_uuid = $1::uuid AND name <> $2'
/** When nobody can be let in any more with credentials that end now. */
const closeAt = (ms: string) => `now() + ${ms}::int * interval '1 millisecond'`
/** The row of a deleted consumer of this name is taken again; who was connected as that one may still be. */
const CREATE = `
  INSERT INTO event_consumer (uuid, tenant_uuid, name, user_uuid, events, bindings, max_length, message_ttl_sec, expires_sec, secret_hash)
  VALUES ($1::uuid, $2::uuid, $3, $4::uuid, ARRAY(SELECT json_array_elements_text($5::json)),
    ARRAY(SELECT json_array_elements_text($6::json)), $7::int, $8::int, $9::int, $10)
  ON CONFLICT (tenant_uuid, name) DO UPDATE SET user_uuid = excluded.user_uuid, events = excluded.events,
    bindings = excluded.bindings, max_length = excluded.max_length, message_ttl_sec = excluded.message_ttl_sec,
    expires_sec = excluded.expires_sec, secret_hash = excluded.secret_hash, applied = NULL, created_at = now(), deleted_at = NULL,
    close_at = ${closeAt('$11')}
  WHERE event_consumer.deleted_at IS NOT NULL
  RETURNING uuid::text`
const SET_SECRET = `
  UPDATE event_consumer SET secret_hash = $3, close_at = ${closeAt('$4')}
  WHERE tenant_uuid = $1::uuid AND name = $2 AND deleted_at IS NULL RETURNING uuid::text`
const DELETE = `
  UPDATE event_consumer SET deleted_at = now(), close_at = ${closeAt('$3')}
  WHERE tenant_uuid = $1::uuid AND name = $2 AND deleted_at IS NULL RETURNING uuid::text`
/** Credentials that changed meanwhile put it off: that is not done with this. */
const SET_CLOSED = 'UPDATE event_consumer SET close_at = NULL WHERE uuid = $1::uuid AND close_at <= now()'
const SET_APPLIED = 'UPDATE event_consumer SET applied = $2::jsonb WHERE uuid = $1::uuid'

/** What a service may have: every event of its tenant. What it is bound to was checked against who made it. */
const SERVICE_RIGHTS: ConsumerRights = { acl: ['events.#'], admin: true }

/** A consumer, and what it may do now. */
type Found = { readonly consumer: EventConsumer; readonly rights: ConsumerRights | undefined }

/** Consumers of tenants on AMQP. Names belong to one tenant, so every look-up by name takes the tenant. */
export class EventConsumerRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** A page of a tenant's consumers, by name. */
  async list(
    tenantId: TenantId,
    { limit, offset }: { limit: number | undefined; offset: number },
  ): Promise<{ items: EventConsumer[]; total: number }> {
    const rows = await this.#sql.rows<Row>('consumer.list', LIST, [tenantId, limit ?? null, offset])
    const [counted] = await this.#sql.rows<{ count: number }>('consumer.count', COUNT, [tenantId])
    return { items: rows.map((row) => toFound(row).consumer), total: counted?.count ?? 0 }
  }

  /** The consumer of this name, with its rights. */
  async find(tenantId: TenantId, name: string): Promise<Found | undefined> {
    const [row] = await this.#sql.rows<Row>('consumer.find', FIND, [tenantId, name])
    return row && !row.deleted ? toFound(row) : undefined
  }

  /** What a consumer for this user, or for a service, of the tenant may do; undefined when there is no such user. */
  async rightsOf(tenantId: TenantId, userId: UserId | null): Promise<ConsumerRights | undefined> {
    const [row] = await this.#sql.rows<RightsRow>('consumer.rights', RIGHTS, [tenantId, userId])
    return row && toRights(row, userId)
  }

  /** Consumers of all tenants behind this UUID, deleted ones too, for those who look through all of them. */
  async after(uuid: string, limit: number): Promise<Found[]> {
    return (await this.#sql.rows<Row>('consumer.after', AFTER, [uuid, limit])).map(toFound)
  }

  /** The consumer, held until the transaction ends; its rights are read behind the lock. */
  async lock(uuid: string): Promise<Found | undefined> {
    await this.#sql.rows('consumer.lock', LOCK, [uuid])
    const [row] = await this.#sql.rows<Row>('consumer.read', READ, [uuid])
    return row && toFound(row)
  }

  /** How many other names the tenant has ever used; nobody adds one before the transaction ends. */
  async lockNames(tenantId: TenantId, name: string): Promise<number> {
    await this.#sql.rows('consumer.lock_tenant', LOCK_TENANT, [tenantId])
    const [row] = await this.#sql.rows<{ count: number }>('consumer.names', COUNT_NAMES, [tenantId, name])
    return row?.count ?? 0
  }

  /**
   * The UUID of the new consumer, or undefined when the name is taken.
   *
   * @param believedMs how long the broker may let in who has the credentials of an earlier one of this name
   */
  async create(
    uuid: string,
    tenantId: TenantId,
    fields: EventConsumerFields,
    { secretHash, believedMs }: { secretHash: string; believedMs: number },
  ): Promise<string | undefined> {
    const { name, userId, events, bindings, maxLength, messageTtlSec, expiresSec } = fields
    const lists = [JSON.stringify(events), JSON.stringify(bindings)]
    const limits = [maxLength, messageTtlSec, expiresSec]
    const values = [uuid, tenantId, name, userId, ...lists, ...limits, secretHash, believedMs]
    return uuidOf(await this.#sql.rows<{ uuid: string }>('consumer.create', CREATE, values))
  }

  /**
   * Gives a consumer another secret; its UUID, if there is one.
   *
   * @param believedMs how long the broker may let in who has the old one
   */
  async setSecret(
    tenantId: TenantId,
    name: string,
    { secretHash, believedMs }: { secretHash: string; believedMs: number },
  ): Promise<string | undefined> {
    return uuidOf(await this.#sql.rows('consumer.set_secret', SET_SECRET, [tenantId, name, secretHash, believedMs]))
  }

  /** Marks a consumer as deleted; its UUID, if there is one. @param believedMs as with another secret */
  async delete(tenantId: TenantId, name: string, believedMs: number): Promise<string | undefined> {
    return uuidOf(await this.#sql.rows('consumer.delete', DELETE, [tenantId, name, believedMs]))
  }

  /** The connections that had to be closed are. */
  async setClosed(uuid: string): Promise<void> {
    await this.#sql.rows('consumer.set_closed', SET_CLOSED, [uuid])
  }

  /** Writes down what its queue is bound to. */
  async setApplied(uuid: string, applied: readonly unknown[]): Promise<void> {
    await this.#sql.rows('consumer.set_applied', SET_APPLIED, [uuid, JSON.stringify(applied)])
  }
}

function uuidOf([row]: readonly { uuid: string }[]): string | undefined {
  return row?.uuid
}

function toFound(row: Row): Found {
  const consumer: EventConsumer = {
    uuid: row.uuid,
    tenantId: row.tenant_uuid as TenantId,
    name: row.name,
    userId: row.user_uuid as UserId | null,
    events: row.events,
    bindings: row.bindings,
    maxLength: row.max_length,
    messageTtlSec: row.message_ttl_sec,
    expiresSec: row.expires_sec,
    secretHash: row.secret_hash,
    applied: row.applied,
    deleted: row.deleted,
    mustClose: row.must_close,
  }
  return { consumer, rights: row.deleted ? undefined : toRights(row, consumer.userId) }
}

function toRights({ alive, admin, acl }: RightsRow, userId: UserId | null): ConsumerRights | undefined {
  if (!alive) return undefined
  return userId === null ? SERVICE_RIGHTS : { acl, admin }
}
