import { RuleError, type TenantId } from '@lamplighter/domain'
import type { Prisma } from './generated/client.js'

/** A timezone under a name that mailboxes refer to, and the text that tells the time there (rest.md 2.9). */
export type ZoneMessage = { readonly name: string; readonly timezone: string; readonly message: string | null }

/** Whose zones: a tenant's own, or with null the installation's, which every tenant has. */
export type ZoneOwner = TenantId | null

/** Number of the lock between those who change zones and those who refer to one. */
const ZONES_LOCK = 4_210_011

/** Zones of the installation and of tenants. */
export class ZoneRepository {
  readonly #db: Prisma.TransactionClient

  constructor(db: Prisma.TransactionClient) {
    this.#db = db
  }

  /** The zones of an owner, in their order. */
  list(owner: ZoneOwner): Promise<ZoneMessage[]> {
    return this.#db.zoneMessage.findMany({
      where: { tenantUuid: owner },
      select: { name: true, timezone: true, message: true },
      orderBy: { id: 'asc' },
    })
  }

  /** Whether a mailbox of the tenant may have this timezone; it stays true to the end of the transaction. */
  async knows(tenantId: TenantId, name: string): Promise<boolean> {
    await this.#db.$executeRaw`SELECT pg_advisory_xact_lock_shared(${ZONES_LOCK})`
    const where = { name, OR: [{ tenantUuid: null }, { tenantUuid: tenantId as string }] }
    return (await this.#db.zoneMessage.findFirst({ where, select: { id: true } })) !== null
  }

  /** Waits until nobody else changes zones or is about to refer to one. */
  async lock(): Promise<void> {
    await this.#db.$executeRaw`SELECT pg_advisory_xact_lock(${ZONES_LOCK})`
  }

  /**
   * Replaces the zones of an owner. Mailboxes in the trash let go of timezones that are no more. Call it under
   * {@link lock}.
   *
   * @throws RuleError when another mailbox still has the timezone of a zone that goes
   */
  async replace(owner: ZoneOwner, zones: readonly ZoneMessage[]): Promise<void> {
    const before = await this.list(owner)
    await this.#db.zoneMessage.deleteMany({ where: { tenantUuid: owner } })
    await this.#db.zoneMessage.createMany({ data: zones.map((zone) => ({ ...zone, tenantUuid: owner })) })
    const gone = before.map(({ name }) => name).filter((name) => !zones.some((zone) => zone.name === name))
    const [user] = await this.#db.$queryRaw<{ timezone: string }[]>`
      WITH orphan AS (
        SELECT m.id, m.timezone, m.deleted_at FROM mailbox m
        WHERE m.timezone = ANY (${gone}::text[]) AND NOT EXISTS (SELECT FROM zone_message z
          WHERE z.name = m.timezone AND (z.tenant_uuid IS NULL OR z.tenant_uuid = m.tenant_uuid))),
      forgotten AS (
        UPDATE mailbox m SET timezone = NULL FROM orphan o WHERE m.id = o.id AND o.deleted_at IS NOT NULL)
      SELECT timezone FROM orphan WHERE deleted_at IS NULL LIMIT 1`
    // Which mailbox it is may be another tenant's business: the name is all that is said.
    if (user) throw new RuleError('timezone-in-use', 'a mailbox has this timezone', { timezone: user.timezone })
  }
}
