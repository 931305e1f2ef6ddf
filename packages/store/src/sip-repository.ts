import type {
  DeviceId,
  DeviceProfileName,
  LampReason,
  MailboxId,
  MessageSummary,
  MwiMode,
  TenantId,
} from '@lamplighter/domain'
import type pg from 'pg'
import type { DigestAlgorithm } from './device-repository.js'
import { EventTail } from './event-tail.js'
import { doubtfulDevices, endEpoch } from './lamp-doubt.js'
import { LampQueries } from './lamp-queries.js'
import { TraceSweep } from './lamp-trace-sweep.js'
import { type LampDecision, saveDecisions, TraceGrowth } from './lamp-trace-writer.js'
import { onlyTenant, tenantSubtree } from './scope.js'
import { DIGEST_SHARE, FIND_DOMAINS, FIND_NUMBER, MASTER, RAISE_EPOCH } from './sip-identity-sql.js'
import {
  DELETE_SUBSCRIPTIONS,
  LOAD_SUBSCRIPTIONS,
  SAVE_SUBSCRIPTIONS,
  SWEEP_SUBSCRIPTIONS,
} from './sip-subscription-sql.js'
import { pgSql } from './sql.js'
import { toWatched, type WatchedMailbox, type WatchedRow } from './watched-mailbox.js'

/** How a device wants to be told. */
export type DeviceForm = {
  readonly profile: DeviceProfileName
  /** Whether its own name stands for all it watches, summed, or for its primary mailbox only. */
  readonly aggregate: boolean
  /** What its envelope key dials, its own or its tenant's; null: the access code. */
  readonly messageAccount: string | null
}

/** What the SIP worker must know of a device to authenticate it, and how to tell it. */
export type SipDevice = DeviceForm & {
  readonly uuid: DeviceId
  readonly tenantId: TenantId
  readonly sipUsername: string
  readonly digestAlgorithm: DigestAlgorithm
  readonly ha1: string
  /** HA1 for its digest algorithm by each domain of its tenant. */
  readonly domainHa1: Readonly<Record<string, string>>
  readonly mwiMode: MwiMode
  /** Whether its tenant lets devices register here. */
  readonly mayRegister: boolean
}

/** A domain of a tenant, as far as SIP goes. */
export type SipDomain = {
  readonly name: string
  readonly tenantId: TenantId
  /** Whether requests to it are authenticated in the realm of its name. */
  readonly isRealm: boolean
}

/** A live subscription as the table keeps it; `dialog` is the SIP layer's own. */
export type StoredSubscription = {
  readonly uuid: string
  readonly tenantId: TenantId
  readonly deviceId: DeviceId
  readonly mailboxId: MailboxId | null
  /** How it is told: a name only the worker knows. */
  readonly eventPackage: string
  /** `+sip.instance` of its Contact. */
  readonly instance: string | null
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  readonly dialog: unknown
  /** As a Via names it. */
  readonly transport: string
  readonly remoteHost: string
  readonly remotePort: number
  readonly remoteCseq: number
  readonly epoch: number
  readonly userAgent: string | null
  readonly expiresAt: Date
}

/** Counts of a mailbox, and the revision they were read at. */
export type RevisedSummary = { readonly summary: MessageSummary; readonly revision: number }

/** One line of the lamp ledger as the worker writes it. `acknowledged` null leaves what was acknowledged before. */
export type LampEntry = {
  readonly tenantId: TenantId
  readonly deviceId: DeviceId
  readonly mailboxId: MailboxId
  /** False: the device may watch it no more; acknowledged dark, the line can go. */
  readonly watched: boolean
  readonly desired: RevisedSummary
  readonly acknowledged: RevisedSummary | null
  readonly reason: LampReason
  readonly status: number | null
}

