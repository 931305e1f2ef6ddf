import {
  createTenant,
  deleteTenant,
  getTenant,
  listTenants,
  type TenantView,
  updateTenant,
} from '@lamplighter/contracts'
import { type Call, type Implementation, implement } from '@lamplighter/http'
import { type Store, type Tenant, tenantSubtree } from '@lamplighter/store'
import { creationAnswer } from './creation-answer.js'
import { readListQuery, toFilters, toListQuery } from './list-query.js'
import type { TenantService } from './tenant-service.js'

/** Tenants (rest.md 4.6). The effective tenant and everything below it is in reach. */
export function tenantRoutes(store: Store, tenants: TenantService): Implementation[] {
  const scope = (call: Pick<Call, 'tenantId'>) => tenantSubtree(call.tenantId)
  return [
    implement(listTenants, async (call) => {
      const query = readListQuery(call)
      const filters = toFilters(query, ['uuid', 'name', 'slug'])
      const page = await store.access(scope(call)).tenants.list({ ...toListQuery(query), filters })
      return { body: { ...page, items: page.items.map(toTenantView) } }
    }),
    implement(createTenant, async (call) => {
      const { value, replayed } = await tenants.create(call.tenantId, call.repeatKey(), call.body())
      return creationAnswer(toTenantView(value), replayed)
    }),
    implement(getTenant, async (call) => ({
      body: toTenantView(await tenants.get(scope(call), call.param('tenant_uuid'))),
    })),
    implement(updateTenant, async (call) => ({
      body: toTenantView(await tenants.update(scope(call), call.param('tenant_uuid'), call.body())),
    })),
    implement(deleteTenant, async (call) => {
      await tenants.delete(scope(call), call.param('tenant_uuid'))
      return {}
    }),
  ]
}

function toTenantView(tenant: Tenant): TenantView {
  return {
    uuid: tenant.uuid,
    parent_uuid: tenant.parentId,
    name: tenant.name,
    slug: tenant.slug,
    contact: tenant.contact,
    phone: tenant.phone,
    domain_names: [...tenant.domainNames],
    default_authentication_method: 'native',
    address: { ...tenant.address },
  }
}
