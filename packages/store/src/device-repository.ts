import {
  type DeviceId,
  type DeviceProfileName,
  type MailboxId,
  type MwiMode,
  RuleError,
  type TenantId,
  type UserId,
} from '@lamplighter/domain'
import { violatedConstraint } from './constraint.js'
import type { Prisma } from './generated/client.js'
import { cut, type Page } from './page.js'
import { type TenantScope, withinTenant } from './scope.js'

/** Hash a device's digest challenge asks for. */
export type DigestAlgorithm = 'MD5' | 'SHA-256'

/** A SIP device. Its password is kept as HA1 per algorithm only. */
export type Device = {
  readonly uuid: DeviceId
  readonly tenantId: TenantId
  readonly userUuid: UserId | null
  readonly name: string | null
  readonly sipUsername: string
  readonly digestAlgorithm: DigestAlgorithm
  readonly mwiMode: MwiMode
  readonly profile: DeviceProfileName
  /** Whether its own name stands for all it watches, summed, or for its primary mailbox only. */
  readonly aggregate: boolean
  /** What it dials from its envelope key; null: what its tenant says. */
  readonly messageAccount: string | null
  /** Null: its user's personal mailbox and the tenant's global ones; else exactly these. */
  readonly mailboxes: readonly MailboxId[] | null
}

/** Credentials a password turned into. */
export type DeviceCredentials = {
  readonly sipRealm: string
  readonly ha1Md5: string
  readonly ha1Sha256: string
  /** The same for each domain of the tenant, by its name. */
  readonly domainHa1Md5: Readonly<Record<string, string>>
  readonly domainHa1Sha256: Readonly<Record<string, string>>
}

/** What a client may set of a device. */
export type DeviceFields = Omit<Device, 'uuid' | 'tenantId'>

const WITH_LIST = {
  mailboxes: { select: { mailboxId: true }, where: { mailbox: { deletedAt: null } }, orderBy: { mailboxId: 'asc' } },
} satisfies Prisma.DeviceInclude

/** Devices of a scope. */
export class DeviceRepository {
  readonly #db: Prisma.TransactionClient
  readonly #scope: TenantScope

  constructor(db: Prisma.TransactionClient, scope: TenantScope) {
    this.#db = db
    this.#scope = scope
  }

  /** The device with this UUID. */
  async find(uuid: DeviceId): Promise<Device | undefined> {
    const row = await this.#db.device.findFirst({ where: { uuid, ...withinTenant(this.#scope) }, include: WITH_LIST })
    return row ? toDevice(row) : undefined
  }

  /** A page of devices and how many there are. */
  async list(page: Page): Promise<{ items: Device[]; total: number }> {
    const where = withinTenant(this.#scope)
    const [rows, total] = await Promise.all([
      this.#db.device.findMany({ where, include: WITH_LIST, orderBy: [{ sipUsername: 'asc' }], ...cut(page) }),
      this.#db.device.count({ where }),
    ])
    return { items: rows.map(toDevice), total }
  }

  /** @throws RuleError when the tenant has the SIP username already. */
  async create(
    uuid: DeviceId,
    tenantId: TenantId,
    fields: DeviceFields,
    credentials: DeviceCredentials,
  ): Promise<Device> {
    const { mailboxes, ...columns } = fields
    const data = { uuid, tenantUuid: tenantId, ...columns, ...credentials, listsMailboxes: mailboxes !== null }
    await refusing(fields, () => this.#db.device.create({ data }))
    await this.#setList(uuid, tenantId, mailboxes ?? [])
    return { uuid, tenantId, ...fields }
  }

  /** Writes the fields, and new credentials when given. @throws RuleError as {@link create}. */
  async update(device: Device, fields: DeviceFields, credentials: DeviceCredentials | undefined): Promise<void> {
    const { mailboxes, ...columns } = fields
    const data = { ...columns, ...credentials, listsMailboxes: mailboxes !== null }
    await refusing(fields, () => this.#db.device.update({ where: { uuid: device.uuid }, data }))
    await this.#db.deviceMailbox.deleteMany({ where: { deviceUuid: device.uuid } })
    await this.#setList(device.uuid, device.tenantId, mailboxes ?? [])
  }

  /** Domains of a tenant. */
  async domainsOf(tenantId: TenantId): Promise<string[]> {
    const rows = await this.#db.tenantDomain.findMany({ where: { tenantUuid: tenantId }, select: { name: true } })
    return rows.map(({ name }) => name)
  }

  /** Deletes a device with its contacts, subscriptions and lamps. */
  async delete(uuid: DeviceId): Promise<void> {
    await this.#db.device.delete({ where: { uuid } })
  }

  /** Which of these mailboxes the tenant does not have. */
  async foreignMailboxes(tenantId: TenantId, ids: readonly MailboxId[]): Promise<MailboxId[]> {
    const rows = await this.#db.mailbox.findMany({
      where: { id: { in: [...ids] }, tenantUuid: tenantId, deletedAt: null },
      select: { id: true },
    })
    const own = new Set(rows.map((row) => row.id))
    return ids.filter((id) => !own.has(id))
  }

  async #setList(deviceUuid: DeviceId, tenantUuid: TenantId, ids: readonly MailboxId[]): Promise<void> {
    if (ids.length === 0) return
    await this.#db.deviceMailbox.createMany({ data: ids.map((mailboxId) => ({ deviceUuid, tenantUuid, mailboxId })) })
  }
}

async function refusing<T>(fields: DeviceFields, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (violatedConstraint(error) !== 'device_tenant_uuid_sip_username_key') throw error
    const details = { sip_username: fields.sipUsername }
    throw new RuleError('device-exists', 'the SIP username is taken', details, { cause: error })
  }
}

function toDevice(row: Prisma.DeviceGetPayload<{ include: typeof WITH_LIST }>): Device {
  return {
    uuid: row.uuid as DeviceId,
    tenantId: row.tenantUuid as TenantId,
    userUuid: row.userUuid as UserId | null,
    name: row.name,
    sipUsername: row.sipUsername,
    digestAlgorithm: row.digestAlgorithm as DigestAlgorithm,
    mwiMode: row.mwiMode as MwiMode,
    profile: row.profile as DeviceProfileName,
    aggregate: row.aggregate,
    messageAccount: row.messageAccount,
    mailboxes: row.listsMailboxes ? row.mailboxes.map(({ mailboxId }) => mailboxId as MailboxId) : null,
  }
}