const FIND_DEVICES = `
  SELECT d.uuid::text, tenant_uuid::text AS "tenantId", sip_username AS "sipUsername", digest_algorithm AS "digestAlgorithm",
    CASE digest_algorithm WHEN 'MD5' THEN ha1_md5 ELSE ha1_sha256 END AS ha1,
    CASE digest_algorithm WHEN 'MD5' THEN domain_ha1_md5 ELSE domain_ha1_sha256 END AS "domainHa1", mwi_mode AS "mwiMode", profile, aggregate,
    coalesce(d.message_account, t.message_account) AS "messageAccount", t.sip_registrar AS "mayRegister"
  FROM device d JOIN tenant t ON t.uuid = d.tenant_uuid WHERE sip_username = ANY ($1::text[])`
const FORMS = `
  SELECT d.uuid::text, d.profile, d.aggregate, coalesce(d.message_account, t.message_account) AS "messageAccount"
  FROM device d JOIN tenant t ON t.uuid = d.tenant_uuid WHERE d.uuid = ANY ($1::uuid[])`
/**
 * Everything the affected devices watch, and what the ledger says they watched before: one statement from "mailbox 7
 * changed" to what every lamp must show. A disabled mailbox and one that is watched no more show nothing, nor does one whose policy forbids
 * lamps; what somebody else than the device's user has claimed does not wait for the device. `OFFSET 0` keeps each step a look-up by
 * key: the planner expects many devices and would else read whole tables.
 */
const WATCHED = `
  WITH affected AS MATERIALIZED (
      SELECT unnest($1::uuid[]) AS uuid
      UNION SELECT device_uuid FROM possible_watchers($2::int[])
      UNION SELECT l.device_uuid FROM unnest($2::int[]) AS m(id) CROSS JOIN LATERAL (
        SELECT device_uuid FROM lamp WHERE mailbox_id = m.id OFFSET 0) l),
    devices AS MATERIALIZED (
      SELECT d.*, ARRAY(SELECT mailbox_id FROM watched_mailboxes(d.uuid, d.tenant_uuid, d.user_uuid, d.lists_mailboxes)) AS watches
      FROM affected a CROSS JOIN LATERAL (
        SELECT uuid, tenant_uuid, user_uuid, lists_mailboxes, mwi_mode FROM device WHERE uuid = a.uuid OFFSET 0) d)
  SELECT d.uuid::text AS device_uuid, d.tenant_uuid::text, d.mwi_mode, m.*, true AS watched, l.*, EXISTS (
      SELECT 1 FROM mailbox_user u WHERE u.mailbox_id = w.mailbox_id AND u.user_uuid = d.user_uuid OFFSET 0) AS own
  FROM devices d CROSS JOIN LATERAL unnest(d.watches) AS w(mailbox_id)
    CROSS JOIN LATERAL (
      SELECT m.id, m.number, s.revision, m.enabled AND p.allow_mwi IS NOT false AS shown, p.allow_mwi IS false AS blocked, s.new_count - c.new AS new_count, s.old_count,
        s.urgent_new_count - c.urgent_new AS urgent_new_count, s.urgent_old_count
      FROM mailbox m JOIN mailbox_summary s ON s.mailbox_id = m.id
        LEFT JOIN LATERAL (SELECT allow_mwi FROM mwi_policy WHERE uuid = m.mwi_policy_uuid OFFSET 0) p ON true CROSS JOIN LATERAL (
        SELECT count(*)::int AS new, count(*) FILTER (WHERE g.urgent)::int AS urgent_new FROM message g
        WHERE g.mailbox_id = w.mailbox_id AND g.claimed_by IS NOT NULL AND g.folder_id IN (1, 3)
          AND g.claimed_by IS DISTINCT FROM d.user_uuid) c
      WHERE m.id = w.mailbox_id OFFSET 0) m
    LEFT JOIN LATERAL (
      SELECT acknowledged_new, acknowledged_old, acknowledged_urgent_new, acknowledged_urgent_old
      FROM lamp WHERE device_uuid = d.uuid AND mailbox_id = w.mailbox_id OFFSET 0) l ON true
  UNION ALL
  SELECT l.device_uuid::text, l.tenant_uuid::text, d.mwi_mode, l.mailbox_id, '', l.desired_revision, false, false, 0, 0, 0, 0, false,
    l.acknowledged_new, l.acknowledged_old, l.acknowledged_urgent_new, l.acknowledged_urgent_old, false
  FROM devices d CROSS JOIN LATERAL (
    SELECT * FROM lamp WHERE device_uuid = d.uuid AND mailbox_id <> ALL (d.watches) OFFSET 0) l`
