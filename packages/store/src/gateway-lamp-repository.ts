import { draft, type EventDraft, mwiDeliveryFailed } from '@lamplighter/contracts'
import type {
  Gateway,
  GatewayMethod,
  GatewayProfile,
  GatewayTarget,
  LampReason,
  MailboxId,
  MessageSummary,
  TenantId,
} from '@lamplighter/domain'
import type pg from 'pg'
import { type AcknowledgedColumns, toAcknowledged } from './acknowledged.js'
import { CLAIMED_ELSEWHERE, SERVES } from './gateway-lamp-sql.js'
import { type LampDecision, saveDecisions, TraceGrowth } from './lamp-trace-writer.js'
import { Outbox } from './outbox.js'
import { pgSql, type Sql } from './sql.js'
import { inTransaction } from './transaction.js'

/** A gateway as the worker needs it. */
export type DeliveringGateway = Omit<Gateway, 'hasSecret' | 'contexts'> & {
  readonly sealedSecret: string | null
  /** Only what it lit is still put out; then its row can go. */
  readonly deleted: boolean
}

/** Where a mailbox is found at a gateway. */
export type GatewayPlace = {
  readonly number: string
  readonly context: string
  /** Template of its own address; null: what the gateway's template makes. */
  readonly address: string | null
}

/** What a gateway must show of a mailbox, and what it is known to show. */
export type GatewayLamp = GatewayPlace & {
  readonly gatewayId: string
  readonly tenantId: TenantId
  readonly mailboxId: MailboxId
  /** False: the gateway shows it no more, and the ledger still has its line. */
  readonly served: boolean
  readonly blockedBy: 'policy' | 'gateway' | null
  readonly revision: number
  readonly summary: MessageSummary
  /** What it acknowledged, where, and when; undefined: never anything. */
  readonly acknowledged: (GatewayPlace & { readonly summary: MessageSummary; readonly at: Date }) | undefined
  readonly publication: { readonly etag: string; readonly expiresAt: Date } | undefined
}

/** One line of the ledger as the worker writes it. */
export type GatewayLampEntry = Pick<
  GatewayLamp,
  'gatewayId' | 'mailboxId' | 'number' | 'context' | 'address' | 'revision' | 'summary'
> & {
  /** What was acknowledged now; undefined leaves what was acknowledged before. */
  readonly acknowledged: MessageSummary | undefined
  readonly reason: LampReason
  readonly status: number | null
  /** Who answered, as host:port. */
  readonly target: string | null
  readonly publication: GatewayLamp['publication']
  /** It is shown no more: the line goes. */
  readonly forget: boolean
}

/** Deliveries of one gateway that were given up at one moment. */
export type DeliveryFailure = {
  readonly gatewayId: string
  readonly tenantId: TenantId
  readonly mailboxes: readonly MailboxId[]
  readonly status: number
  readonly reason: 'unreachable' | 'peer_refused'
}

/** Mailboxes a failure names; of the others it says how many. */
const NAMED_MAILBOXES = 100

const GATEWAYS = `
  SELECT uuid::text, tenant_uuid::text AS "tenantId", name, profile, method, targets, username, sealed_secret AS "sealedSecret",
    address_template AS "addressTemplate", from_template AS "fromTemplate", mailbox_template AS "mailboxTemplate",
    ari_path AS "ariPath", mwi_enabled AS "mwiEnabled", retry_for_sec AS "retryForSec",
    reassert_every_sec AS "reassertEverySec", ping_every_sec AS "pingEverySec", max_per_sec AS "maxPerSec",
    deleted_at IS NOT NULL AS deleted
  FROM gateway WHERE $1::uuid IS NULL OR uuid = $1::uuid ORDER BY uuid`
const GATEWAYS_OF_TENANT = 'SELECT uuid::text FROM gateway WHERE tenant_uuid = $1::uuid AND deleted_at IS NULL'

/**
 * What each pair of gateway and mailbox shows: a disabled mailbox, one whose policy forbids it, one behind a gateway that
 * is off and one that is served no more show nothing. What somebody else than its own users has claimed does not wait.
 */
