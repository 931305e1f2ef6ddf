import { RuleError, type TenantId } from '@lamplighter/domain'
import { violatedConstraint } from './constraint.js'
import type { Prisma } from './generated/client.js'
import type { TenantScope } from './scope.js'

/** What a tenant decides about its mailboxes. */
export type TenantSettings = {
  /** A context may have several global mailboxes: rule R3 is off. */
  readonly manyGlobals: boolean
  /** How long what was deleted can be restored. */
  readonly trashDays: number
  /** Age at which messages go to the trash; null keeps them. */
  readonly maxAgeDays: number | null
  readonly claimLeaseSec: number
  readonly pinMinLength: number
  /** How long the log keeps published events; null: as long as the installation says. */
  readonly eventRetentionHours: number | null
  readonly transcriptionEnabled: boolean
  /** What phones dial from their envelope key, a number or a SIP URI; null: the access code. */
  readonly messageAccount: string | null
  /** Whether the tenant's devices may register. */
  readonly sipRegistrar: boolean
}

const COLUMNS = {
  manyGlobals: true,
  trashDays: true,
  maxAgeDays: true,
  claimLeaseSec: true,
  pinMinLength: true,
  eventRetentionHours: true,
  transcriptionEnabled: true,
  messageAccount: true,
  sipRegistrar: true,
} satisfies Prisma.TenantSelect

/** Settings of the scope's own tenant. */
export class TenantSettingsRepository {
  readonly #db: Prisma.TransactionClient
  readonly #tenantId: TenantId

  constructor(db: Prisma.TransactionClient, { tenantId }: TenantScope) {
    this.#db = db
    this.#tenantId = tenantId
  }

  /** The settings as they are. */
  read(): Promise<TenantSettings> {
    return this.#db.tenant.findUniqueOrThrow({ where: { uuid: this.#tenantId }, select: COLUMNS })
  }

  /** Waits until nobody else changes the settings or decides by them, and keeps it so to the end of the transaction. */
  async lock(): Promise<void> {
    await this.#db.$executeRaw`SELECT 1 FROM tenant WHERE uuid = ${this.#tenantId}::uuid FOR UPDATE`
  }

  /**
   * Writes settings, and lets rule R3 bind the tenant's mailboxes or go. Call it under {@link lock}.
   *
   * @throws RuleError when a context has several global mailboxes and R3 shall hold again
   */
  async update(settings: TenantSettings): Promise<void> {
    const { manyGlobals } = await this.#db.tenant.findUniqueOrThrow({
      where: { uuid: this.#tenantId },
      select: { manyGlobals: true },
    })
    await this.#db.tenant.update({ where: { uuid: this.#tenantId }, data: settings })
    if (manyGlobals !== settings.manyGlobals) await this.#bindGlobals(!settings.manyGlobals)
  }

  /** Whether a tenant in reach lets R3 go; it stays so to the end of the transaction. */
  async allowsManyGlobals(tenantId: TenantId): Promise<boolean> {
    const [row] = await this.#db.$queryRaw<{ many_globals: boolean }[]>`
      SELECT many_globals FROM tenant WHERE uuid = ${tenantId}::uuid FOR KEY SHARE`
    return row?.many_globals ?? false
  }

  async #bindGlobals(exclusiveGlobal: boolean): Promise<void> {
    try {
      await this.#db.mailbox.updateMany({ where: { tenantUuid: this.#tenantId }, data: { exclusiveGlobal } })
    } catch (error) {
      if (violatedConstraint(error) !== 'mailbox_one_global_per_context') throw error
      const details = { many_globals: false }
      throw new RuleError('operation-not-permitted', 'a context has several global mailboxes', details, {
        cause: error,
      })
    }
  }
}