const MAILBOXES_OF_POLICY = `
  SELECT id FROM mailbox WHERE mwi_policy_uuid = $1::uuid AND deleted_at IS NULL AND id > $2 ORDER BY id LIMIT $3`
/**
 * The device may be gone by now; then there is no lamp to speak of. It is looked up by key (`OFFSET 0`). A line of a worker
 * that lost its turn may come after its successor's: the higher revision stays.
 */
const SAVE_LAMPS = `
  INSERT INTO lamp AS l (uuid, tenant_uuid, device_uuid, mailbox_id, desired_revision, desired_new, desired_old, desired_urgent_new,
    desired_urgent_old, acknowledged_revision, acknowledged_new, acknowledged_old, acknowledged_urgent_new, acknowledged_urgent_old,
    acknowledged_at, reason, last_status, updated_at)
  SELECT lamp_uuid(d.uuid, e.mailbox_id), d.tenant_uuid, d.uuid, e.mailbox_id, e.revision, e.new, e.old, e.urgent_new, e.urgent_old,
    e.acknowledged_revision, e.acknowledged_new, e.acknowledged_old, e.acknowledged_urgent_new, e.acknowledged_urgent_old,
    CASE WHEN e.acknowledged_revision IS NOT NULL THEN now() END, e.reason, e.status, now()
  FROM json_to_recordset($1::json) AS e(device_uuid uuid, mailbox_id int, revision bigint, new int, old int, urgent_new int,
    urgent_old int, acknowledged_revision bigint, acknowledged_new int, acknowledged_old int, acknowledged_urgent_new int,
    acknowledged_urgent_old int, reason text, status int)
    CROSS JOIN LATERAL (SELECT uuid, tenant_uuid FROM device WHERE uuid = e.device_uuid OFFSET 0) d
  ON CONFLICT (device_uuid, mailbox_id) DO UPDATE SET
    desired_revision = excluded.desired_revision, desired_new = excluded.desired_new, desired_old = excluded.desired_old,
    desired_urgent_new = excluded.desired_urgent_new, desired_urgent_old = excluded.desired_urgent_old,
    acknowledged_revision = coalesce(excluded.acknowledged_revision, l.acknowledged_revision),
    acknowledged_new = coalesce(excluded.acknowledged_new, l.acknowledged_new),
    acknowledged_old = coalesce(excluded.acknowledged_old, l.acknowledged_old),
    acknowledged_urgent_new = coalesce(excluded.acknowledged_urgent_new, l.acknowledged_urgent_new),
    acknowledged_urgent_old = coalesce(excluded.acknowledged_urgent_old, l.acknowledged_urgent_old),
    acknowledged_at = coalesce(excluded.acknowledged_at, l.acknowledged_at),
    reason = excluded.reason, last_status = excluded.last_status, updated_at = now()
  WHERE excluded.desired_revision >= l.desired_revision`
/** A mailbox that a device no longer watches and whose darkness it acknowledged has no line any more. */
const FORGET_LAMPS = `
  DELETE FROM lamp l WHERE l.device_uuid = ANY ($1::uuid[]) AND l.acknowledged_new IS NOT DISTINCT FROM 0
    AND NOT EXISTS (SELECT 1 FROM device_watch w WHERE w.device_uuid = l.device_uuid AND w.mailbox_id = l.mailbox_id)`

