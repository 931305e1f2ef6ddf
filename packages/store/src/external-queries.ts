import type { ExternalSource, MailboxId, MessageSummary, MwiSourceId, TenantId } from '@lamplighter/domain'
import type { DigestAlgorithm } from './device-repository.js'
import type { SourceMapping, SourceTarget } from './mwi-source-repository.js'
import type { Sql } from './sql.js'

/** An account of the ARI. */
export type AriAccount = {
  readonly uuid: MwiSourceId
  readonly tenantId: TenantId
  readonly username: string
  readonly secretHash: string
}

/** A peer that sends NOTIFY, as far as it must be known to take one. */
export type NotifyPeer = {
  readonly uuid: MwiSourceId
  readonly tenantId: TenantId
  readonly digestAlgorithm: DigestAlgorithm
  /** Null: it is known by its address only. */
  readonly ha1: string | null
  readonly mapping: SourceMapping
  readonly mailboxId: MailboxId | null
  readonly context: string | null
  readonly staleAfterSec: number | null
}

/** A server we subscribe to. */
export type SubscribedServer = {
  readonly uuid: MwiSourceId
  readonly tenantId: TenantId
  readonly mailboxId: MailboxId
  readonly targets: readonly SourceTarget[]
  readonly username: string | null
  readonly authUsername: string | null
  readonly sealedSecret: string | null
  readonly remoteMailbox: string
  readonly expirySec: number
}

/** An external mailbox with its counts. */
export type ExternalMailbox = {
  readonly id: MailboxId
  readonly number: string
  readonly context: string
  readonly source: ExternalSource | null
  readonly counts: MessageSummary
}

const ARI_ACCOUNT = `
  SELECT uuid::text, tenant_uuid::text AS "tenantId", username, secret_hash AS "secretHash" FROM mwi_source
  WHERE kind = 'ari' AND username = $1 AND enabled`
/** The context a caller means by `default`: the account's own, else the only one of the tenant. */
const HOME_CONTEXT = `
  SELECT coalesce(
    (SELECT context FROM mwi_source WHERE uuid = $2::uuid AND tenant_uuid = $1::uuid),
    (SELECT min(name) FROM context WHERE tenant_uuid = $1::uuid HAVING count(*) = 1)) AS name`
const PEER_COLUMNS = `
  uuid::text, tenant_uuid::text AS "tenantId", digest_algorithm AS "digestAlgorithm", mapping, mailbox_id AS "mailboxId", context,
  CASE digest_algorithm WHEN 'MD5' THEN ha1_md5 ELSE ha1_sha256 END AS ha1, stale_after_sec AS "staleAfterSec"`
const PEER_SHARE = `
  SELECT count(*) FILTER (WHERE digest_algorithm <> 'MD5')::int AS strong, count(*)::int AS "all"
  FROM mwi_source WHERE kind = 'notify' AND username IS NOT NULL AND enabled`
const PEER_BY_NAME = `
  SELECT ${PEER_COLUMNS} FROM mwi_source WHERE kind = 'notify' AND enabled AND username = $1 AND ha1_md5 IS NOT NULL`
/** Of several the one that is called as the sender says, then the one with the narrowest network. */
const PEER_AT = `
  SELECT ${PEER_COLUMNS} FROM mwi_source
    CROSS JOIN LATERAL (SELECT max(masklen(a)) AS width FROM unnest(addresses) a WHERE $1::inet <<= a) n
  WHERE kind = 'notify' AND enabled AND n.width IS NOT NULL
  ORDER BY username IS NOT DISTINCT FROM $2 DESC, n.width DESC, uuid LIMIT 1`
const SERVERS = `
  SELECT s.uuid::text, s.tenant_uuid::text AS "tenantId", s.mailbox_id AS "mailboxId", s.targets, s.username,
    s.auth_username AS "authUsername", s.sealed_secret AS "sealedSecret", s.remote_mailbox AS "remoteMailbox", s.expiry_sec AS "expirySec"
  FROM mwi_source s JOIN mailbox m ON m.id = s.mailbox_id
  WHERE s.kind = 'subscribe' AND s.enabled AND m.deleted_at IS NULL AND m.external = 'subscribe' AND ($1::uuid IS NULL OR s.uuid = $1::uuid)
  ORDER BY s.uuid`
const SERVER_OF = `SELECT uuid::text FROM mwi_source WHERE mailbox_id = $1 AND kind = 'subscribe'`
const HEARD = `
  UPDATE mwi_source SET last_heard_at = $2::timestamptz WHERE uuid = $1::uuid
  RETURNING $2::timestamptz + make_interval(secs => stale_after_sec) AS "staleAt"`
const LOST = `
  SELECT external AS source, count(*)::int AS mailboxes FROM mailbox
  WHERE external_lost_at IS NOT NULL AND deleted_at IS NULL GROUP BY external`
