import type { DeviceId, MailboxId, Rights } from '@lamplighter/domain'
import type { Sql } from './sql.js'

/** By which of its ways a device watches a mailbox. */
export type WatchWay = 'listed' | 'personal' | 'global' | 'member' | 'everyone'

/** A mailbox a device watches, and why. */
export type WatchExplanation = {
  readonly mailbox: {
    readonly id: MailboxId
    readonly number: string
    readonly name: string
    readonly enabled: boolean
    readonly global: boolean
  }
  /** The class the mailbox belongs to, and whether its lamps may be lit. */
  readonly policy: { readonly uuid: string; readonly name: string; readonly allowMwi: boolean } | null
  readonly ways: readonly WatchWay[]
  /** What those it is shared with by name or as everyone give the device's user; owners' rights are not in it. */
  readonly sharedRights: Rights
}

/** Where a device is told, or could be. */
export type DevicePresence = {
  readonly kind: 'subscription' | 'registration'
  readonly contact: string
  readonly transport: string
  /** Where it really came from. */
  readonly remote: string
  readonly userAgent: string | null
  readonly expiresAt: Date
  /** The one mailbox a subscription is for; null: the whole lamp set. */
  readonly mailboxId: MailboxId | null
}

type WatchRow = {
  id: number
  number: string
  name: string
  enabled: boolean
  accesstype: string
  listed: boolean
  personal: boolean
  rights: number
  member: boolean
  everyone: boolean
  policy_uuid: string | null
  policy_name: string | null
  allow_mwi: boolean | null
}
type PresenceRow = {
  kind: DevicePresence['kind']
  contact: string
  transport: string
  host: string
  port: number
  user_agent: string | null
  expires_at: Date
  mailbox_id: number | null
}

/** The rule itself says which mailboxes; the rest says by which of its branches. */
const WATCHES = `
  SELECT m.id, m.number, m.name, m.enabled, m.accesstype, d.lists_mailboxes AS listed,
    EXISTS (SELECT 1 FROM mailbox_user u WHERE u.mailbox_id = m.id AND u.user_uuid = d.user_uuid) AS personal,
    coalesce(s.rights, 0) AS rights, coalesce(s.member, false) AS member, coalesce(s.everyone, false) AS everyone,
    p.uuid::text AS policy_uuid, p.name AS policy_name, p.allow_mwi
  FROM device d CROSS JOIN LATERAL watched_mailboxes(d.uuid, d.tenant_uuid, d.user_uuid, d.lists_mailboxes) w
    JOIN mailbox m ON m.id = w.mailbox_id
    LEFT JOIN mwi_policy p ON p.uuid = m.mwi_policy_uuid
    LEFT JOIN LATERAL (
      SELECT bit_or(s.rights)::int AS rights, bool_or(s.user_uuid IS NOT NULL AND s.rights & 1 = 1) AS member,
        bool_or(s.user_uuid IS NULL AND s.rights & 1 = 1) AS everyone
      FROM mailbox_member s WHERE s.mailbox_id = m.id AND (s.user_uuid IS NULL OR s.user_uuid = d.user_uuid)) s ON true
  WHERE d.uuid = $1::uuid ORDER BY m.number, m.id LIMIT 1000`
const PRESENCES = `
  SELECT 'subscription' AS kind, dialog->>'remoteTarget' AS contact, transport, remote_host AS host, remote_port AS port,
    user_agent, expires_at, mailbox_id
  FROM sip_subscription WHERE device_uuid = $1::uuid AND expires_at > now()
  UNION ALL
  SELECT 'registration', uri, transport, remote_host, remote_port, user_agent, expires_at, NULL FROM sip_contact
  WHERE device_uuid = $1::uuid AND expires_at > now()
  ORDER BY kind DESC, expires_at DESC LIMIT 100`

/** What explains the lamps of a device; to be asked of a device that was found in scope. */
export class DeviceExplanation {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** The mailboxes it watches and why. */
  async watches(uuid: DeviceId): Promise<WatchExplanation[]> {
    const rows = await this.#sql.rows<WatchRow>('device.watches', WATCHES, [uuid])
    return rows.map((row) => ({
      mailbox: {
        id: row.id as MailboxId,
        number: row.number,
        name: row.name,
        enabled: row.enabled,
        global: row.accesstype === 'global',
      },
      policy: toPolicy(row),
      ways: waysOf(row),
      sharedRights: row.rights,
    }))
  }

  /** Its live subscriptions and registrations. */
  async presences(uuid: DeviceId): Promise<DevicePresence[]> {
    const rows = await this.#sql.rows<PresenceRow>('device.presences', PRESENCES, [uuid])
    return rows.map((row) => ({
      kind: row.kind,
      contact: row.contact,
      transport: row.transport,
      remote: row.host.includes(':') ? `[${row.host}]:${row.port}` : `${row.host}:${row.port}`,
      userAgent: row.user_agent,
      expiresAt: row.expires_at,
      mailboxId: row.mailbox_id as MailboxId | null,
    }))
  }
}

function toPolicy({ policy_uuid: uuid, policy_name: name, allow_mwi: allowMwi }: WatchRow): WatchExplanation['policy'] {
  return uuid === null || name === null ? null : { uuid, name, allowMwi: allowMwi !== false }
}

/** A device with a list watches by that alone. */
function waysOf({ listed, personal, accesstype, member, everyone }: WatchRow): WatchWay[] {
  if (listed) return ['listed']
  const ways: [WatchWay, boolean][] = [
    ['personal', personal],
    ['global', accesstype === 'global'],
    ['member', member],
    ['everyone', everyone],
  ]
  return ways.filter(([, by]) => by).map(([way]) => way)
}