/** What the SIP worker reads and writes, over all tenants: it serves every device, and each query goes by device. */
export class SipRepository {
  readonly #pool: pg.Pool
  readonly #growth = new TraceGrowth()
  readonly #sweep = new TraceSweep()

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /** The devices with these SIP usernames. */
  findDevices(usernames: readonly string[]): Promise<SipDevice[]> {
    return this.#rows<SipDevice>('sip.devices', FIND_DEVICES, [usernames])
  }

  /** How these devices want to be told; those that are gone are left out. */
  async forms(deviceIds: readonly DeviceId[]): Promise<Map<DeviceId, DeviceForm>> {
    const rows = await this.#rows<DeviceForm & { uuid: DeviceId }>('sip.forms', FORMS, [deviceIds])
    return new Map(rows.map(({ uuid, ...form }) => [uuid, form]))
  }

  /** What these devices, and all that watch or watched these mailboxes, must show now. */
  async watched(deviceIds: readonly DeviceId[], mailboxIds: readonly MailboxId[] = []): Promise<WatchedMailbox[]> {
    const rows = await this.#rows<WatchedRow>('sip.watched', WATCHED, [deviceIds, mailboxIds])
    return rows.map(toWatched)
  }

  /** Mailboxes of a policy behind this id, for whoever looks at all of them piece by piece. */
  async mailboxesOfPolicy(policy: string, after: number, limit: number): Promise<MailboxId[]> {
    const rows = await this.#rows<{ id: MailboxId }>('sip.policy', MAILBOXES_OF_POLICY, [policy, after, limit])
    return rows.map(({ id }) => id)
  }