const lampsOf = (pairs: string) => `
  WITH pairs AS MATERIALIZED (${pairs})
  SELECT g.uuid::text AS gateway_uuid, g.tenant_uuid::text, p.mailbox_id, coalesce(m.tenant_uuid = g.tenant_uuid AND ${SERVES}, false) AS served,
    coalesce(m.enabled, false) AS enabled, o.allow_mwi IS false AS policy_blocks, NOT g.mwi_enabled AS gateway_blocks,
    coalesce(m.number, l.number, '') AS number, coalesce(m.context, l.context, '') AS context,
    CASE WHEN m.id IS NULL THEN l.address ELSE a.address_template END AS address,
    coalesce(s.revision, l.desired_revision, 0) AS revision, coalesce(s.new_count - c.new, 0) AS new_count,
    coalesce(s.old_count, 0) AS old_count, coalesce(s.urgent_new_count - c.urgent_new, 0) AS urgent_new_count,
    coalesce(s.urgent_old_count, 0) AS urgent_old_count,
    l.acknowledged_new, l.acknowledged_old, l.acknowledged_urgent_new, l.acknowledged_urgent_old, l.acknowledged_at,
    l.number AS told_number, l.context AS told_context, l.address AS told_address, l.etag, l.etag_expires_at
  FROM pairs p JOIN gateway g ON g.uuid = p.gateway_uuid
    LEFT JOIN mailbox m ON m.id = p.mailbox_id
    LEFT JOIN mailbox_summary s ON s.mailbox_id = m.id
    LEFT JOIN mwi_policy o ON o.uuid = m.mwi_policy_uuid
    LEFT JOIN gateway_address a ON a.gateway_uuid = p.gateway_uuid AND a.mailbox_id = p.mailbox_id
    LEFT JOIN gateway_lamp l ON l.gateway_uuid = p.gateway_uuid AND l.mailbox_id = p.mailbox_id
    CROSS JOIN LATERAL (${CLAIMED_ELSEWHERE}) c
  ORDER BY p.mailbox_id`
const LAMPS_OF_MAILBOXES = lampsOf(`
    SELECT g.uuid AS gateway_uuid, m.id AS mailbox_id FROM mailbox m JOIN gateway g ON g.tenant_uuid = m.tenant_uuid
    WHERE m.id = ANY ($1::int[]) AND ($2::uuid IS NULL OR g.uuid = $2::uuid) AND ${SERVES}
    UNION SELECT gateway_uuid, mailbox_id FROM gateway_lamp
    WHERE mailbox_id = ANY ($1::int[]) AND ($2::uuid IS NULL OR gateway_uuid = $2::uuid)`)
const LAMPS_OF_GATEWAY = lampsOf(`
    (SELECT g.uuid AS gateway_uuid, m.id AS mailbox_id FROM gateway g JOIN mailbox m ON m.tenant_uuid = g.tenant_uuid
      WHERE g.uuid = $1::uuid AND m.id > $2 AND ${SERVES} ORDER BY m.id LIMIT $3)
    UNION (SELECT gateway_uuid, mailbox_id FROM gateway_lamp
      WHERE gateway_uuid = $1::uuid AND mailbox_id > $2 ORDER BY mailbox_id LIMIT $3)
    ORDER BY 2 LIMIT $3`)

