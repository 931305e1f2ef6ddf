import type { TenantId } from '@lamplighter/domain'
import { type ListQuery, onlyTenant, type TenantScope, tenantSubtree } from '@lamplighter/store'

/** A checked query of one of confd's lists (rest.md 1.7). */
type ListInput<Column extends string> = {
  readonly limit?: number
  readonly offset?: number
  readonly order?: unknown
  readonly direction?: unknown
  readonly search?: string
  readonly recurse?: boolean
} & Partial<Record<Column, string>>

/** What the store is asked for: only the filters that were given, the resource's own order by default. */
export function toListQuery<Column extends string>(
  query: ListInput<Column>,
  columns: readonly Column[],
  defaultOrder: Column,
): ListQuery<Column> {
  const filters: Partial<Record<Column, string>> = {}
  for (const column of columns) {
    const wanted: string | undefined = query[column]
    if (wanted !== undefined) filters[column] = wanted
  }
  return {
    search: query.search,
    filters,
    order: (query.order as Column | undefined) ?? defaultOrder,
    direction: query.direction === 'desc' ? 'desc' : 'asc',
    limit: query.limit,
    offset: query.offset ?? 0,
  }
}

/** A list covers the caller's tenant, and with `recurse` everything below it (rest.md 1.5). */
export function listScope(tenantId: TenantId, { recurse }: { readonly recurse?: boolean }): TenantScope {
  return recurse ? tenantSubtree(tenantId) : onlyTenant(tenantId)
}
