import { randomUUID } from 'node:crypto'
import type { TenantId, UserId } from '@lamplighter/domain'
import type pg from 'pg'
import type { Database } from './database.js'
import type { PrismaClient } from './generated/client.js'

/** Number of the lock that lets one process at a time set an installation up. */
const SETUP_LOCK = 4_210_010

/** What identifies an installation. */
export type Installation = { readonly originUuid: string; readonly demo: boolean; readonly masterTenant: TenantId }

/** A tenant to create below another; the master tenant has no parent. */
export type NewTenant = {
  readonly uuid?: string
  readonly name: string
  readonly slug: string
  readonly parent?: TenantId
}

/** An account to create. Its policies are named by slug and belong to the tenant. */
export type NewAccount = {
  readonly uuid?: string
  readonly tenantId: TenantId
  readonly username: string
  readonly passwordHash: string
  readonly firstname: string
  readonly lastname?: string
  readonly policies: readonly string[]
}

/** Creates what an installation starts with: tenants, policies and accounts. Needs no scope: it makes the scopes. */
export class Provisioning {
  readonly #prisma: PrismaClient
  readonly #pool: pg.Pool

  constructor({ prisma, pool }: Database) {
    this.#prisma = prisma
    this.#pool = pool
  }

  /** The installation, once it was set up. */
  async installation(): Promise<Installation | undefined> {
    const row = await this.#prisma.installation.findFirst()
    if (!row) return undefined
    const masters = await this.#prisma.tenant.findMany({
      where: { parentUuid: { equals: this.#prisma.tenant.fields.uuid } },
    })
    const master = masters[0]
    if (!master) throw new Error('the installation has no master tenant')
    return { originUuid: row.originUuid, demo: row.demo, masterTenant: master.uuid as TenantId }
  }

  /** Records the installation itself: the last step of a first start, so that an interrupted one begins again. */
  async complete(demo: boolean): Promise<void> {
    await this.#prisma.installation.create({ data: { originUuid: randomUUID(), demo } })
  }

  /** The tenant with this slug. */
  async findTenant(slug: string): Promise<TenantId | undefined> {
    const row = await this.#prisma.tenant.findUnique({ where: { slug }, select: { uuid: true } })
    return row ? (row.uuid as TenantId) : undefined
  }

  /** Creates a tenant; its path is its parent's and itself. */
  async createTenant({ uuid = randomUUID(), name, slug, parent }: NewTenant): Promise<TenantId> {
    const above = parent
      ? await this.#prisma.tenant.findUniqueOrThrow({ where: { uuid: parent }, select: { ancestors: true } })
      : undefined
    const ancestors = [...(above?.ancestors ?? []), uuid]
    await this.#prisma.tenant.create({ data: { uuid, name, slug, ancestors, parentUuid: parent ?? uuid } })
    return uuid as TenantId
  }

  /** Creates a policy, or gives an existing one these patterns. */
  async savePolicy(tenantId: TenantId, slug: string, name: string, acl: readonly string[]): Promise<void> {
    await this.#prisma.policy.upsert({
      where: { tenantUuid_slug: { tenantUuid: tenantId, slug } },
      create: { uuid: randomUUID(), tenantUuid: tenantId, slug, name, acl: [...acl] },
      update: { acl: [...acl] },
    })
  }

  /** Creates an account with its policies, or gives an existing one this password. */
  async saveAccount({ uuid = randomUUID(), tenantId, policies, ...account }: NewAccount): Promise<UserId> {
    const found = await this.#prisma.policy.findMany({ where: { tenantUuid: tenantId, slug: { in: [...policies] } } })
    const username = account.username.toLowerCase()
    const row = await this.#prisma.user.upsert({
      where: { username },
      create: {
        uuid,
        tenantUuid: tenantId,
        ...account,
        username,
        policies: { create: found.map((policy) => ({ policyUuid: policy.uuid })) },
      },
      update: { passwordHash: account.passwordHash },
    })
    return row.uuid as UserId
  }

  /** Runs the set-up while no other process does. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    try {
      await client.query('SELECT pg_advisory_lock($1)', [SETUP_LOCK])
      return await work()
    } finally {
      // Ends the connection and with it the lock.
      client.release(true)
    }
  }
}