/** The gateway may be gone by now; then there is no lamp to speak of. A new etag replaces, null takes away. */
const SAVE = `
  INSERT INTO gateway_lamp AS l (uuid, tenant_uuid, gateway_uuid, mailbox_id, desired_revision, desired_new, desired_old,
    desired_urgent_new, desired_urgent_old, acknowledged_revision, acknowledged_new, acknowledged_old,
    acknowledged_urgent_new, acknowledged_urgent_old, acknowledged_at, reason, last_status, updated_at, number, context, address,
    target, etag, etag_expires_at)
  SELECT lamp_uuid(g.uuid, e.mailbox_id), g.tenant_uuid, g.uuid, e.mailbox_id, e.revision, e.new, e.old, e.urgent_new,
    e.urgent_old, CASE WHEN e.told THEN e.revision END, e.told_new, e.told_old, e.told_urgent_new, e.told_urgent_old,
    CASE WHEN e.told THEN now() END, e.reason, e.status, now(), e.number, e.context, e.address, e.target, e.etag, e.etag_expires_at
  FROM json_to_recordset($1::json) AS e(gateway_uuid uuid, mailbox_id int, revision bigint, new int, old int, urgent_new int,
    urgent_old int, told boolean, told_new int, told_old int, told_urgent_new int, told_urgent_old int, reason text,
    status int, number text, context text, address text, target text, etag text, etag_expires_at timestamptz)
    JOIN gateway g ON g.uuid = e.gateway_uuid
  ON CONFLICT (gateway_uuid, mailbox_id) DO UPDATE SET
    desired_revision = excluded.desired_revision, desired_new = excluded.desired_new, desired_old = excluded.desired_old,
    desired_urgent_new = excluded.desired_urgent_new, desired_urgent_old = excluded.desired_urgent_old,
    acknowledged_revision = coalesce(excluded.acknowledged_revision, l.acknowledged_revision),
    acknowledged_new = coalesce(excluded.acknowledged_new, l.acknowledged_new),
    acknowledged_old = coalesce(excluded.acknowledged_old, l.acknowledged_old),
    acknowledged_urgent_new = coalesce(excluded.acknowledged_urgent_new, l.acknowledged_urgent_new),
    acknowledged_urgent_old = coalesce(excluded.acknowledged_urgent_old, l.acknowledged_urgent_old),
    acknowledged_at = coalesce(excluded.acknowledged_at, l.acknowledged_at),
    number = CASE WHEN excluded.acknowledged_at IS NULL THEN l.number ELSE excluded.number END,
    context = CASE WHEN excluded.acknowledged_at IS NULL THEN l.context ELSE excluded.context END,
    address = CASE WHEN excluded.acknowledged_at IS NULL THEN l.address ELSE excluded.address END,
    reason = excluded.reason, last_status = coalesce(excluded.last_status, l.last_status), updated_at = now(),
    target = coalesce(excluded.target, l.target),
    etag = CASE WHEN excluded.acknowledged_at IS NULL THEN l.etag ELSE excluded.etag END,
    etag_expires_at = CASE WHEN excluded.acknowledged_at IS NULL THEN l.etag_expires_at ELSE excluded.etag_expires_at END`
const FORGET = `
  DELETE FROM gateway_lamp l USING json_to_recordset($1::json) AS e(gateway_uuid uuid, mailbox_id int)
  WHERE l.gateway_uuid = e.gateway_uuid AND l.mailbox_id = e.mailbox_id`
const WRONG = `
  SELECT reason, count(*)::int AS lamps FROM gateway_lamp
  WHERE (desired_new, desired_old, desired_urgent_new, desired_urgent_old) IS DISTINCT FROM
    (acknowledged_new, acknowledged_old, acknowledged_urgent_new, acknowledged_urgent_old)
  GROUP BY reason`
const PURGE = 'DELETE FROM gateway WHERE uuid = $1::uuid AND deleted_at IS NOT NULL'

type LampRow = AcknowledgedColumns & {
  gateway_uuid: string
  tenant_uuid: string
  mailbox_id: number
  served: boolean
  enabled: boolean
  policy_blocks: boolean
  gateway_blocks: boolean
  number: string
  context: string
  address: string | null
  revision: string | number
  new_count: number
  old_count: number
  urgent_new_count: number
  urgent_old_count: number
  acknowledged_at: Date | null
  told_number: string | null
  told_context: string | null
  told_address: string | null
  etag: string | null
  etag_expires_at: Date | null
}

/** What the worker reads and writes about gateways, over all tenants; each query goes by gateway or mailbox. */
export class GatewayLampRepository {
  readonly #pool: pg.Pool
  readonly #growth = new TraceGrowth()
  readonly #originUuid: string

  /** @param originUuid names the installation in the events it says */
  constructor(pool: pg.Pool, originUuid: string) {
    this.#pool = pool
    this.#originUuid = originUuid
  }

  /** Every gateway there is to serve, those that still go dark included. */
  gateways(): Promise<DeliveringGateway[]> {
    return this.#gateways(null)
  }

