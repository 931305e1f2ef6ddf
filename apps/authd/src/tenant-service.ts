import { randomBytes, randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  draft,
  type TenantCreate,
  type TenantUpdate,
  tenantAdded,
  tenantDeleted,
  tenantUpdated,
} from '@lamplighter/contracts'
import type { Created, RepeatKey, TenantId } from '@lamplighter/domain'
import {
  type AccessChange,
  onlyTenant,
  type Store,
  type Tenant,
  type TenantFields,
  type TenantScope,
} from '@lamplighter/store'
import { unknownTenant } from './errors.js'

const MAX_SLUG_CHARS = 10
/** Characters a made-up slug keeps free to differ from another tenant's. */
const RANDOM_CHARS = 3
const CANDIDATES = 5

const NO_ADDRESS = { line_1: null, line_2: null, city: null, state: null, country: null, zip_code: null }

/** Creates, changes and deletes tenants; every change says so in its own transaction. */
export class TenantService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** @throws ResourceError `unknown-tenant` */
  async get(scope: TenantScope, uuid: string): Promise<Tenant> {
    const tenant = await this.#store.access(scope).tenants.find(uuid)
    if (!tenant) throw unknownTenant(uuid)
    return tenant
  }

  /** Creates a tenant below another, with the policies every tenant has. @throws ResourceError `conflict` */
  create(parent: TenantId, repeat: RepeatKey | undefined, input: TenantCreate): Promise<Created<Tenant>> {
    const uuid = input.uuid?.toLowerCase() ?? randomUUID()
    return this.#store.createAccessOnce(onlyTenant(parent), repeat, async ({ tenants, outbox }) => {
      const slug = input.slug ?? (await freeSlug(input.name, (candidates) => tenants.takenSlugs(candidates)))
      const tenant = await tenants.create(uuid, slug, merge(undefined, input))
      const data = { uuid, name: tenant.name, slug, domain_names: [...tenant.domainNames] }
      outbox.add([draft(tenantAdded, { tenant: tenant.uuid }, data)])
      return tenant
    })
  }

  /** Changes what `input` names; nothing changed, nothing said. @throws ResourceError `unknown-tenant`, `conflict` */
  update(scope: TenantScope, uuid: string, input: TenantUpdate): Promise<Tenant> {
    return this.#store.changeAccess(scope, async (change) => {
      const { tenants, outbox } = change
      const current = await lockTenant(change, uuid)
      const fields = merge(current, input)
      if (isSame(current, fields)) return current
      const tenant = await tenants.update(current.uuid, fields)
      outbox.add([draft(tenantUpdated, { tenant: tenant.uuid }, { uuid: tenant.uuid, name: tenant.name })])
      return tenant
    })
  }

  /** Deletes a tenant that has nothing left. @throws ResourceError `unknown-tenant`, `tenant-in-use` */
  async delete(scope: TenantScope, uuid: string): Promise<void> {
    await this.#store.changeAccess(scope, async (change) => {
      const { tenants, outbox } = change
      const tenant = await lockTenant(change, uuid)
      await tenants.delete(tenant.uuid)
      outbox.add([draft(tenantDeleted, { tenant: tenant.uuid }, { uuid: tenant.uuid })])
    })
  }
}

/** The tenant as it is when nobody else changes it: of the same change made twice at once, only the first is one. */
async function lockTenant({ tenants, locks }: AccessChange, uuid: string): Promise<Tenant> {
  const known = await tenants.find(uuid)
  if (known) await locks.tenant(known.uuid)
  const tenant = known && (await tenants.find(known.uuid))
  if (!tenant) throw unknownTenant(uuid)
  return tenant
}

function merge(current: TenantFields | undefined, input: TenantUpdate): TenantFields {
  const { name = current?.name ?? '', contact = current?.contact ?? null, phone = current?.phone ?? null } = input
  const domainNames = input.domain_names?.map((domain) => domain.toLowerCase()) ?? current?.domainNames ?? []
  const address = { ...NO_ADDRESS, ...(input.address ?? current?.address) }
  return { name, contact, phone, address, domainNames: [...new Set(domainNames)] }
}

/** Domain names have no order, and parts of an address that were never given are null. */
function isSame({ name, contact, phone, address, domainNames }: TenantFields, fields: TenantFields): boolean {
  const current = { name, contact, phone, address: { ...NO_ADDRESS, ...address }, domainNames: domainNames.toSorted() }
  return isDeepStrictEqual(current, { ...fields, domainNames: fields.domainNames.toSorted() })
}

/** The name's letters and digits, and something random behind them when they are taken. */
async function freeSlug(
  name: string,
  takenSlugs: (candidates: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<string> {
  const letters = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  const plain = letters.slice(0, MAX_SLUG_CHARS)
  const short = letters.slice(0, MAX_SLUG_CHARS - RANDOM_CHARS)
  const random = Array.from({ length: CANDIDATES }, () => short + randomSuffix(MAX_SLUG_CHARS - short.length))
  const candidates = plain === '' ? random : [plain, ...random]
  const taken = await takenSlugs(candidates)
  // All taken is next to impossible; the database then says conflict.
  return candidates.find((candidate) => !taken.has(candidate)) ?? random[0] ?? plain
}

function randomSuffix(length: number): string {
  return randomBytes(length).toString('hex').slice(0, length)
}