  /** The mailbox of the tenant with this number, in whatever context. */
  async findNumber(tenantId: TenantId, number: string): Promise<MailboxId | undefined> {
    return (await this.#rows<{ id: MailboxId }>('sip.number', FIND_NUMBER, [tenantId, number]))[0]?.id
  }

  /** Those of these names that are domains of tenants. */
  findDomains(names: readonly string[]): Promise<SipDomain[]> {
    return this.#rows<SipDomain>('sip.domains', FIND_DOMAINS, [names])
  }

  /** How many devices are challenged with SHA-256, of all: of a tenant, or of the installation. */
  async digestShare(tenantId: TenantId | undefined): Promise<{ strong: number; all: number }> {
    const [row] = await this.#rows<{ strong: number; all: number }>('sip.digestShare', DIGEST_SHARE, [tenantId ?? null])
    return row ?? { strong: 0, all: 0 }
  }

  /** Writes new and refreshed subscriptions, many in one transaction. */
  async saveSubscriptions(subscriptions: readonly StoredSubscription[]): Promise<void> {
    const column = <Value>(of: (subscription: StoredSubscription) => Value) => subscriptions.map(of)
    await this.#rows('sip.saveSubscriptions', SAVE_SUBSCRIPTIONS, [
      column(({ uuid }) => uuid),
      column(({ tenantId }) => tenantId),
      column(({ deviceId }) => deviceId),
      column(({ mailboxId }) => mailboxId),
      column(({ eventPackage }) => eventPackage),
      column(({ instance }) => instance),
      column(({ callId }) => callId),
      column(({ localTag }) => localTag),
      column(({ remoteTag }) => remoteTag),
      column(({ dialog }) => JSON.stringify(dialog)),
      column(({ transport }) => transport),
      column(({ remoteHost }) => remoteHost),
      column(({ remotePort }) => remotePort),
      column(({ remoteCseq }) => remoteCseq),
      column(({ epoch }) => epoch),
      column(({ userAgent }) => userAgent),
      column(({ expiresAt }) => expiresAt.toISOString()),
    ])
  }

  /** Every live subscription, the oldest first: what a worker takes over. */
  loadSubscriptions(): Promise<StoredSubscription[]> {
    return this.#rows<StoredSubscription>('sip.loadSubscriptions', LOAD_SUBSCRIPTIONS, [])
  }

  /** Deletes subscriptions that ended. */
  async deleteSubscriptions(uuids: readonly string[]): Promise<void> {
    await this.#rows('sip.deleteSubscriptions', DELETE_SUBSCRIPTIONS, [uuids])
  }

  /** Deletes subscriptions that ran out unseen. */
  async sweepSubscriptions(): Promise<void> {
    await this.#rows('sip.sweepSubscriptions', SWEEP_SUBSCRIPTIONS, [])
  }

  /** Devices of which the ledger may not know what they show, after a worker that ended as it could. */
  doubtfulDevices(eventNames: readonly string[]): Promise<Set<DeviceId>> {
    return doubtfulDevices(pgSql(this.#pool), eventNames)
  }

  /** Notes that the worker of this epoch wrote down everything it did. */
  endEpoch(epoch: number): Promise<void> {
    return endEpoch(pgSql(this.#pool), epoch)
  }

  /** Begins a new epoch of a worker and returns it. */
  async raiseEpoch(worker: string): Promise<number> {
    const [row] = await this.#rows<{ epoch: number }>('sip.raiseEpoch', RAISE_EPOCH, [worker])
    if (!row) throw new Error('no epoch was given')
    return row.epoch
  }

  /** Writes lines of the ledger, one per device and mailbox. */
  async saveLamps(entries: readonly LampEntry[]): Promise<void> {
    const rows = entries.map(
      ({ deviceId, mailboxId, desired: { summary, revision }, acknowledged, reason, status }) => ({
        device_uuid: deviceId,
        mailbox_id: mailboxId,
        revision,
        new: summary.new,
        old: summary.old,
        urgent_new: summary.urgentNew,
        urgent_old: summary.urgentOld,
        acknowledged_revision: acknowledged?.revision,
        acknowledged_new: acknowledged?.summary.new,
        acknowledged_old: acknowledged?.summary.old,
        acknowledged_urgent_new: acknowledged?.summary.urgentNew,
        acknowledged_urgent_old: acknowledged?.summary.urgentOld,
        reason,
        status,
      }),
    )
    await this.#rows('sip.saveLamps', SAVE_LAMPS, [JSON.stringify(rows)])
  }

  /** The newest events, for a worker that the bus does not wake. */
  get events(): EventTail {
    return new EventTail(pgSql(this.#pool))
  }

  /** The lamps of a tenant. */
  lamps(tenantId: TenantId): LampQueries {
    return new LampQueries(pgSql(this.#pool), onlyTenant(tenantId))
  }

  /** How many lamps of the installation are wrong, by reason. The master tenant is its own parent. */
  async wrongLamps(): Promise<{ reason: LampReason; lamps: number }[]> {
    const [master] = await this.#rows<{ uuid: TenantId }>('sip.master', MASTER, [])
    return master ? new LampQueries(pgSql(this.#pool), tenantSubtree(master.uuid)).wrong() : []
  }

  /** Adds decisions to the traces of their lamps, which must have their lines; says again what became of earlier ones. */
  async saveDecisions(decisions: readonly LampDecision[]): Promise<void> {
    await saveDecisions(pgSql(this.#pool), decisions, this.#growth)
  }

  /** Takes away traces of lamps that are no more, a bounded number of lamps at each call. */
  sweepTraces(): Promise<void> {
    return this.#sweep.next(pgSql(this.#pool))
  }

  /** Drops lines of mailboxes these devices no longer watch, once they acknowledged that nothing waits there. */
  async forgetLamps(deviceIds: readonly DeviceId[]): Promise<void> {
    await this.#rows('sip.forgetLamps', FORGET_LAMPS, [deviceIds])
  }

  async #rows<Row extends object>(name: string, text: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.#pool.query<Row>({ name, text, values: [...values] })
    return rows
  }
}