  /** One gateway. */
  async gateway(uuid: string): Promise<DeliveringGateway | undefined> {
    return (await this.#gateways(uuid))[0]
  }

  /** The gateways of a tenant, without deleted ones. */
  async gatewaysOfTenant(tenantId: string): Promise<string[]> {
    const rows = await this.#sql.rows<{ uuid: string }>('gateway.of_tenant', GATEWAYS_OF_TENANT, [tenantId])
    return rows.map(({ uuid }) => uuid)
  }

  /** What the gateways of these mailboxes, or one of them, must show of them now. */
  async lampsOfMailboxes(ids: readonly MailboxId[], gateway: string | null = null): Promise<GatewayLamp[]> {
    return (await this.#sql.rows<LampRow>('gateway.mailboxes', LAMPS_OF_MAILBOXES, [ids, gateway])).map(toLamp)
  }

  /** What a gateway must show of the mailboxes behind this id. */
  async lampsOfGateway(gateway: string, after: number, limit: number): Promise<GatewayLamp[]> {
    return (await this.#sql.rows<LampRow>('gateway.lamps', LAMPS_OF_GATEWAY, [gateway, after, limit])).map(toLamp)
  }

  /** Writes lines of the ledger, their trace and what failed, all or nothing. */
  async save(
    entries: readonly GatewayLampEntry[],
    decisions: readonly LampDecision[],
    failures: readonly DeliveryFailure[],
  ): Promise<void> {
    const client = await this.#pool.connect()
    const sql = pgSql(client)
    const outbox = new Outbox(sql, this.#originUuid)
    outbox.add(failures.map(toDraft))
    const write = async () => {
      if (entries.length > 0) await sql.rows('gateway.save', SAVE, [JSON.stringify(entries.map(toRow))])
      await saveDecisions(sql, decisions, this.#growth)
      const gone = entries.filter(({ forget }) => forget).map(toRow)
      if (gone.length > 0) await sql.rows('gateway.forget', FORGET, [JSON.stringify(gone)])
    }
    await inTransaction(client, write, () => outbox.flush())
  }

  /** How many lamps of gateways are not confirmed to show what they should, by reason. */
  wrongLamps(): Promise<{ reason: LampReason; lamps: number }[]> {
    return this.#sql.rows('gateway.wrong', WRONG, [])
  }

  /** Forgets a deleted gateway: nothing it lit is still to be put out. */
  async purge(gateway: string): Promise<void> {
    await this.#sql.rows('gateway.purge', PURGE, [gateway])
  }

  get #sql(): Sql {
    return pgSql(this.#pool)
  }

  async #gateways(uuid: string | null): Promise<DeliveringGateway[]> {
    type Row = Omit<DeliveringGateway, 'profile' | 'method' | 'targets'> & {
      profile: GatewayProfile
      method: GatewayMethod
      targets: readonly GatewayTarget[]
    }
    return this.#sql.rows<Row>('gateway.all', GATEWAYS, [uuid])
  }
}

function toDraft({ gatewayId, tenantId, mailboxes, status, reason }: DeliveryFailure): EventDraft {
  const data = {
    gateway_uuid: gatewayId,
    lamps: mailboxes.length,
    voicemail_ids: mailboxes.slice(0, NAMED_MAILBOXES),
    status,
    reason,
  }
  return draft(mwiDeliveryFailed, { tenant: tenantId }, data)
}

function toRow({
  gatewayId,
  mailboxId,
  summary,
  acknowledged: told,
  publication,
  forget: _forget,
  ...entry
}: GatewayLampEntry) {
  return {
    ...entry,
    gateway_uuid: gatewayId,
    mailbox_id: mailboxId,
    new: summary.new,
    old: summary.old,
    urgent_new: summary.urgentNew,
    urgent_old: summary.urgentOld,
    told: told !== undefined,
    told_new: told?.new,
    told_old: told?.old,
    told_urgent_new: told?.urgentNew,
    told_urgent_old: told?.urgentOld,
    etag: publication?.etag,
    etag_expires_at: publication?.expiresAt,
  }
}

function toLamp(row: LampRow): GatewayLamp {
  const blockedBy = row.policy_blocks ? 'policy' : row.gateway_blocks ? 'gateway' : null
  const shown = (count: number) => (row.served && row.enabled && blockedBy === null ? count : 0)
  return {
    gatewayId: row.gateway_uuid,
    tenantId: row.tenant_uuid as TenantId,
    mailboxId: row.mailbox_id as MailboxId,
    served: row.served,
    blockedBy,
    number: row.number,
    context: row.context,
    address: row.address,
    revision: Number(row.revision),
    summary: {
      new: shown(row.new_count),
      old: shown(row.old_count),
      urgentNew: shown(row.urgent_new_count),
      urgentOld: shown(row.urgent_old_count),
    },
    acknowledged: toTold(row),
    publication: row.etag && row.etag_expires_at ? { etag: row.etag, expiresAt: row.etag_expires_at } : undefined,
  }
}

function toTold(row: LampRow): GatewayLamp['acknowledged'] {
  const { acknowledged_at: at } = row
  if (at === null || row.acknowledged_new === null) return undefined
  return {
    number: row.told_number ?? '',
    context: row.told_context ?? '',
    address: row.told_address,
    at,
    summary: toAcknowledged(row),
  }
}
