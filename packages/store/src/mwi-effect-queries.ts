import type { DeviceId, LampReason, MailboxId, MwiBlock, MwiPolicy, TenantId } from '@lamplighter/domain'
import type { Prisma } from './generated/client.js'
import { type TenantScope, withinTenant } from './scope.js'
import { prismaSql } from './sql.js'

/** How the lamp of a mailbox stands at one gateway or device. */
export type MwiEffect = {
  readonly kind: 'gateway' | 'device'
  readonly uuid: string
  readonly name: string | null
  /** The switch that keeps it dark; null: it shows what waits. */
  readonly blockedBy: MwiBlock | null
  readonly reason: LampReason | null
}

/** Whether the lamps of a mailbox may be lit, and by whom each is kept dark. */
export type MailboxMwi = {
  readonly mailboxId: MailboxId
  readonly tenantId: TenantId
  readonly policy: MwiPolicy | null
  readonly effects: readonly MwiEffect[]
}

/** The policy blocks everything, so it is named first; a switch that blocks as well is seen once the policy allows. */
const EFFECTS = `
  SELECT 'gateway' AS kind, g.uuid::text, g.name, l.reason,
    CASE WHEN NOT $3 THEN 'policy' WHEN NOT g.mwi_enabled THEN 'gateway' END AS "blockedBy"
  FROM gateway g JOIN mailbox m ON m.id = $1 AND m.tenant_uuid = g.tenant_uuid
    LEFT JOIN gateway_lamp l ON l.gateway_uuid = g.uuid AND l.mailbox_id = m.id
  WHERE g.deleted_at IS NULL AND (g.all_contexts OR m.context = ANY (g.contexts))
  UNION ALL
  SELECT 'device', d.uuid::text, d.name, l.reason,
    CASE WHEN NOT $3 THEN 'policy' WHEN d.mwi_mode = 'off' THEN 'device' END
  FROM possible_watchers(ARRAY[$1::int]) p JOIN device d ON d.uuid = p.device_uuid AND d.tenant_uuid = $2::uuid
    JOIN LATERAL watched_mailboxes(d.uuid, d.tenant_uuid, d.user_uuid, d.lists_mailboxes) w ON w.mailbox_id = $1
    LEFT JOIN lamp l ON l.device_uuid = d.uuid AND l.mailbox_id = $1
  ORDER BY 1 DESC, 3, 2`

/** Reads which switch keeps the lamps of a mailbox dark. */
export class MwiEffectQueries {
  readonly #db: Prisma.TransactionClient
  readonly #scope: TenantScope

  constructor(db: Prisma.TransactionClient, scope: TenantScope) {
    this.#db = db
    this.#scope = scope
  }

  /** The mailbox with everything that shows it; undefined when it is not in scope. */
  async ofMailbox(id: MailboxId): Promise<MailboxMwi | undefined> {
    const mailbox = await this.#db.mailbox.findFirst({
      where: { id, deletedAt: null, ...withinTenant(this.#scope) },
      select: { tenantUuid: true, mwiPolicy: { select: { uuid: true, name: true, allowMwi: true } } },
    })
    if (!mailbox) return undefined
    const tenantId = mailbox.tenantUuid as TenantId
    const policy = mailbox.mwiPolicy && { ...mailbox.mwiPolicy, tenantId }
    const values = [id, mailbox.tenantUuid, policy?.allowMwi ?? true]
    const effects = await prismaSql(this.#db).rows<MwiEffect & { uuid: DeviceId }>(undefined, EFFECTS, values)
    return { mailboxId: id, tenantId, policy, effects }
  }
}