const MAILBOX_COLUMNS = `
  m.id, m.number, m.context, m.external AS source, s.new_count, s.old_count, s.urgent_new_count, s.urgent_old_count
  FROM mailbox m JOIN mailbox_summary s ON s.mailbox_id = m.id`
const MAILBOX_AT = `
  SELECT ${MAILBOX_COLUMNS} WHERE m.tenant_uuid = $1::uuid AND m.context = $2 AND m.number = $3 AND m.deleted_at IS NULL`
const MAILBOXES = `
  SELECT ${MAILBOX_COLUMNS} WHERE m.tenant_uuid = $1::uuid AND m.external = $2 AND m.deleted_at IS NULL ORDER BY m.id`

type MailboxRow = {
  id: number
  number: string
  context: string
  source: string | null
  new_count: number
  old_count: number
  urgent_new_count: number
  urgent_old_count: number
}

/** What feeds of external mailboxes look up and write down. Who asks is not known yet, or is the SIP worker. */
export class ExternalQueries {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** The account of the ARI with this name. */
  async ariAccount(username: string): Promise<AriAccount | undefined> {
    return (await this.#sql.rows<AriAccount>('external.ari', ARI_ACCOUNT, [username]))[0]
  }

  /** The context an account of a tenant, or anybody else there, means by `default`; undefined when that is not clear. */
  async homeContext(tenantId: TenantId, account: MwiSourceId | null): Promise<string | undefined> {
    const [row] = await this.#sql.rows<{ name: string | null }>('external.home', HOME_CONTEXT, [tenantId, account])
    return row?.name ?? undefined
  }

  /** The peer with this digest account. */
  async peerByName(username: string): Promise<NotifyPeer | undefined> {
    return (await this.#sql.rows<NotifyPeer>('external.peer_name', PEER_BY_NAME, [username]))[0]
  }

  /** How many digest accounts of peers are challenged with SHA-256, of all. */
  async peerShare(): Promise<{ strong: number; all: number }> {
    const [row] = await this.#sql.rows<{ strong: number; all: number }>('external.peer_share', PEER_SHARE, [])
    return row ?? { strong: 0, all: 0 }
  }

  /** The peer that sends from this address, by what it calls itself where there are several. */
  async peerAt(address: string, calledItself: string | null): Promise<NotifyPeer | undefined> {
    return (await this.#sql.rows<NotifyPeer>('external.peer_at', PEER_AT, [address, calledItself]))[0]
  }

  /** The servers to subscribe to, of all tenants; or the one with this UUID. */
  servers(uuid: MwiSourceId | null = null): Promise<SubscribedServer[]> {
    return this.#sql.rows<SubscribedServer>('external.servers', SERVERS, [uuid])
  }

  /** The server that is asked for the counts of this mailbox alone, also while it is not asked. */
  async serverOf(mailboxId: MailboxId): Promise<MwiSourceId | undefined> {
    const [row] = await this.#sql.rows<{ uuid: MwiSourceId }>('external.server_of', SERVER_OF, [mailboxId])
    return row?.uuid
  }

  /** Writes down that a source was heard of; until when that holds where it must be heard of in time. */
  async heard(uuid: MwiSourceId, at: Date): Promise<Date | null> {
    const [row] = await this.#sql.rows<{ staleAt: Date | null }>('external.heard', HEARD, [uuid, at])
    return row?.staleAt ?? null
  }

  /** How many mailboxes are lost now, by how their counts come to us. */
  lost(): Promise<{ source: ExternalSource; mailboxes: number }[]> {
    return this.#sql.rows('external.lost', LOST, [])
  }

  /** The mailbox at this place of the tenant, external or our own. */
  async mailboxAt(tenantId: TenantId, context: string, number: string): Promise<ExternalMailbox | undefined> {
    const [row] = await this.#sql.rows<MailboxRow>('external.mailbox_at', MAILBOX_AT, [tenantId, context, number])
    return row && toExternalMailbox(row)
  }

  /** The mailboxes of the tenant that have this kind of feed. */
  async mailboxes(tenantId: TenantId, source: ExternalSource): Promise<ExternalMailbox[]> {
    return (await this.#sql.rows<MailboxRow>('external.mailboxes', MAILBOXES, [tenantId, source])).map(
      toExternalMailbox,
    )
  }
}

function toExternalMailbox(row: MailboxRow): ExternalMailbox {
  return {
    id: row.id as MailboxId,
    number: row.number,
    context: row.context,
    source: row.source as ExternalSource | null,
    counts: {
      new: row.new_count,
      old: row.old_count,
      urgentNew: row.urgent_new_count,
      urgentOld: row.urgent_old_count,
    },
  }
}
